"""Whatever comes when, and whenever the worker is killed: each event is asked about once, and few at once."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.linkage import single_event_clerk
from streams.linkage.clerk import settled
from streams.linkage.single_event_clerk import Reception, SingleEventClerk
from streams.records.request import Ending, RequestStep, Stage
from streams.records.request_event import encode, read_step
from streams.records.single_event import SingleEvent
from streams.register.single_events import MINUTE_MS, SingleEventLog
from streams.settings.settings import LinkageWebhook, OwnerTable, SingleEventRule

START = 1_794_327_150_000
MOST_LISTED = 4
HOOK = LinkageWebhook(url_env="URL", secret_env="SECRET")
RULES = {
    name: SingleEventRule(
        name,
        ("survey.answered",),
        "ticket.open",
        OwnerTable("care", "store", {"s1": "desk"}),
        per_minute=per_minute,
        webhook=HOOK,
    )
    for name, per_minute in (("few", 2), ("more", 3))
}


class World:
    """Two topics that outlive the worker, and the worker."""

    def __init__(self) -> None:
        self.now = START
        self.events: list[SingleEvent] = []
        self.actions: list[bytes] = []
        self.committed = 0
        self.bodies: dict[str, list[str]] = {}
        self.last: dict[str, Reception] = {}
        self.start()

    def start(self) -> None:
        """A worker that has read pharos-actions to its end, and goes on at the commit."""
        self.ledger = SingleEventLog()
        for value in self.actions:
            step = read_step(value)
            assert isinstance(step, RequestStep)
            self.ledger.note(step)
        self.clerk = SingleEventClerk(tuple(RULES.values()), self.ledger)
        self.position = self.committed
        self.counted: Counter[str] = Counter()

    def publish(self, rule: str, name: int, age_s: int) -> None:
        again = next((e for e in self.events if (e.rule, e.event_id) == (rule, str(name))), None)
        self.events.append(
            again
            or SingleEvent(
                rule=rule,
                event_type="survey.answered",
                event_source="/s",
                event_id=str(name),
                time=self.now - age_s * 1000,
                scope={"store": f"s{name % 2}"},
            )
        )

    def write(self, step: RequestStep) -> None:
        self.actions.append(encode(step))
        self.ledger.note(step)

    def read(self, most: int, killed_after: int) -> bool:
        """A poll; False where the worker is killed in it, after so many of its writes."""
        writes = 0
        for step in list(self.clerk.due_digests(self.now)):
            if (writes := writes + 1) > killed_after:
                return False
            self.write(step)
            self.clerk.written(step)
        for offset in range(self.position, min(self.position + most, len(self.events))):
            event = self.events[offset]
            received = self.clerk.take(offset, event, self.now)
            if received.step is not None:
                if (writes := writes + 1) > killed_after:
                    return False
                self.write(received.step)
            if received.reception in {Reception.ASKED, Reception.DIGEST}:
                self.counted[event.request] += 1
                assert self.counted[event.request] == 1
            if received.reception is not Reception.KNOWN:
                self.last[event.request] = received.reception
            self.position = offset + 1
        return True

    def deliver(self, *, settles: bool) -> None:
        """The webhook takes all that is ready; a worker may be killed before it has written that down."""
        ready, lost = self.clerk.to_deliver(self.now, self.position)
        assert lost == []
        for step in ready:
            names = [kept.event.request for kept in self.clerk.events_of(step)]
            assert self.bodies.setdefault(step.data.request, names) == names
            if settles:
                self.write(settled(step, Ending.DELIVERED, self.now))

    def commit(self) -> None:
        held = self.clerk.held(self.now)
        self.committed = self.position if held is None else min(held, self.position)


_NAMES = st.sampled_from(sorted(RULES))
_FLOOD = st.tuples(st.just("flood"), _NAMES, st.integers(100, 110), st.integers(3, 9))
_READ = st.tuples(st.just("read"), st.integers(1, 30), st.sampled_from([0, 1, 2, 99, 99, 99]))
_DEEDS = st.one_of(
    _FLOOD,
    _FLOOD,
    _READ,
    _READ,
    _READ,
    st.tuples(st.just("publish"), _NAMES, st.integers(0, 25), st.sampled_from([0, 30, 870, 960])),
    st.tuples(st.just("wait"), st.sampled_from([1, 10, 31, 60, 60, 400, -61])),
    st.tuples(st.just("deliver"), st.booleans()),
    st.just(("commit",)),
    st.just(("kill",)),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_DEEDS, min_size=10, max_size=50))
def test_each_event_is_in_one_message_or_digest_or_was_stale_or_dropped(deeds: list[tuple]) -> None:
    before, single_event_clerk.MOST_LISTED = single_event_clerk.MOST_LISTED, MOST_LISTED  # type: ignore[misc]
    try:
        world = World()
        for deed, *how in deeds:
            run(world, deed, how)
        while world.position < len(world.events) or world.clerk.held(world.now) is not None:
            run(world, "read", [50, 99])
            run(world, "deliver", [True])
            world.now += 61_000
    finally:
        single_event_clerk.MOST_LISTED = before  # type: ignore[misc]

    steps = [step for value in world.actions if isinstance(step := read_step(value), RequestStep)]
    asked = [step for step in steps if step.stage is Stage.REQUESTED]
    messages = [step for step in asked if step.data.events is not None and not step.data.events.requests]
    digests = [step for step in asked if step.data.events is not None and step.data.events.requests]
    of_digests = [request for step in digests if step.data.events for request in step.data.events.requests]
    told = Counter([step.data.request for step in messages] + of_digests)

    assert max(told.values(), default=1) == 1
    for event in world.events:
        if event.request not in told:
            assert world.last[event.request] in {Reception.STALE, Reception.FULL}
    made = Counter((step.data.rule, step.time // MINUTE_MS) for step in messages)
    assert all(count <= RULES[rule].per_minute for (rule, _), count in made.items())
    assert max(Counter((step.data.rule, step.time // MINUTE_MS) for step in digests).values(), default=1) == 1
    assert all(len(step.data.events.requests) <= MOST_LISTED for step in digests if step.data.events)
    assert Counter(name for names in world.bodies.values() for name in names) == told


def run(world: World, deed: str, how: list) -> None:
    if deed == "publish":
        world.publish(*how)
    elif deed == "flood":
        for name in range(how[1], how[1] + how[2]):
            world.publish(how[0], name, 0)
    elif deed == "wait":
        world.now += how[0] * 1_000
    elif deed == "read":
        if not world.read(*how):
            world.start()
    elif deed == "deliver":
        world.deliver(settles=how[0])
    elif deed == "commit":
        world.commit()
    else:
        world.start()
