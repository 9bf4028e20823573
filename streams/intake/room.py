"""How much may wait between senders and Kafka: beyond it a sender is asked to come again."""

from __future__ import annotations

from typing import Final

MOST_BODIES: Final = 1_000
MOST_BYTES: Final = 32 << 20


class Room:
    """Counts bodies, and their bytes as they arrive: a slow sender that announces much and sends little takes little.

    >>> room = Room(most_bodies=1, most_bytes=10)
    >>> place = room.place()
    >>> room.place() is None, place.add(8), place.add(8)
    (True, True, False)
    >>> place.leave()
    >>> room.place() is None
    False

    """

    def __init__(self, most_bodies: int = MOST_BODIES, most_bytes: int = MOST_BYTES) -> None:
        self.bodies = 0
        self.bytes = 0
        self._most_bodies = most_bodies
        self._most_bytes = most_bytes

    def place(self) -> Place | None:
        """For one body; None where too many are there."""
        return Place(self) if self.bodies < self._most_bodies else None

    def fits(self, more: int) -> bool:
        return self.bytes + more <= self._most_bytes


class Place:
    """That of one body, until it leaves."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._bytes = 0
        room.bodies += 1

    def add(self, size: int) -> bool:
        """Some bytes have arrived; whether there is room for them."""
        if not self._room.fits(size):
            return False
        self._bytes += size
        self._room.bytes += size
        return True

    def leave(self) -> None:
        self._room.bodies -= 1
        self._room.bytes -= self._bytes
        self._bytes = 0
