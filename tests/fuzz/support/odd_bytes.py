"""What goes wrong with files on their way: encodings, marks, cuts, and bytes that belong nowhere."""

from __future__ import annotations

import codecs
from typing import Any, Final

from hypothesis import strategies as st

ODD_TEXTS: Final = [
    "",
    " ",
    "\0",
    "\ufeff",
    "\u202e",
    "\U0001f4b0",
    "~",
    "~/x",
    "../..",
    "x" * 300,
    "nan",
    "inf",
    ".inf",
    "1e400",
    "-1",
    "9" * 30,
    "2026-11-11",
    "2026-11-11T00:00:00",
    "2026-11-11T00:00:00+08:00",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "Asia/Shanghai",
    "http://[::1",
    "a=b",
    "[(",
]
ODD_NUMBERS: Final = [0, -1, 1, 2**31, 2**53, 2**63 - 1, -(2**63), 2**64, 10**30, 0.1, -0.0, 1e-320, 1e308, -1e308]
texts = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=20))
numbers = st.one_of(st.sampled_from(ODD_NUMBERS), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
scalars: st.SearchStrategy[Any] = st.one_of(st.none(), st.booleans(), numbers, texts)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)


def damaged(documents: st.SearchStrategy[bytes], pieces: list[bytes]) -> st.SearchStrategy[bytes]:
    """A document as it is, mostly; or with odd pieces put in, parts cut out, or in another encoding."""
    return st.one_of(documents, documents, _with_pieces(documents, pieces), _recoded(documents))


@st.composite
def _with_pieces(draw: st.DrawFn, documents: st.SearchStrategy[bytes], pieces: list[bytes]) -> bytes:
    document = draw(documents)
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(document)))
        end = draw(st.integers(begin, min(len(document), begin + 5)))
        document = document[:begin] + draw(st.one_of(st.sampled_from(pieces), st.binary(max_size=3))) + document[end:]
    return document


@st.composite
def _recoded(draw: st.DrawFn, documents: st.SearchStrategy[bytes]) -> bytes:
    document = draw(documents)
    kind = draw(st.sampled_from(["bom", "utf-16", "utf-32", "cut", "crlf", "twice"]))
    if kind == "bom":
        return codecs.BOM_UTF8 + document
    if kind == "cut":
        return document[: draw(st.integers(0, len(document)))]
    if kind == "crlf":
        return document.replace(b"\n", b"\r\n")
    if kind == "twice":
        return document + document
    return document.decode("utf-8", "replace").encode(kind)
