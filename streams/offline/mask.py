"""Events without their people: ids and customers become pseudonyms, what no type of event lists goes. Pure."""

from __future__ import annotations

import base64
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import msgspec
import orjson

from streams.events.binary_mode import PREFIX
from streams.events.event_time import event_time_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.offline.record_line import KafkaRecord

KEY_BYTES: Final = 32
_PSEUDONYM_BYTES: Final = 10
_NO_TIME: Final = "no time"
_NO_JSON: Final = b"no JSON"
_NAMES: Final = frozenset({"id", "subject"})
_KEPT: Final = frozenset({"source", "type"})
_ATTRIBUTES: Final = _NAMES | _KEPT | {"specversion", "time", "datacontenttype", "dataschema"}
_WORDS: Final = frozenset({"handled_by"})  # texts that say what was done, not to whom
_NUMBERS: Final = frozenset({"seconds", "money", "number", "count"})
_LARGEST: Final = 1 << 62
_EMPTY: Final[Mapping[type, Any]] = {str: "", bool: False, int: 0, float: 0.0, list: [], dict: {}}


class Mask:
    """Pseudonyms are the same for the same text in whatever field, so that orders and parcels still belong together.

    What a worker decides about a record stays as it is: a copy stays a copy, and a wrong field stays wrong, without its
    value.

    Args:
        key: random, for one file, and thrown away after it: without it nobody can try ids one by one.
        kinds: by type of event, the kind of each field of its data: id, customer, dimension, text, time, flag, or one
            of numbers.

    """

    def __init__(self, key: bytes, kinds: Mapping[str, Mapping[str, str]]) -> None:
        self._key = key
        self._kinds = kinds

    def pseudonym(self, text: str) -> str:
        """Twenty hexadecimal digits; an empty text stays empty, which is as good as none."""
        if not text:
            return text
        raw = text.encode("utf-8", "surrogatepass")
        return blake2b(raw, digest_size=_PSEUDONYM_BYTES, key=self._key).hexdigest()

    def masked(self, found: KafkaRecord) -> KafkaRecord:
        """The record of an event, masked; its partition and offset stay."""
        key = self._hidden(found.key) if found.key else None
        if found.value is None:
            return found._replace(key=key, headers=())
        content = _content(found.value)
        if found.is_binary:
            return self._binary(found, content)._replace(key=key)
        value = _NO_JSON if content is None else orjson.dumps(self._event(content))
        return found._replace(key=key, value=value, headers=())

    def _binary(self, found: KafkaRecord, content: Any) -> KafkaRecord:
        named = {
            name.removeprefix(PREFIX): (text or b"").decode("utf-8", "replace")
            for name, text in found.headers
            if name.startswith(PREFIX)
        }
        attributes = {name: self._attribute(name, text) for name, text in named.items() if name in _ATTRIBUTES}
        headers = tuple((f"{PREFIX}{name}", str(text).encode()) for name, text in attributes.items())
        data = self._data(named.get("type", ""), content)
        value = _NO_JSON if content is None else orjson.dumps(data)
        return found._replace(value=value, headers=headers)

    def _event(self, content: Any) -> Any:
        if not isinstance(content, dict):
            return _emptied(content)
        masked = {name: self._attribute(name, value) for name, value in content.items() if name in _ATTRIBUTES}
        if "data" in content:
            masked["data"] = self._data(content.get("type"), content["data"])
        return masked

    def _attribute(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return _emptied(value)
        if name in _NAMES:
            return self.pseudonym(value)
        if name == "time":
            return value if event_time_ms(value) is not None else _NO_TIME
        return value if name in _KEPT or value == "1.0" else ""

    def _data(self, kind: Any, content: Any) -> Any:
        if not isinstance(content, dict):
            return _emptied(content)
        fields = self._kinds.get(kind, {}) if isinstance(kind, str) else {}
        return {
            name: value if name in _WORDS and isinstance(value, str) else self._field(fields[name], value)
            for name, value in content.items()
            if name in fields
        }

    def _field(self, kind: str, value: Any) -> Any:
        if isinstance(value, str):
            if kind in ("id", "customer", "text"):
                return self.pseudonym(value)
            if kind == "time":
                return value if event_time_ms(value) is not None else _NO_TIME
            return value if kind == "dimension" else ""
        if isinstance(value, bool):
            return value if kind == "flag" else False
        if isinstance(value, int | float) and kind in _NUMBERS:
            return value if abs(value) < _LARGEST else float(value)
        return _emptied(value)

    def _hidden(self, key: bytes) -> bytes:
        try:
            text = key.decode()
        except UnicodeDecodeError:
            text = base64.b64encode(key).decode()
        return self.pseudonym(text).encode()


def _content(value: bytes) -> Any:
    """None for what is no JSON."""
    try:
        value.decode()
        content = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return [] if content is None else content


def _emptied(value: Any) -> Any:
    """Of the same JSON type, so that what is wrong with it stays wrong."""
    return _EMPTY.get(type(value))
