"""How people work on cases: state after state, handed over, closed, and sometimes open again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate.block import Block, Column, Count, Flag, Moment, Named
from streams.simulate.case import ROLES
from streams.simulate.rhythm import HOUR_MS, MINUTE_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.case import Cases

STATES = ("new", "in_progress", "waiting", "solved", "closed")
NEW, IN_PROGRESS, WAITING, SOLVED, CLOSED = range(5)
TAKEN_UP_MS = 25 * MINUTE_MS  # on average
WORK_MS = 3.5 * HOUR_MS  # half of the mean
WAITS = 0.3  # for the customer or for somebody else
WAITED = 0.4  # of the time of work, at most
AGREED_MS = 2 * HOUR_MS  # from solved to closed, on average
REOPENED, REOPENED_AFTER_MS = 0.04, 10 * HOUR_MS
INTERVENED = (0.01, 0.04)  # by the platform, of tickets and of complaints
FIRST_HAND_OVER, SECOND_HAND_OVER = (0.1, 0.2), (0.25, 0.5)  # in this part of the time of work


def play(rng: np.random.Generator, cases: Cases) -> tuple[NDArray[np.int64], list[Block]]:
    """Work on the cases. Returns when each is closed for the first time, in ms.

    `entered_at` is when a case entered the state it is in, or leaves. An agent takes it up; it is handed over once to
    those who can help, for one in six of them by somebody who cannot.
    """
    count = len(cases.opened)
    taken = cases.opened + _some(rng, TAKEN_UP_MS, count) + 1_000
    work = rng.gamma(2, WORK_MS, count)
    solved = taken + work.astype(np.int64) + MINUTE_MS
    waits = rng.random(count) < WAITS
    waiting = taken + (work * rng.uniform(0.5, 0.55, count)).astype(np.int64)
    resumed = waiting + (work * rng.uniform(0.05, WAITED, count)).astype(np.int64) + 1_000
    closed = solved + _some(rng, AGREED_MS, count) + 1_000
    again = rng.random(count) < REOPENED
    reopened = closed + _some(rng, REOPENED_AFTER_MS, count) + MINUTE_MS
    closed_again = reopened + rng.gamma(2, WORK_MS, count).astype(np.int64) + MINUTE_MS
    agent = np.zeros(count, dtype=np.int16)
    moves = cases.role != agent
    detour = moves & (rng.random(count) < 1 / 6)
    middle = np.where(cases.role == len(ROLES) - 1, len(ROLES) - 2, len(ROLES) - 1).astype(np.int16)
    first, second = (taken + (work * rng.uniform(*span, count)).astype(np.int64) for span in _HAND_OVERS)
    overs = moves.astype(np.int64) + detour
    intervened = Flag("intervened", rng.random(count) < np.asarray(INTERVENED)[cases.kind])
    facts, none = cases.columns(), np.zeros(count, dtype=np.int64)
    role = np.where(moves, cases.role, agent)
    stays = np.where(waits, resumed, taken)  # in progress since, at the end

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

    everyone = np.ones(count, dtype=np.bool_)
    at_first, at_last = (agent, none), (role, overs)
    by_detour = np.where(detour, middle, role)
    return closed, [
        block("opened", "dn-", cases.opened, everyone, (NEW, -1, cases.opened), at_first),
        block("state_changed", "dt-", taken, everyone, (IN_PROGRESS, NEW, cases.opened), at_first),
        block("handed_over", "dh1-", first, moves, (IN_PROGRESS, -1, taken), (by_detour, none + 1)),
        block("handed_over", "dh2-", second, detour, (IN_PROGRESS, -1, taken), (role, none + 2)),
        block("state_changed", "dw-", waiting, waits, (WAITING, IN_PROGRESS, taken), at_last),
        block("state_changed", "dr-", resumed, waits, (IN_PROGRESS, WAITING, waiting), at_last),
        block("state_changed", "ds-", solved, everyone, (SOLVED, IN_PROGRESS, stays), at_last),
        block("closed", "dx-", closed, everyone, (CLOSED, SOLVED, solved), at_last, intervened),
        block("reopened", "dy-", reopened, again, (IN_PROGRESS, CLOSED, closed), at_last),
        block("closed", "dz-", closed_again, again, (CLOSED, IN_PROGRESS, reopened), at_last, intervened),
    ]


_HAND_OVERS = (FIRST_HAND_OVER, SECOND_HAND_OVER)


def _some(rng: np.random.Generator, mean_ms: float, count: int) -> NDArray[np.int64]:
    return rng.exponential(mean_ms, count).astype(np.int64)
