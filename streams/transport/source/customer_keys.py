"""Workers of one installation hash customers with one key: one with another key does not count beside the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.transport.life.watch import WorkerFailedError
from streams.transport.source.commit_note import CommitNote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.transport.partitions.committed import Commit
    from streams.transport.source.source_options import SourceOptions


class CustomerKeyError(WorkerFailedError):
    """This worker has another key than those that counted before it. The message names fingerprints, never a key."""


def refuse_other_key(commits: Iterable[Commit], options: SourceOptions) -> None:
    """Raises CustomerKeyError where a commit was counted with a key that is neither ours nor the one ours replaces."""
    for commit in commits:
        counted = CommitNote.read(commit.metadata).customer_key
        if counted and counted not in (options.customer_key, options.replaced_key):
            ours = f"key {options.customer_key}" if options.customer_key else "no key"
            raise CustomerKeyError(
                f"customers were hashed with key {counted} so far, and this worker has {ours}: give all workers the "
                f"same customer_key_file; to change the key for good, stop all and set customer_key_replaces: {counted}"
            )
