"""How people work on cases: state after state, handed over, closed, and sometimes open again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.simulate.block import Block, Column, Count, Flag, Moment, Named
from streams.simulate.case import ROLES
from streams.simulate.rhythm import HOUR_MS, MINUTE_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.case import Cases

STATES = ("new", "in_progress", "waiting", "solved", "closed")
NEW, IN_PROGRESS, WAITING, SOLVED, CLOSED = range(5)
ABSENT = -1
AGENT = ROLES.index("agent")
TAKEN_UP_MS = 25 * MINUTE_MS  # on average
WORK_MS = 3.5 * HOUR_MS  # half of the mean
WAITS = 0.3  # for the customer or for somebody else
WAITS_AFTER, WAITED = (0.5, 0.55), (0.05, 0.4)  # of the time of work: begins, lasts
AGREED_MS = 2 * HOUR_MS  # from solved to closed, on average
REOPENED, REOPENED_AFTER_MS = 0.04, 10 * HOUR_MS
INTERVENED = (0.01, 0.04)  # by the platform, of tickets and of complaints
FIRST_HAND_OVER, SECOND_HAND_OVER = (0.1, 0.2), (0.25, 0.45)  # in this part of the time of work
DETOUR = 1 / 6


class _Times(NamedTuple):
    """When each step is taken, in ms, whether or not it is."""

    taken: NDArray[np.int64]
    handed_over: tuple[NDArray[np.int64], NDArray[np.int64]]
    waiting: NDArray[np.int64]
    resumed: NDArray[np.int64]
    solved: NDArray[np.int64]
    closed: NDArray[np.int64]
    reopened: NDArray[np.int64]
    closed_again: NDArray[np.int64]


def _times(rng: np.random.Generator, opened: NDArray[np.int64]) -> _Times:
    count = len(opened)
    taken = opened + _some(rng, TAKEN_UP_MS, count) + 1_000
    work = rng.gamma(2, WORK_MS, count)
    solved = taken + work.astype(np.int64) + MINUTE_MS
    waiting = taken + _part(rng, work, WAITS_AFTER)
    closed = solved + _some(rng, AGREED_MS, count) + 1_000
    reopened = closed + _some(rng, REOPENED_AFTER_MS, count) + MINUTE_MS
    return _Times(
        taken=taken,
        handed_over=(taken + _part(rng, work, FIRST_HAND_OVER), taken + _part(rng, work, SECOND_HAND_OVER)),
        waiting=waiting,
        resumed=waiting + _part(rng, work, WAITED) + 1_000,
        solved=solved,
        closed=closed,
        reopened=reopened,
        closed_again=reopened + rng.gamma(2, WORK_MS, count).astype(np.int64) + MINUTE_MS,
    )


def play(rng: np.random.Generator, cases: Cases) -> tuple[NDArray[np.int64], list[Block]]:
    """Work on the cases. Returns when each is closed for the first time, in ms.

    `entered_at` is when a case entered the state that it is in; of a change of state, the one that it leaves. An agent
    takes the case up; it is handed over to those who can help, one in six times by way of somebody who cannot.
    """
    count = len(cases.opened)
    times = _times(rng, cases.opened)
    waits, again = rng.random(count) < WAITS, rng.random(count) < REOPENED
    moves = cases.role != AGENT
    detour = moves & (rng.random(count) < DETOUR)
    wrong = np.where(cases.role == len(ROLES) - 1, len(ROLES) - 2, len(ROLES) - 1).astype(np.int16)
    intervened = Flag("intervened", rng.random(count) < np.asarray(INTERVENED)[cases.kind])
    facts, none = cases.columns(), np.zeros(count, dtype=np.int64)
    everyone = np.ones(count, dtype=np.bool_)

    def block(
        event: str,
        name: str,
        time: NDArray[np.int64],
        rows: NDArray[np.bool_],
        state: tuple[int, int, NDArray[np.int64]],
        who: tuple[NDArray[np.int16], NDArray[np.int64]],
        *extra: Column,
    ) -> Block:
        now, before, since = state
        columns = (
            *facts,
            Named("role", ROLES, who[0]),
            Named("state", STATES, np.full(count, now, dtype=np.int16)),
            Named("previous_state", STATES, np.full(count, before, dtype=np.int16)),
            Moment("entered_at", since),
            Count("hand_overs", who[1]),
            *extra,
        )
        subject = ("CS", np.arange(count))
        return Block("aftersales", f"case.{event}", "/desk", time, subject, columns, name, np.flatnonzero(rows))

    first = np.full(count, AGENT, dtype=np.int16), none
    last = cases.role, moves.astype(np.int64) + detour
    taken, solved = times.taken, times.solved
    active = np.where(waits, times.resumed, taken)  # since when, before it is solved
    over, over_again = times.handed_over
    return times.closed, [
        block("opened", "dn-", cases.opened, everyone, (NEW, ABSENT, cases.opened), first),
        block("state_changed", "dt-", taken, everyone, (IN_PROGRESS, NEW, cases.opened), first),
        block(
            "handed_over",
            "dh1-",
            over,
            moves,
            (IN_PROGRESS, ABSENT, taken),
            (np.where(detour, wrong, cases.role), none + 1),
        ),
        block("handed_over", "dh2-", over_again, detour, (IN_PROGRESS, ABSENT, taken), (cases.role, none + 2)),
        block("state_changed", "dw-", times.waiting, waits, (WAITING, IN_PROGRESS, taken), last),
        block("state_changed", "dr-", times.resumed, waits, (IN_PROGRESS, WAITING, times.waiting), last),
        block("state_changed", "ds-", solved, everyone, (SOLVED, IN_PROGRESS, active), last),
        block("closed", "dx-", times.closed, everyone, (CLOSED, SOLVED, solved), last, intervened),
        block("reopened", "dy-", times.reopened, again, (IN_PROGRESS, CLOSED, times.closed), last),
        block("closed", "dz-", times.closed_again, again, (CLOSED, IN_PROGRESS, times.reopened), last, intervened),
    ]


def _some(rng: np.random.Generator, mean_ms: float, count: int) -> NDArray[np.int64]:
    return rng.exponential(mean_ms, count).astype(np.int64)


def _part(rng: np.random.Generator, work_ms: NDArray[np.float64], span: tuple[float, float]) -> NDArray[np.int64]:
    return (work_ms * rng.uniform(*span, len(work_ms))).astype(np.int64)
