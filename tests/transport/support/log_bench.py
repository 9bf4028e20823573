"""A log agent among fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faust.types import TP

from streams.transport.log.keeper import Save, Saved
from streams.transport.log.log_agent import LogAgent
from tests.transport.support.transport_fakes import FakePositions, fetched

if TYPE_CHECKING:
    from streams.records.batch import RecordBatch
    from streams.transport.flush.flush import FlushFailedError

CELLS = TP("pharos-cells", 0)


class FakeKeeper:
    """Keeps saves in memory; shared by all owners, as a topic is."""

    def __init__(self, log: list[Any]) -> None:
        self.log = log
        self.saved: Saved | None = None
        self.failures: list[FlushFailedError] = []

    async def open(self) -> None:
        self.log.append("open")

    async def load(self) -> Saved | None:
        self.log.append("load")
        return self.saved

    async def save(self, save: Save) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.saved = Saved(save.offset, dict(save.items))
        self.log.append(save.offset)

    async def close(self) -> None:
        self.log.append("close")


class State:
    """Remembers offsets."""

    def __init__(self, saved: Saved | None) -> None:
        self.applied = [] if saved is None else list(saved.items["offsets"])
        self.start = None if saved is None else saved.offset - saved.items.get("behind", b"\0")[0]
        self.due = False
        self.saves = 0

    progress = None

    async def apply(self, batch: RecordBatch) -> None:
        self.applied += batch.offsets

    def take_save(self, offset: int, now_s: float, *, last: bool = False) -> Save | None:
        if not (self.due or last):
            return None
        self.due = False
        return Save(offset, [("offsets", bytes(self.applied))], frozenset({"offsets"}))

    def on_saved(self, save: Save) -> None:
        self.saves += 1


class Bench:
    """An agent among fakes."""

    def __init__(self, *, may_lose: bool = False) -> None:
        self.positions = FakePositions()
        self.log: list[Any] = []
        self.keeper = FakeKeeper(self.log)
        self.failures: list[str] = []
        self.agent = LogAgent(
            "merge",
            CELLS.topic,
            self.positions,
            make_keeper=lambda _tp: self.keeper,
            make_state=lambda _tp, saved: State(saved),
            fail=lambda what, error: self.failures.append(f"{what}: {error}"),
            heartbeat_interval_s=0.01,
            may_lose=may_lose,
        )

    async def acquire(self) -> Any:
        return await self.agent.owner.acquire([CELLS], lambda: True)

    @property
    def state(self) -> State:
        state = self.agent.parts[CELLS].log_state
        assert isinstance(state, State)
        return state

    async def apply(self, *offsets: int) -> None:
        await self.agent.handle(fetched(offsets[0], offsets, tp=CELLS))
