"""Decoding only what is read of a record: most of a payload is passed over without making Python objects of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.mapping.place import Place


def narrow_decoder(record: Place) -> Callable[[bytes], Any] | None:
    """Decodes into structs whose attributes are f0, f1, ... in the order of `Place.fields`; None where that cannot be.

    The decoder raises msgspec.ValidationError for a record of another shape, which may be right all the same.
    """
    if record.is_plain() or record.element_place is not None:
        return None
    try:
        return msgspec.json.Decoder(_struct(record)).decode
    except (ValueError, RecursionError):  # a name with a sign that msgspec does not look for; a path without end
        return None


def _type(place: Place) -> Any:
    if place.is_plain():
        return Any
    if place.element_place is not None:
        return list[_type(place.element_place)] | None  # type: ignore[misc]  # built at run time
    return _struct(place) | None


def _struct(place: Place) -> Any:
    named = {f"f{number}": name for number, name in enumerate(place.fields)}
    fields = [(attribute, _type(place.fields[name]), None) for attribute, name in named.items()]
    return msgspec.defstruct("Record", fields, rename=named, gc=False)
