"""Which state of a partition may follow which."""

from __future__ import annotations

import re
from itertools import product

import pytest

from streams.transport.partitions.life import LEGAL, IllegalTransitionError, State
from streams.transport.partitions.partition import Intake, Partition
from tests.transport.support.transport_fakes import ORDERS, FakeFlusher

WAYS = {  # a legal way to each state
    State.CREATED: (),
    State.RESTORING: (State.RESTORING,),
    State.RUNNING: (State.RESTORING, State.RUNNING),
    State.SUSPENDED: (State.RESTORING, State.RUNNING, State.SUSPENDED),
    State.CLOSED: (State.CLOSED,),
}
DRAWN = {
    ("created", "restoring"),  # acquire
    ("restoring", "running"),  # restored
    ("running", "restoring"),  # a flush failed
    ("restoring", "suspended"),
    ("running", "suspended"),
    ("suspended", "running"),  # resume
    *((name, "closed") for name in ("created", "restoring", "running", "suspended")),
}


def partition_that_is(state: State) -> Partition:
    part = Partition(ORDERS, FakeFlusher(), 0.0)
    for step in WAYS[state]:
        part.enter(step)
    return part


@pytest.mark.parametrize(("state", "to"), list(product(State, State)))
def test_a_partition_goes_the_ways_that_are_drawn_and_no_other(state: State, to: State) -> None:
    part = partition_that_is(state)

    if (state.value, to.value) in DRAWN:
        part.enter(to)
        assert part.state is to
    else:
        with pytest.raises(IllegalTransitionError, match=f"orders-0 is {state.value} and cannot become {to.value}"):
            part.enter(to)
        assert part.state is state


def test_every_state_is_drawn_and_leads_to_the_end() -> None:
    assert set(re.findall(r"\b[A-Z]{6,}\b", State.__doc__ or "")) == {state.name for state in State}
    assert all(State.CLOSED in LEGAL[state] for state in State if state is not State.CLOSED)
    assert not LEGAL[State.CLOSED]


@pytest.mark.parametrize("state", [state for state in State if state is not State.RUNNING])
def test_only_a_running_partition_takes_batches(state: State) -> None:
    assert partition_that_is(state).intake(0) is Intake.NOT_RUNNING


def test_a_running_partition_takes_the_batch_that_begins_at_its_position() -> None:
    part = partition_that_is(State.RUNNING)
    part.position = 5

    assert [part.intake(start) for start in (4, 5, 6)] == [Intake.STALE, Intake.TAKEN, Intake.HOLE]


async def test_what_is_closed_lets_go_of_its_writer_once() -> None:
    writer = FakeFlusher()
    part = Partition(ORDERS, writer, 0.0)
    await part.close()

    with pytest.raises(IllegalTransitionError):
        await part.close()
    assert writer.closed == 1
