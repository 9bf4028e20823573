"""Waits emerge from people, not from a formula."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.simulate.queue import Service, serve

PATIENT = 10**9


def run(
    opened: list[int], handling: int, staff: list[tuple[int, int]], looks: list[int], patience: int = PATIENT
) -> Service:
    """A queue whose contacts are all alike."""
    count = len(opened)
    changes = (np.array([time for time, _ in staff]), np.array([number for _, number in staff]))
    return serve(np.array(opened), np.full(count, handling), np.full(count, patience), changes, np.array(looks))


def test_a_free_agent_answers_at_once_and_the_next_waits_for_the_end() -> None:
    service = run([10, 20], 100, [(0, 1)], [15, 25, 300])

    assert service.answered.tolist() == [10, 110]
    assert service.waiting.tolist() == [0, 1, 0]
    assert service.oldest_ms.tolist() == [0, 5, 0]
    assert service.available.tolist() == [0, 0, 1]


def test_who_loses_patience_is_abandoned_and_not_answered() -> None:
    service = run([10, 20], 100, [(0, 1)], [75, 200], patience=50)

    assert service.answered.tolist() == [10, 0]
    assert service.abandoned.tolist() == [0, 70]
    assert service.waiting.tolist() == [0, 0]


def test_agents_who_leave_finish_their_contact_first() -> None:
    service = run([10, 20, 30], 100, [(0, 2), (25, 1)], [26, 300])

    assert service.answered.tolist() == [10, 20, 120]
    assert service.staffed.tolist() == [1, 1]


def test_more_agents_empty_the_line() -> None:
    assert run([10, 11, 12], 1000, [(0, 1), (50, 3)], []).answered.tolist() == [10, 50, 50]


@given(
    st.lists(st.integers(1, 5_000), min_size=1, max_size=60).map(sorted),
    st.integers(1, 500),
    st.integers(1, 4),
    st.integers(1, 800),
)
def test_every_contact_ends_once_in_order_and_no_agent_does_two_things(
    opened: list[int], handling: int, agents: int, patience: int
) -> None:
    service = run(opened, handling, [(0, agents)], [10**6], patience)

    talked, left = service.answered > 0, service.abandoned > 0
    assert (talked ^ left).all()
    answered = service.answered[talked]
    assert (np.diff(answered) >= 0).all()
    assert (answered[agents:] >= answered[:-agents] + handling).all()
    assert (answered - np.array(opened)[talked] < patience).all()
