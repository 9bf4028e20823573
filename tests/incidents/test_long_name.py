"""A long name keeps both its ends, and leaves what comes after it in sight."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from streams.records.figures import where
from streams.records.long_name import cut_in_the_middle

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.verdicts import Verdict


@given(st.text(max_size=60), st.integers(1, 70))
def test_a_cut_name_begins_and_ends_as_the_whole_and_no_accent_loses_its_letter(name: str, most: int) -> None:
    cut = cut_in_the_middle(name, most)

    assert len(cut) <= most
    assert (cut == name) == (len(name) <= most)
    if cut != name:
        begin, _, end = cut.partition("…") if "…" not in name else (cut[:0], "", cut[:0])
        assert name.startswith(begin)
        assert name.endswith(end)
        assert not end or not unicodedata.category(end[0]).startswith("M")


def test_the_sentence_of_an_anomaly_tells_the_value_however_long_a_name_is(
    shop: Any, verdict: Callable[..., Verdict]
) -> None:
    (opened,) = shop.tick(verdict(scope={"method": "旗舰店" * 100 + "西湖"}), times=4)

    assert len(opened.anomaly.scope["method"]) == 302
    assert "西湖 fell to 93.0% (expected 97.0%)" in opened.anomaly.summary
    assert len(opened.anomaly.summary) < 200
    assert len(where({"store": "a" * 10_000, "region": "b" * 10_000})) < 160
