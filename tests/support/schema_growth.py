"""Whether a schema has only grown since it was published: what breaks whom, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOLD = frozenset({"description", "title", "default", "examples"})


def breaks(published: dict[str, Any], now: dict[str, Any], *, written: bool) -> Iterator[str]:
    """What no reader, or writer, of the published schemas could bear. Schemas by name.

    Args:
        published: as they were.
        now: as they are; more of them are welcome.
        written: whether Pharos writes it: then what was always there must stay. Else others write it: then nothing may
            be asked of them that was not.

    """
    for name, schema in published.items():
        if name not in now:
            yield f"{name} has disappeared"
        else:
            yield from _breaks(name, schema, now[name], written)


def _breaks(place: str, old: dict[str, Any], new: dict[str, Any], written: bool) -> Iterator[str]:
    for field, schema in old.get("properties", {}).items():
        if field not in new.get("properties", {}):
            yield f"{place}.{field} has disappeared"
        else:
            yield from _breaks(f"{place}.{field}", schema, new["properties"][field], written)
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    if written:
        yield from (f"{place}.{field} may be missing now" for field in sorted(before - after))
    else:
        yield from (f"{place}.{field} has become required" for field in sorted(after - before))
    if "enum" in old:
        if "enum" not in new or not set(old["enum"]) <= set(new["enum"]):
            yield f"{place} has lost values"
    elif "enum" in new:
        yield f"{place} takes fewer values"
    if _kind(old) != _kind(new):
        yield f"{place} has another type"


def _kind(schema: Any) -> Any:
    """What the schema is of, without words, values and fields, which are compared one by one."""
    if isinstance(schema, dict):
        return {
            key: _kind(value) for key, value in schema.items() if key not in _TOLD | {"properties", "required", "enum"}
        }
    return [_kind(part) for part in schema] if isinstance(schema, list) else schema
