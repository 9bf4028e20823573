"""Snapshots as files, for the embedded broker, which has neither transactions nor compaction."""

from __future__ import annotations

import asyncio
import base64
import threading
from typing import TYPE_CHECKING

from streams.transport.flush.flush import FlushContent
from streams.transport.log.keeper import Saved

if TYPE_CHECKING:
    from pathlib import Path

    from faust.types import TP

    from streams.transport.flush.flush import Flusher
    from streams.transport.log.keeper import Save

_OFFSET = "offset"


class FileKeeper:
    """A folder with a file an item, and the file `offset`, whose replacement makes a snapshot complete.

    At least once: output goes out before the files are written.
    """

    def __init__(self, folder: Path, source: TP, flusher: Flusher) -> None:
        self._folder = folder
        self._source = source
        self._flusher = flusher
        self._writing = threading.Lock()  # a save that is cut off goes on in its thread

    async def open(self) -> None:
        await self._flusher.open()

    async def load(self) -> Saved | None:
        return await asyncio.to_thread(self._read)

    async def save(self, save: Save) -> None:
        await self._flusher.flush(FlushContent(self._source, save.offset, "", save.records))
        await asyncio.to_thread(self._write, save)

    async def close(self) -> None:
        await self._flusher.close()

    def _read(self) -> Saved | None:
        """None where there is none, or where a save was broken off before it was complete."""
        try:
            lines = (self._folder / _OFFSET).read_text().split("\n")
            items = {name: (self._folder / _file_name(name)).read_bytes() for name in lines[1:]}
        except FileNotFoundError:
            return None
        return Saved(int(lines[0]), items)

    def _write(self, save: Save) -> None:
        with self._writing:
            self._write_alone(save)

    def _write_alone(self, save: Save) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, value in save.items:
            self._replace(_file_name(name), value)
        self._replace(_OFFSET, "\n".join([str(save.offset), *sorted(save.keep)]).encode())
        kept = {_file_name(name) for name in save.keep} | {_OFFSET}
        for path in self._folder.iterdir():
            if path.name not in kept:
                path.unlink()

    def _replace(self, name: str, value: bytes) -> None:
        fresh = self._folder / f"{name}.new"
        fresh.write_bytes(value)
        fresh.replace(self._folder / name)


def _file_name(name: str) -> str:
    """Names of items hold whatever metric names hold: no file name can be made of them but by an encoding."""
    return "i-" + base64.urlsafe_b64encode(name.encode()).decode()
