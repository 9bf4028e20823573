"""Erlang C and Erlang A: published figures, what must hold for all queues, and a solution found in another way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from detectors.staffing import agents_needed, erlang_a, erlang_c

HOUR_S = 3_600.0

rates = st.floats(0.001, 30.0)
handle_times = st.floats(5.0, 1_200.0)
patiences = st.floats(5.0, 5_000.0)
tilts = st.floats(-4.0, 8.0)


def _of(*values: float) -> tuple[np.ndarray, ...]:
    return tuple(np.array(value, dtype=np.float64) for value in values)


@pytest.mark.parametrize(
    ("an_hour", "handle_s", "agents", "delayed", "level", "wait_s", "occupancy"),
    [
        (200, 180, 14, 0.1741, 0.8883, 7.836, 0.7143),
        (1000, 120, 40, 0.1907, 0.9372, 3.433, 0.8333),
        (1000, 120, 35, None, 0.4724, 50.1, None),
    ],
)
def test_erlang_c_gives_the_published_figures(
    an_hour: float,
    handle_s: float,
    agents: float,
    delayed: float | None,
    level: float,
    wait_s: float,
    occupancy: float | None,
) -> None:
    found = erlang_c(*_of(an_hour / HOUR_S, handle_s, agents, 20))

    assert found.level[0] == pytest.approx(level, abs=6e-5)
    assert found.wait_s[0] == pytest.approx(wait_s, abs=0.051 if wait_s > 50 else 6e-4)
    if delayed is not None:
        assert found.delayed[0] == pytest.approx(delayed, abs=5e-5)
    if occupancy is not None:
        assert found.occupancy[0] == pytest.approx(occupancy, abs=5e-5)


@pytest.mark.parametrize(("agents", "abandoned", "wait_s"), [(30, 0.1292, 15.5), (34, 0.0596, 7.15)])
def test_erlang_a_gives_the_computed_figures(agents: float, abandoned: float, wait_s: float) -> None:
    found = erlang_a(*_of(1000 / HOUR_S, 120, 120, agents, 20))

    assert found.abandoned[0] == pytest.approx(abandoned, abs=5e-5)
    assert found.wait_s[0] == pytest.approx(wait_s, abs=5e-3)


def _chain(arrivals: float, handle_s: float, patience_s: float, agents: int, within_s: float) -> tuple[float, ...]:
    """Level, share abandoned, mean wait, share delayed: from the states of the queue, and what one who waits meets."""
    queue = agents + int(40 + 3 * arrivals * patience_s)
    states = np.arange(queue + 1)
    death = np.minimum(states, agents) / handle_s + np.maximum(states - agents, 0) / patience_s
    logs = np.concatenate(([0.0], np.cumsum(np.log(arrivals / death[1:]))))
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    waiting = float((chances * np.maximum(states - agents, 0)).sum())
    # One who finds j waiting before it moves up when an agent ends or one before it leaves, until it is its turn.
    most = queue - agents + 1
    moves = np.zeros((most + 2, most + 2))  # 0: answered, then the place in line; the last: has given up
    for place in range(1, most + 1):
        moves[place, place - 1] = agents / handle_s + (place - 1) / patience_s
        moves[place, -1] = 1 / patience_s
        moves[place, place] = -moves[place].sum()
    answered = expm(moves * within_s)[:, 0]
    ahead = chances[agents:]
    level = chances[:agents].sum() + (ahead * answered[1 : len(ahead) + 1]).sum()
    return level, waiting / patience_s / arrivals, waiting / arrivals, ahead.sum()


@pytest.mark.parametrize(
    ("arrivals", "handle_s", "patience_s", "agents", "within_s"),
    [
        (1000 / HOUR_S, 120, 120, 30, 20),
        (1000 / HOUR_S, 120, 120, 34, 5),
        (0.01, 100, 30, 1, 20),
        (0.5, 90, 200, 60, 30),
        (0.5, 90, 200, 40, 30),
        (2.0, 150, 60, 300, 20),
        (0.2, 300, 900, 60, 60),
        (0.05, 60, 10, 3, 20),
    ],
)
def test_erlang_a_agrees_with_the_chain_of_states(
    arrivals: float, handle_s: float, patience_s: float, agents: int, within_s: float
) -> None:
    found = erlang_a(*_of(arrivals, handle_s, patience_s, agents, within_s))

    level, abandoned, wait_s, delayed = _chain(arrivals, handle_s, patience_s, agents, within_s)
    assert found.level[0] == pytest.approx(level, abs=5e-6)
    assert found.abandoned[0] == pytest.approx(abandoned, abs=5e-6)
    assert found.wait_s[0] == pytest.approx(wait_s, rel=1e-5)
    assert found.delayed[0] == pytest.approx(delayed, abs=5e-6)


@given(rates, handle_times, patiences, tilts, st.floats(0.0, 600.0))
def test_one_more_agent_is_never_worse(
    arrivals: float, handle_s: float, patience_s: float, tilt: float, within_s: float
) -> None:
    load = arrivals * handle_s
    agents = max(1.0, round(load + tilt * np.sqrt(load)))

    few, more = (erlang_a(*_of(arrivals, handle_s, patience_s, n, within_s)) for n in (agents, agents + 1))

    assert more.level[0] >= few.level[0] - 1e-6
    assert more.abandoned[0] <= few.abandoned[0] + 1e-6
    assert more.wait_s[0] <= few.wait_s[0] * (1 + 1e-5) + 1e-9


@given(rates, handle_times, patiences, tilts)
def test_what_is_answered_and_what_gives_up_keeps_the_agents_as_busy_as_told(
    arrivals: float, handle_s: float, patience_s: float, tilt: float
) -> None:
    load = arrivals * handle_s
    agents = max(1.0, round(load + tilt * np.sqrt(load)))

    found = erlang_a(*_of(arrivals, handle_s, patience_s, agents, 20))

    assert 0 <= found.level[0] <= 1 + 1e-9
    assert found.occupancy[0] * agents == pytest.approx(load * (1 - found.abandoned[0]), rel=1e-4)
    assert found.wait_s[0] == pytest.approx(found.abandoned[0] * patience_s, rel=1e-6, abs=1e-9)


@given(rates, handle_times, st.floats(0.2, 8.0))
def test_who_has_endless_patience_makes_erlang_c_of_erlang_a(arrivals: float, handle_s: float, tilt: float) -> None:
    load = arrivals * handle_s
    agents = np.floor(load + tilt * np.sqrt(load)) + 1

    patient = erlang_a(*_of(arrivals, handle_s, 1e12, agents, 20))
    endless = erlang_a(*_of(arrivals, handle_s, np.inf, agents, 20))
    waits = erlang_c(*_of(arrivals, handle_s, agents, 20))

    for column, of_endless, expected in zip(patient, endless, waits, strict=True):
        assert of_endless[0] == expected[0]
        assert column[0] == pytest.approx(expected[0], rel=2e-5, abs=2e-6)


@given(rates, handle_times, st.one_of(patiences, st.just(np.inf)), st.floats(0.3, 0.99), st.integers(0, 3_000))
def test_needed_agents_reach_the_target_and_one_fewer_does_not(
    arrivals: float, handle_s: float, patience_s: float, target: float, guess: int
) -> None:
    queue = _of(arrivals, handle_s, patience_s, target, 20)

    needed = agents_needed(*queue)
    looked = agents_needed(queue[0], queue[1], queue[2], queue[3], queue[4], guess=np.array([float(guess)]))

    enough, fewer = (erlang_a(*_of(arrivals, handle_s, patience_s, needed[0] - less, 20)) for less in (0, 1))
    assert enough.level[0] >= target
    assert fewer.level[0] < target
    assert looked[0] == needed[0]


def test_queues_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(5)
    arrivals, handle_s, patience_s = rng.uniform(0.01, 30, 40), rng.uniform(30, 300, 40), rng.uniform(10, 900, 40)

    together = agents_needed(arrivals, handle_s, patience_s, np.array(0.8), np.array(20.0))

    alone = [agents_needed(*_of(*queue, 0.8, 20))[0] for queue in zip(arrivals, handle_s, patience_s, strict=True)]
    assert together.tolist() == alone


@pytest.mark.parametrize("agents", [0, 1, 5_000])
def test_a_queue_nobody_writes_to_is_answered_at_once(agents: float) -> None:
    for found in (erlang_a(*_of(0, 120, 120, agents, 20)), erlang_a(*_of(0, 120, np.inf, agents, 20))):
        assert [column[0] for column in found] == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert agents_needed(*_of(0, 120, 120, 0.8, 20))[0] == 0


def test_with_nobody_there_all_give_up_after_their_patience() -> None:
    found = erlang_a(*_of(0.5, 120, 90, 0, 20))

    assert [column[0] for column in found] == [0.0, 1.0, 90.0, 1.0, 1.0]


def test_thousands_of_agents_are_told_without_overflow() -> None:
    for agents, patience_s in itertools.product((1_000, 9_000, 9_500, 20_000), (1.0, 200.0, 1e5)):
        found = erlang_a(*_of(60, 150, patience_s, agents, 20))

        assert all(np.isfinite(column[0]) for column in found)
        assert found.abandoned[0] == pytest.approx(max(1 - agents / 9_000, 0.0), abs=0.02)


@pytest.mark.parametrize("target", [0.0, 1.0, 1.2])
def test_a_target_that_is_no_share_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match="a target is a share above 0 and below 1"):
        agents_needed(*_of(1, 120, 120, target, 20))
