"""Which fields of payloads no expression of a mapping reads. Names of fields only, no values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.mapping.place import Place

_MOST_PATHS = 10_000
_DEEPEST = 40


class UnreadFields:
    """Counts the payloads in which a field is there that nothing reads; below such a field nothing is told."""

    def __init__(self, reads: Place) -> None:
        self._reads = reads
        self.payloads: Counter[str] = Counter()

    def add(self, payload: Any) -> None:
        """Looks at one more payload."""
        for path in set(_unread(payload, self._reads, "", 0)):
            if path in self.payloads or len(self.payloads) < _MOST_PATHS:
                self.payloads[path] += 1


def _unread(value: Any, place: Place, path: str, depth: int) -> Iterator[str]:
    if place.whole or depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            below = f"{path}.{name}" if path else name
            if name in place.fields:
                yield from _unread(inner, place.fields[name], below, depth + 1)
            else:
                yield below
    elif isinstance(value, list):
        if place.element_place is None:
            if value and not place.tested:
                yield f"{path}[]"
        else:
            for inner in value:
                yield from _unread(inner, place.element_place, f"{path}[]", depth + 1)
    elif not place.tested and (place.fields or place.element_place is not None) and value is not None:
        yield path
