"""The audit log of a worker: one JSON object a line for each write that somebody asked for, taken or refused.

It is only ever appended to, for its owner's eyes, and turned over when it has grown: `audit.jsonl`, `.1`, `.2` and so
on up to `KEPT`, so it never fills a disk.
"""

from __future__ import annotations

import ipaddress
import os
import threading
from typing import TYPE_CHECKING, Final

import msgspec
import orjson

if TYPE_CHECKING:
    from pathlib import Path

LARGEST: Final = 5 << 20
KEPT: Final = 5
_LAST_BYTES: Final = 4 << 20  # what is read to answer with the last entries


class Audited(msgspec.Struct, frozen=True):
    """One write.

    Attributes:
        time: RFC 3339, of the wall's clock.
        who: the name beside the token; empty where it has none, or there is no token.
        role: of the token; empty where nobody was recognised.
        actor: the name that the request itself gave.
        from_: class of the sender's address: loopback, private, public, proxied or unknown. Not the address.
        method, what: such as POST and /api/v1/anomalies/{fingerprint}/ack.
        about: the fingerprint, or what else the path names.
        status, reason: of the answer.
        id: of the record of pharos-actions that came of it.
        unlisted: refusals before this one, in the same minute, that are not listed.

    """

    time: str
    who: str
    role: str
    actor: str
    from_: str = msgspec.field(name="from")
    method: str = ""
    what: str = ""
    about: str = ""
    status: int = 0
    reason: str = ""
    id: str = ""
    unlisted: int = 0


class AuditLog:
    """One file and those that it turned into. Safe for several threads of one process; each process has its own.

    Raises OSError where the file cannot be appended to.
    """

    def __init__(self, path: Path, largest: int = LARGEST, kept: int = KEPT) -> None:
        self._path = path
        self._largest = largest
        self._kept = kept
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write(b"\n" if self._is_cut_off() else b"")

    def append(self, entry: Audited) -> None:
        """Blocks until the operating system has it. Raises OSError."""
        line = msgspec.json.encode(entry) + b"\n"
        with self._lock:
            if self._size() + len(line) > self._largest:
                self._turn_over()
            self._write(line)

    def last(self, count: int) -> list[dict[str, object]]:
        """The newest entries, newest first. Blocks. A line that was cut off by a crash is left out."""
        with self._lock:
            lines = [*self._lines(self._turned(1)), *self._lines(self._path)]
        entries: list[dict[str, object]] = []
        for line in reversed(lines):
            if len(entries) == count:
                break
            try:
                entries.append(orjson.loads(line))
            except orjson.JSONDecodeError:
                continue
        return entries

    def _lines(self, path: Path) -> list[bytes]:
        try:
            with path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST_BYTES))
                return file.read(_LAST_BYTES).splitlines()
        except FileNotFoundError:
            return []

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    def _turn_over(self) -> None:
        for number in range(self._kept - 1, 0, -1):
            older = self._turned(number)
            if older.exists():
                older.replace(self._turned(number + 1))
        if self._path.exists():
            self._path.replace(self._turned(1))

    def _turned(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def _write(self, text: bytes) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, text)
        finally:
            os.close(descriptor)

    def _is_cut_off(self) -> bool:
        """Whether a crash left half a line, to which the next would be joined."""
        if not self._size():
            return False
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"


def address_class(address: str | None, *, behind_proxy: bool = False) -> str:
    """What may be said of where a request came from.

    >>> [address_class(address) for address in ("127.0.0.1", "10.1.2.3", "8.8.8.8", None)]
    ['loopback', 'private', 'public', 'unknown']
    """
    if behind_proxy:
        return "proxied"
    try:
        known = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if known.is_loopback:
        return "loopback"
    return "private" if known.is_private else "public"
