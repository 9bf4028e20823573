"""CloudEvents in binary mode: attributes as headers `ce_*` of the Kafka record, its value the data.

Source: CloudEvents Kafka Protocol Binding 1.0.2, section 3.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX: Final = "ce_"

Headers = tuple[tuple[str, bytes | None], ...]


def is_binary(headers: Iterable[tuple[str, bytes | None]]) -> bool:
    """Whether a record is an event in binary mode."""
    return any(name == "ce_specversion" for name, _ in headers)


def structured(headers: Headers, value: bytes) -> bytes:
    """The same event in structured mode, with the data as it is; the value itself where no attribute can be read.

    >>> structured((("ce_specversion", b"1.0"), ("ce_id", b"9f2c")), b'{"order_id":"TB123"}')
    b'{"specversion":"1.0","id":"9f2c","data":{"order_id":"TB123"}}'
    """
    try:
        attributes = {name[len(PREFIX) :]: (text or b"").decode() for name, text in headers if name.startswith(PREFIX)}
        attributes.pop("data", None)
        return orjson.dumps(attributes)[:-1] + (b',"data":' + value if value else b"") + b"}"
    except (UnicodeDecodeError, orjson.JSONEncodeError):
        return value
