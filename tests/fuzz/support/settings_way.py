"""`pharos check` on settings files: of the shape that settings have, with values that do not fit."""

from __future__ import annotations

import contextlib
import types
import typing
from typing import Any, Final, Literal, get_type_hints

import msgspec
import orjson
import yaml
from hypothesis import strategies as st

from streams.settings.settings import Settings
from tests.fuzz.support.command import outcome
from tests.fuzz.support.odd_bytes import damaged, scalars, texts, values
from tests.fuzz.support.own_folder import own_folder

_PIECES: Final = [
    b"\t", b"\0", b"&a ", b"*a", b"<<: *a\n", b"!!int ", b"!!python/object:os.system ", b"!!timestamp ", b"!!binary ",
    b"[" * 60, b"{a: " * 60, b"? ", b"- ", b": ", b"---\n", b"...\n", b"%YAML 1.9\n", b'"\\ud800"', b'"\\0"', b"\xff",
    b"9" * 5_000, b"1e400", b".nan", b"~", b"#", b"|\n", b">\n", b"'", b'"', b"\r", b"\xc2\x85",
]  # fmt: skip
_FITTING: Final = ["console", "pharos", "mon", "09:00", "24:00", "region=hz", "metric=~x.*", "orders", "127.0.0.1"]


def _of(kind: Any, depth: int) -> st.SearchStrategy[Any]:
    return st.one_of(_fitting(kind, depth), _fitting(kind, depth), _fitting(kind, depth), values)


def _fitting(kind: Any, depth: int) -> st.SearchStrategy[Any]:
    if isinstance(kind, type) and not isinstance(kind, types.GenericAlias) and issubclass(kind, msgspec.Struct):
        return _struct(kind, depth)
    container, parts = typing.get_origin(kind), typing.get_args(kind)
    if container is Literal:
        return st.sampled_from(parts)
    if container is tuple:
        return st.lists(_of(parts[0], depth), max_size=3)
    if container is dict:
        return st.dictionaries(st.one_of(st.sampled_from(_FITTING), texts), _of(parts[1], depth), max_size=3)
    if parts:  # one of several types
        return st.one_of([st.none() if part is type(None) else _fitting(part, depth) for part in parts])
    simple = {bool: st.booleans(), int: st.integers(0, 100), float: st.floats(0, 100), str: st.sampled_from(_FITTING)}
    return st.one_of(simple.get(kind, scalars), texts if kind is str else scalars)


def _struct(kind: type[msgspec.Struct], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(kind)
    fields = {field.encode_name: _of(hints[field.name], depth + 1) for field in msgspec.structs.fields(kind)}
    if depth == 0:  # all sixty at once are never right
        return st.lists(st.sampled_from(sorted(fields)), max_size=5, unique=True).flatmap(
            lambda names: st.fixed_dictionaries({name: fields[name] for name in names})
        )
    return st.fixed_dictionaries({}, optional=fields)


def _written(value: Any) -> st.SearchStrategy[bytes]:
    texts_of = [yaml.safe_dump(value, allow_unicode=True, sort_keys=False).encode("utf-8", "surrogatepass")]
    with contextlib.suppress(TypeError):
        texts_of.append(orjson.dumps(value))
    return st.sampled_from(texts_of)


EXAMPLES = damaged(_struct(Settings, 0).flatmap(_written), _PIECES)


def take(example: bytes) -> str:
    """Checks a file."""
    file = own_folder() / "pharos.yaml"
    file.write_bytes(example)
    return outcome("check", "--config", str(file))
