"""Small numbers for the values of a dimension: dictionary encoding, as columnar formats have it."""

from __future__ import annotations

from streams.events.long_text import LONGEST, shortened

_MOST = 20_000  # values of a dimension that are remembered from flush to flush
_MOST_BYTES = 512 * 1024  # of their texts


class Codes(dict["str | None", int]):
    """A number for each value that was looked up; an absent value and an empty one have the number 0.

    Keys of groups wait for the flush. Made of numbers they hold none of the texts that each event brings along once
    more, and they are distinguished without reading any.

    A value of more than 256 characters is cut (`streams.events.long_text`) each time it is looked up, because only what
    is left of it is remembered.

    Attributes:
        names: the value by number.
        cut: how many look-ups were of a value that is too long.
        added: bytes of the values that are new since the last flush.

    Examples:
        >>> codes = Codes()
        >>> codes["sf"], codes["yto"], codes["sf"], codes[None], codes.names[1]
        (1, 2, 1, 0, 'sf')

    """

    def __init__(self) -> None:
        super().__init__({None: 0, "": 0})
        self.names = [""]
        self.cut = 0
        self.added = 0
        self._bytes = 0

    def __missing__(self, value: str) -> int:
        if len(value) > LONGEST:
            self.cut += 1
            value = shortened(value)
            if value in self:
                return self[value]
        self.added += len(value.encode("utf-8", "surrogatepass"))
        code = self[value] = len(self.names)
        self.names.append(value)
        return code

    def shrink(self) -> None:
        """At a flush: forgets what it knows where that is too much. No number that it gave may be in use."""
        self._bytes += self.added
        self.added = 0
        if len(self.names) > _MOST or self._bytes > _MOST_BYTES:
            self._bytes = 0
            self.clear()
            self.update({None: 0, "": 0})
            del self.names[1:]
