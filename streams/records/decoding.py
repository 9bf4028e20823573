"""Decoding bytes that anybody may have written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def decoder_of(kind: type[T], codec: Any = msgspec.json) -> Callable[[bytes], T]:
    r"""A function that decodes a value of that type. It raises msgspec.DecodeError for any other value.

    A bare msgspec decoder raises UnicodeDecodeError for a text that is not UTF-8, and RecursionError for what is nested
    too deeply; neither is a DecodeError. Events of the sources have a decoder of their own (`streams.events.decoder`),
    which tells such records apart.

    Args:
        kind: a Struct, or any type that msgspec knows.
        codec: msgspec.json or msgspec.msgpack.

    >>> decoder_of(list[str])(b'["\xff"]')
    Traceback (most recent call last):
    msgspec.DecodeError: a text is not UTF-8: invalid start byte
    """
    decode: Callable[[bytes], T] = codec.Decoder(kind).decode

    def decoded(payload: bytes) -> T:
        try:
            return decode(payload)
        except UnicodeDecodeError as error:
            raise msgspec.DecodeError(f"a text is not UTF-8: {error.reason}") from None
        except RecursionError:
            raise msgspec.DecodeError("it is nested too deeply") from None

    return decoded
