"""Where snapshots are gone, the commit says what was written."""

from __future__ import annotations

from typing import Any

import pytest
from faust.types import TP

from streams.transport.log.committed_keeper import CommittedKeeper
from streams.transport.log.keeper import Save, Saved
from streams.transport.partitions.committed import Commit
from tests.transport.support.log_bench import FakeKeeper
from tests.transport.support.transport_fakes import FakeCommits, FakePositions

CASES = TP("pharos-cases", 0)


def keeper_of(inner: Any, commit: Commit | None, end: int = 9) -> CommittedKeeper:
    positions = FakePositions()
    positions.ends[CASES] = end
    return CommittedKeeper(inner, CASES, FakeCommits({} if commit is None else {CASES: commit}), positions)


@pytest.mark.parametrize(
    ("commit", "end", "known"),
    [
        (Commit(7, ""), 9, Saved(7, {})),
        (Commit(7, ""), 7, Saved(7, {})),
        (None, 9, None),
        (Commit(7, ""), 6, None),  # another log
    ],
)
async def test_without_a_snapshot_the_commit_is_known_if_it_is_of_this_log(
    commit: Commit | None, end: int, known: Saved | None
) -> None:
    assert await keeper_of(FakeKeeper([]), commit, end).load() == known


async def test_a_snapshot_is_what_counts_where_there_is_one() -> None:
    log: list[Any] = []
    keeper = keeper_of(FakeKeeper(log), Commit(7, ""))
    await keeper.open()
    await keeper.save(Save(5, [("a", b"1")], frozenset({"a"})))

    assert await keeper.load() == Saved(5, {"a": b"1"})
    await keeper.close()
    assert log == ["open", 5, "load", "close"]
