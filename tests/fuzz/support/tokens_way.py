"""`pharos check` on files of tokens: lines of their grammar, and what is near it."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from tests.fuzz.support.command import outcome
from tests.fuzz.support.odd_bytes import damaged, texts
from tests.fuzz.support.own_folder import own_folder

_ROLES: Final = ["viewer", "on-call", "responder", "operator", "admin", "intake", "VIEWER", "root", ""]
_SCOPES: Final = [
    "scope=region:hz",
    "scope=store:a,b",
    "scope=stroe:a",
    "scope=",
    "scope=:",
    "scope=region:",
    "scope=a:b:c",
]
_SECRET: Final = st.one_of(st.text(min_size=16, max_size=40), st.sampled_from(["a" * 20, "a#" * 10, "short", ""]))
_PIECES: Final = [
    b"#",
    b"=",
    b"\t",
    b"\0",
    b"\xff",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"name=",
    b"scope=",
    b"\r",
    b":",
    b"\xef\xbb\xbf",
]


@st.composite
def _line(draw: st.DrawFn) -> str:
    rest = draw(st.lists(st.one_of(st.sampled_from(_SCOPES), texts.map("name={}".format), texts), max_size=3))
    return " ".join([draw(st.sampled_from(_ROLES)), draw(_SECRET), *rest])


EXAMPLES = damaged(
    st.lists(st.one_of(_line(), _line(), st.just("# a comment"), texts), max_size=5).map(
        lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass")
    ),
    _PIECES,
)


def take(example: bytes) -> str:
    """Checks settings that name the file."""
    file = own_folder() / "tokens"
    file.write_bytes(example)
    return outcome("check", "--tokens-file", str(file))
