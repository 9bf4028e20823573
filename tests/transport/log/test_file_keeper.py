"""Snapshots as files."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from streams.transport.flush.flush import OutRecord
from streams.transport.log.file_keeper import FileKeeper
from streams.transport.log.keeper import Save, Saved
from tests.transport.support.transport_fakes import ORDERS, FakeFlusher

if TYPE_CHECKING:
    from pathlib import Path


def save(offset: int, keep: tuple[str, ...], **items: bytes) -> Save:
    return Save(offset, list(items.items()), frozenset(keep))


async def test_there_is_nothing_at_first(tmp_path: Path) -> None:
    assert await FileKeeper(tmp_path / "none", ORDERS, FakeFlusher()).load() is None


async def test_the_newest_of_each_item_comes_back_and_the_others_are_deleted(tmp_path: Path) -> None:
    keeper = FileKeeper(tmp_path, ORDERS, FakeFlusher())
    await keeper.save(save(5, ("a", "b", "old"), a=b"a5", b=b"b5", old=b"x"))
    await keeper.save(save(9, ("a", "b"), b=b"b9"))

    assert await FileKeeper(tmp_path, ORDERS, FakeFlusher()).load() == Saved(9, {"a": b"a5", "b": b"b9"})
    assert len(list(tmp_path.iterdir())) == 3  # noqa: ASYNC240 - a test waits for nobody


async def test_names_of_items_may_hold_anything(tmp_path: Path) -> None:
    keeper = FileKeeper(tmp_path, ORDERS, FakeFlusher())
    await keeper.save(Save(1, [("../m@1/c?", b"1"), ("offset", b"2")], frozenset({"../m@1/c?", "offset"})))

    assert await keeper.load() == Saved(1, {"../m@1/c?": b"1", "offset": b"2"})


async def test_output_and_offset_go_out_with_the_save(tmp_path: Path) -> None:
    flusher = FakeFlusher()
    keeper = FileKeeper(tmp_path, ORDERS, flusher)
    record = OutRecord("out", b"value")
    await keeper.save(save(7, ())._replace(records=[record]))

    assert [(content.source, content.next_offset) for content in flusher.flushes] == [(ORDERS, 7)]
    assert list(flusher.flushes[0].records) == [record]


async def test_a_save_that_is_cut_off_and_the_next_one_do_not_meet(tmp_path: Path) -> None:
    keeper = FileKeeper(tmp_path, ORDERS, FakeFlusher())
    names = [f"item {number}" for number in range(400)]
    for offset in range(1, 6):
        many = Save(offset, [(name, b"x") for name in names], frozenset(names))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(keeper.save(many), 0.002)
        await keeper.save(save(offset * 100, ("a",), a=b"%d" % offset))

        assert await keeper.load() == Saved(offset * 100, {"a": b"%d" % offset})
