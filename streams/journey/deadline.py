"""What became of one deadline, promise or wait."""

from __future__ import annotations

import enum
from typing import NamedTuple


class DeadlineState(enum.StrEnum):
    """How it stands at the moment that is asked about."""

    KEPT = "kept"
    LATE = "late"  # closed, but after it was due
    OPEN = "open"
    OVERDUE = "overdue"  # not closed, and due
    EXPIRED = "expired"  # overdue for so long that the metrics count it no more
    WITHDRAWN = "withdrawn"  # closed in time because nobody waits any more
    FAILED = "failed"  # what was waited for will not come
    DONE = "done"  # of what no rule sets a time for
    WAITING = "waiting"  # likewise
    UNKNOWN = "unknown"  # the events do not say when it is due


class Deadline(NamedTuple):
    """One row. Times are ms since the epoch, None where the events do not say.

    Attributes:
        name: of its rule.
        case, id: the field that names the case, and the name.
        opened_at: when it began; `opened_by` is "" where the event that began it is missing.
        by_s: seconds after it was due, or before it as a negative number: of the closing, or of now.
        took_s: seconds from its beginning to its closing, or to now.
        uncounted: the field without which the metrics do not count the closing event.
        missing: types and fields that would say more.

    """

    name: str
    case: str
    id: str
    state: DeadlineState
    opened_by: str
    opened_at: int | None
    due_at: int | None
    closed_by: str
    closed_at: int | None
    by_s: float | None
    took_s: float | None
    uncounted: str
    missing: tuple[str, ...]
