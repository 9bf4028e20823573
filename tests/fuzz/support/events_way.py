"""`pharos backtest` on events files: events of every type with fields that do not fit, in lines that are damaged."""

from __future__ import annotations

import gzip
from typing import Any, Final

import orjson
from hypothesis import strategies as st

from streams.events.vocabulary import SHIPPED
from streams.settings.settings import SOURCE_TOPICS
from tests.fuzz.support.command import outcome
from tests.fuzz.support.odd_bytes import ODD_NUMBERS, damaged, texts, values
from tests.fuzz.support.own_folder import own_folder

_PIECES: Final = [
    b"\n", b"\0", b"\xff", b'"', b"{", b"}", b"[", b",", b":", b"1e400", b"9" * 400, b'"\\ud800"', b"null", b"\\",
    b"[" * 2_000, b'{"a":' * 2_000, b'{"scenario":{}}\n', b"\r", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\x1f\x8b",
]  # fmt: skip
_SCENARIO: Final = ["evaluate_from", "timezone", "opening_hours", "calendar", "name", "seed"]
_TYPES: Final = sorted(SHIPPED.types)
# A minute or two of one night: what lies between two events far from each other is stepped through.
_NEAR: Final = st.integers(0, 179).map(lambda second: f"2026-11-11T00:{second // 60:02d}:{second % 60:02d}Z")
_FAR: Final = ["0000-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-10-11T00:00:00Z", "9999-12-31T23:59:59Z"]
_TIMES: Final = st.one_of(_NEAR, _NEAR, _NEAR, st.sampled_from(_FAR))
_WORDS: Final = st.one_of(st.sampled_from(["hz", "alipay", "TB1", "TB2", "app"]), texts)


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # a number beyond 64 bits, or half a character
        return b"null"


@st.composite
def _event(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(_TYPES))
    names = draw(st.lists(st.sampled_from(sorted(SHIPPED.fields[kind]) or ["x"]), max_size=6))
    fitting = st.one_of(_WORDS, _TIMES, st.integers(0, 500), st.booleans(), st.sampled_from(ODD_NUMBERS))
    event = {
        "specversion": "1.0",
        "id": draw(_WORDS),
        "source": "/s",
        "type": kind,
        "time": draw(_TIMES),
        "subject": draw(_WORDS),
        "data": {name: draw(st.one_of(fitting, fitting, fitting, values)) for name in names},
    }
    for name in draw(st.lists(st.sampled_from(sorted(event)), max_size=1)):
        event[name] = draw(values)
    return event


@st.composite
def _line(draw: st.DrawFn) -> bytes:
    line: dict[str, Any] = {"topic": draw(st.sampled_from(SOURCE_TOPICS)), "event": draw(_event()), "at": draw(_TIMES)}
    if draw(st.booleans()):
        line["key"] = draw(_WORDS)
    for name in draw(st.lists(st.sampled_from(["topic", "event", "key"]), max_size=1)):
        line[name] = draw(values)
    return _json(line)


@st.composite
def _document(draw: st.DrawFn) -> bytes:
    lines = draw(st.lists(_line(), max_size=12))
    if draw(st.booleans()):
        scenario = draw(st.dictionaries(st.sampled_from(_SCENARIO), st.one_of(texts, values), max_size=2))
        lines.insert(0, _json({"scenario": scenario}))
    return b"\n".join(lines)


def _packed(document: bytes) -> st.SearchStrategy[bytes]:
    packed = gzip.compress(document, 1)
    return damaged(st.just(packed), [b"\0", b"\xff\xff", packed[:10]])


_PLAIN: Final = damaged(_document(), _PIECES)
EXAMPLES = st.one_of(
    st.tuples(st.just("e.jsonl"), _PLAIN),
    st.tuples(st.just("e.jsonl"), _PLAIN),
    st.tuples(st.just("e.jsonl.gz"), _document().flatmap(_packed)),
)


def take(example: tuple[str, bytes]) -> str:
    """Runs a file."""
    name, raw = example
    file = own_folder() / name
    file.write_bytes(raw)
    report = str(own_folder() / "report.json")
    return outcome("backtest", str(file), "--report", report, "--partitions", "1", "--cells-partitions", "1")
