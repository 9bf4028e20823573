"""What is cut fits, is whole characters, and says how much is missing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.words.fitting import cut, fitted, size


@given(st.text(), st.integers(0, 50))
def test_a_cut_text_fits_and_begins_as_the_whole_did(text: str, most: int) -> None:
    if any(0xD800 <= ord(c) < 0xE000 for c in text):
        return
    shown = cut(text, most)

    assert size(shown) <= most
    assert text.startswith(shown.removesuffix("…"))
    assert shown == text or size(text) > most


@given(st.lists(st.text("商a", max_size=9), max_size=30), st.integers(0, 200))
def test_shown_and_missing_lines_add_up(lines: list[str], most: int) -> None:
    shown = fitted(lines, most, lambda count: f"+{count} more")

    assert size("\n".join(shown)) <= most
    if shown != lines and shown:
        missing = int(shown[-1].removeprefix("+").removesuffix(" more"))
        assert shown[:-1] == lines[: len(lines) - missing]
