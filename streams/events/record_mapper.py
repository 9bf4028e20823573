"""What makes events of the records of a mapped topic, as seen by those who read such topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.events.fields import Event


class RecordMapper(Protocol):
    """Makes events of the records of a mapped topic.

    Attributes:
        types: those that its events can have.

    """

    @property
    def types(self) -> frozenset[str]: ...

    def events(self, value: bytes) -> Sequence[Event]:
        """The events of a record, none where it is to be ignored. Raises RejectedError, and nothing else."""
