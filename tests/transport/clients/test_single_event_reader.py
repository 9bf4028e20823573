"""When what rules found is read, when it is read again, and what is committed; the consumer is played here."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka import TopicPartition

from streams.records.single_event import SingleEvent, encode
from streams.settings.settings import Settings
from streams.transport.clients import single_event_reader
from streams.transport.clients.linkage_reader import UnwrittenError
from streams.transport.clients.single_event_reader import SingleEventReader

if TYPE_CHECKING:
    from collections.abc import Sequence

READ = TopicPartition("pharos-single-events", 0)


def record(offset: int, value: bytes | None = None) -> Any:
    event = SingleEvent(rule="r", event_type="t", event_source="/s", event_id=str(offset), time=0)
    return SimpleNamespace(offset=offset, value=encode(event) if value is None else value)


class Played:
    """A consumer whose polls are given, and what is done about the records; notes what happens in its order."""

    def __init__(self, *polls: Any) -> None:
        self.polls = list(polls)
        self.owned = True
        self.notes: list[Any] = []
        self.begin: int | None = None
        self.unwritten = 0

    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    async def getmany(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        if not self.polls:
            await asyncio.sleep(3_600)
        poll = self.polls.pop(0)
        self.owned = poll is not None
        return {READ: poll} if poll else {}

    def assignment(self) -> set[TopicPartition]:
        return {READ} if self.owned else set()

    async def position(self, _tp: TopicPartition) -> int:
        return 40

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        self.notes.append(("commit", offsets[READ]))

    async def read_ledger(self, _limit_s: float) -> None:
        self.notes.append("ledger")

    async def take(self, events: Sequence[tuple[int, SingleEvent]]) -> None:
        if self.unwritten:
            self.unwritten -= 1
            raise UnwrittenError
        if events:
            self.notes.append([offset for offset, _ in events])

    async def look_after(self, read: int) -> int:
        return read if self.begin is None else min(self.begin, read)

    async def forget(self) -> None:
        self.notes.append("forget")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    async def run(played: Played) -> list[Any]:
        monkeypatch.setattr(single_event_reader, "group_consumer", lambda *_: played)
        monkeypatch.setattr(single_event_reader, "_RETRY_S", 0.0)
        reader = SingleEventReader(Settings(), None, played.read_ledger, played)  # type: ignore[arg-type]
        task = asyncio.create_task(reader.run())
        for _ in range(200):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return played.notes

    return run


async def test_nothing_is_decided_before_the_ledger_holds_what_the_predecessor_wrote(read: Any) -> None:
    notes = await read(Played([record(7), record(8)], [], [record(9)]))

    assert notes == ["forget", "ledger", [7, 8], ("commit", 9), [9], ("commit", 10)]


async def test_what_is_held_is_committed_and_only_once(read: Any) -> None:
    played = Played([record(7), record(8)], [record(9)])
    played.begin = 8

    assert [note for note in await read(played) if note[0] == "commit"] == [("commit", 8)]


async def test_a_partition_that_goes_and_comes_back_begins_anew(read: Any) -> None:
    notes = await read(Played([record(7)], None, None, [record(7)]))

    assert notes == ["forget", "ledger", [7], ("commit", 8), "forget", "forget", "ledger", [7], ("commit", 8)]


async def test_records_that_are_read_again_after_a_rebalance_begin_anew(read: Any) -> None:
    played = Played([record(7), record(8)], [record(7), record(8)])
    played.begin = 7

    assert await read(played) == ["forget", "ledger", [7, 8], ("commit", 7), "forget", "ledger", [7, 8]]


async def test_with_nothing_to_read_the_position_of_the_commit_counts(read: Any) -> None:
    assert await read(Played([], [])) == ["forget", "ledger", ("commit", 40)]


async def test_what_cannot_be_written_is_read_again(read: Any) -> None:
    played = Played([record(7)], [record(7)])
    played.unwritten = 1

    assert await read(played) == ["forget", "ledger", "forget", "forget", "ledger", [7], ("commit", 8)]


async def test_a_record_that_is_no_event_is_passed_over_and_its_value_is_not_logged(
    read: Any, caplog: pytest.LogCaptureFixture
) -> None:
    notes = await read(Played([record(7, b"order TB1"), record(8)]))

    assert notes == ["forget", "ledger", [8], ("commit", 9)]
    assert "undecodable record at offset 7" in caplog.text
    assert "TB1" not in caplog.text
