"""Text that cannot steer a terminal."""

from __future__ import annotations

import unicodedata

_STEERING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def plain(text: str) -> str:
    r"""Control, format and separator characters as escapes: no colours, no cursor, no line breaks, no reversed text.

    >>> plain("store \x1b[31mred\n\u202edesrever 商品")
    'store \\x1b[31mred\\x0a\\u202edesrever 商品'
    """
    if text.isprintable():
        return text
    return "".join(_escape(c) if unicodedata.category(c) in _STEERING else c for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"
