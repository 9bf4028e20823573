"""Queues with agents behind them: what service so many agents give, and how many a promised service needs.

Of Erlang C nobody gives up; of Erlang A (Palm) contacts have a patience that is exponentially distributed. Both are
solved by the density of the time that a contact offered would have to wait, for arrays of queues at once and without
recursion over agents: a queue of five thousand agents costs what one of five does.

References:
    C. Palm, Research on telephone traffic carried by full availability groups, Tele 1 (1957).
    F. Baccelli, G. Hebuterne, On queues with impatient customers, Performance '81: the density of the virtual wait.
    A. Mandelbaum, S. Zeltyn, Service engineering in action: the Palm/Erlang-A queue, 2007.

"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.staffing_integrals import log_idle, log_waits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_LEAST = 1e-12  # contacts a second: fewer are none
_RARE = 1e-9
_NORMAL = 1.7  # log odds of a normal distribution are about so many standard deviations


class Service(NamedTuple):
    """What contacts meet in the long run, float64[n] each.

    Attributes:
        level: share of the contacts offered that is answered within the time asked for.
        abandoned: share of the contacts offered that gives up.
        wait_s: mean wait of all contacts offered, until they are answered or give up; infinite where a queue without
            end grows.
        occupancy: share of the time in which an agent is busy.
        delayed: share of the contacts offered that finds no agent free.

    """

    level: Array
    abandoned: Array
    wait_s: Array
    occupancy: Array
    delayed: Array


def erlang_c(arrivals: Array, handle_s: Array, agents: Array, within_s: Array) -> Service:
    """A queue in which nobody gives up.

    Args:
        arrivals: contacts offered a second.
        handle_s: mean time to handle one.
        agents: how many there are.
        within_s: the time within which an answer is in time.

    The arguments are broadcast against each other. Where agents cannot keep up all wait, without end.

    >>> found = erlang_c(np.array(200 / 3600), np.array(180.0), np.array([14.0, 10.0]), np.array(20.0))
    >>> found.level.round(5).tolist(), found.wait_s.round(3).tolist(), found.delayed.round(5).tolist()
    ([0.88835, 0.0], [7.836, inf], [0.17413, 1.0])

    """
    arrivals, handle_s, agents, within_s = _together(arrivals, handle_s, agents, within_s)
    offered = arrivals * handle_s
    stable = agents > offered
    spare = np.where(stable, agents - offered, 1.0) / handle_s  # contacts a second
    servers = np.where(stable, agents, np.floor(offered) + 1)
    idle = log_idle(servers, np.maximum(offered, _LEAST))
    odds = np.exp(np.log(np.maximum(arrivals, _LEAST) / spare) - idle)
    delayed = np.where(arrivals > _LEAST, np.where(stable, odds / (1 + odds), 1.0), 0.0)
    late = np.where(stable, np.exp(-spare * within_s), 1.0)
    wait = np.where(stable, delayed / spare, np.where(arrivals > _LEAST, np.inf, 0.0))
    busy = np.where(agents > 0, np.minimum(offered / np.maximum(agents, 1.0), 1.0), np.where(arrivals > 0, 1.0, 0.0))
    return Service(1 - delayed * late, np.zeros_like(delayed), wait, busy, delayed)


def erlang_a(arrivals: Array, handle_s: Array, patience_s: Array, agents: Array, within_s: Array) -> Service:
    """A queue that contacts leave once their patience is over; where that has no end it is Erlang C.

    Args:
        arrivals: contacts offered a second.
        handle_s: mean time to handle one.
        patience_s: mean time that a contact would wait; may be infinite.
        agents: how many there are.
        within_s: the time within which an answer is in time.

    The arguments are broadcast against each other.

    >>> found = erlang_a(*map(np.array, (1000 / 3600, 120.0, 120.0, [30.0, 34.0], 20.0)))
    >>> found.abandoned.round(4).tolist(), found.wait_s.round(2).tolist()
    ([0.1292, 0.0596], [15.5, 7.15])

    """
    arrivals, handle_s, patience_s, agents, within_s = _together(arrivals, handle_s, patience_s, agents, within_s)
    patient = np.isinf(patience_s)
    offered = np.maximum(arrivals * handle_s, _LEAST)
    leaving = 1 / np.where(patient, 1.0, patience_s)
    served = np.maximum(agents, 1.0) / handle_s
    idle = log_idle(np.maximum(agents, 1.0), offered)
    waits = log_waits(np.maximum(arrivals, _LEAST), served, leaving, within_s)
    # All in times of the larger of the two: either may be beyond what a float holds.
    top = np.maximum(idle, waits.log_all)
    free, kept = np.exp(idle - top), np.exp(waits.log_all - top)
    delayed = kept / (free + kept)
    level = (1 - delayed) + delayed * waits.in_time
    abandoned, wait = delayed * waits.leave, delayed * waits.mean_s
    busy = offered * (1 - abandoned) / np.maximum(agents, 1.0)
    nobody, quiet = agents < 1, arrivals <= _LEAST
    found = Service(
        np.where(nobody, 0.0, level),
        np.where(nobody, 1.0, abandoned),  # in the end
        np.where(nobody, patience_s, wait),
        np.where(nobody, 1.0, np.minimum(busy, 1.0)),
        np.where(nobody, 1.0, delayed),
    )
    found = _where(quiet, Service(*(np.full_like(arrivals, at_rest) for at_rest in (1.0, 0.0, 0.0, 0.0, 0.0))), found)
    return _where(patient, erlang_c(arrivals, handle_s, agents, within_s), found) if patient.any() else found


def agents_needed(
    arrivals: Array,
    handle_s: Array,
    patience_s: Array,
    target: Array,
    within_s: Array,
    guess: Array | None = None,
) -> NDArray[np.int64]:
    """int64[n]: the fewest agents with whom at least `target` of the contacts offered are answered within `within_s`.

    Args:
        arrivals: contacts offered a second.
        handle_s: mean time to handle one.
        patience_s: mean time that a contact would wait; may be infinite.
        target: a share, above 0 and below 1.
        within_s: the time within which an answer is in time.
        guess: where to look first, such as what was needed a tick ago. It saves time and changes nothing.

    >>> agents_needed(*map(np.array, ([1000 / 3600, 0.0], 120.0, [120.0, np.inf], 0.8, 20.0))).tolist()
    [34, 0]

    """
    columns = _together(arrivals, handle_s, patience_s, target, within_s)
    arrivals, handle_s, patience_s, target, within_s = columns
    if not ((target > 0) & (target < 1)).all():
        raise ValueError("a target is a share above 0 and below 1")
    offered = arrivals * handle_s
    rows = np.flatnonzero(offered > _LEAST)
    low, high = np.zeros((2, len(arrivals)))  # too few, from 1 on, and enough
    high[rows] = np.inf
    known = np.full((2, len(arrivals)), np.nan)  # the log odds of the service level there, less those of the target
    wanted = _log_odds(target)
    looked = guess is not None
    if guess is None:
        # Of a load that is normally distributed so much fits, with what becomes free while a contact may wait.
        guess = np.rint((offered + wanted / _NORMAL * np.sqrt(offered)) / (1 + within_s / np.maximum(handle_s, _LEAST)))
        guess = np.maximum(guess, np.ceil(offered * target))
    aim = np.maximum(np.broadcast_to(guess, offered.shape), 1.0)
    for turn in itertools.count():
        if not len(rows):
            break
        level = erlang_a(arrivals[rows], handle_s[rows], patience_s[rows], aim[rows], within_s[rows]).level
        odds, enough = _log_odds(level) - wanted[rows], level >= target[rows]
        few, many = rows[~enough], rows[enough]
        low[few], known[0, few] = aim[few], odds[~enough]
        high[many], known[1, many] = aim[many], odds[enough]
        rows = rows[high[rows] - low[rows] > 1]
        if turn == 0 and looked:  # it is that, or the next one
            aim[rows] = np.where(np.isinf(high[rows]), low[rows] + 1, high[rows] - 1)
        else:
            aim[rows] = _between(low[rows], high[rows], known[:, rows], np.sqrt(offered[rows]), halve=turn % 4 == 3)
    return high.astype(np.int64)


def _between(low: Array, high: Array, known: Array, root: Array, *, halve: bool) -> Array:
    """Where to look next between what is too few and what is enough: where the log odds, drawn as a line, reach 0."""
    below, above = known
    closed = np.isfinite(below) & np.isfinite(above)
    share = np.where(closed, below / np.where(closed, below - above, 1.0), 0.5)
    reach = np.where(np.isfinite(high), high, low) - low
    inside = low + reach * (0.5 if halve else np.clip(share, 0.0, 1.0))
    # From one side alone the line is as steep as it is where an agent is busy most of the time.
    outside = np.where(np.isfinite(below), low, high) - np.nan_to_num(np.where(np.isfinite(below), below, above)) * root
    aim = np.where(closed, inside, np.where(np.isfinite(below), outside + 0.5, outside - 0.5))
    return np.asarray(np.clip(np.rint(aim), low + 1, high - 1))


def _log_odds(share: Array) -> Array:
    odds: Array = np.log(np.maximum(share, _RARE) / np.maximum(1 - share, _RARE))
    return odds


def _together(*columns: Array) -> tuple[Array, ...]:
    """The columns as float64 of one length."""
    together = np.broadcast_arrays(*(np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in columns))
    return tuple(together)


def _where(chosen: NDArray[np.bool_], of: Service, others: Service) -> Service:
    return Service(*[np.where(chosen, mine, other) for mine, other in zip(of, others, strict=True)])
