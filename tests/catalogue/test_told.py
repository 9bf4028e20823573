"""Windows that are told: which are refused, with a place and a remedy."""

from __future__ import annotations

import pytest

from streams.catalogue.load import parse
from streams.settings.located_yaml import LocatedError

LATE = """\
metrics:
  - {id: X1, name: x, title: X, touchpoint: logistics, minimum_effect: 0.1, minimum_exposure: 3, windows: [3600],
     direction: up, scopes: [[], [carrier]], numerator: [{events: [parcel.lost]}],
"""
RATIO = "unit: ratio, signal: ratio, denominator: [{events: [parcel.delivered]}]"


@pytest.mark.parametrize(
    ("rest", "place", "remedy"),
    [
        (f"{RATIO}, told: [604800]", "told[0]", "write 2592000 (30 days), 5184000 (60 days), 7776000 (90 days)"),
        (f"{RATIO}, told: [5184000, 2592000]", "told[1]", "once each, the shortest first"),
        (
            "unit: per_day, signal: rare, told: [2592000]",
            "told",
            "only cohort, count, mean, net, per_thousand, ratio, sum tell them. Remove this key",
        ),
    ],
)
def test_a_window_that_cannot_be_told_is_named_with_its_remedy(rest: str, place: str, remedy: str) -> None:
    with pytest.raises(LocatedError) as refused:
        parse(f"{LATE}     {rest}}}\n", "x.yaml")

    assert str(refused.value).startswith("x.yaml:4:")
    assert f"metrics[0].{place}: " in str(refused.value)
    assert remedy in str(refused.value)


def test_thirty_sixty_and_ninety_days_are_told() -> None:
    metric = parse(f"{LATE}     {RATIO}, told: [2592000, 5184000, 7776000]}}\n", "x.yaml").metrics[0]

    assert metric.told == (2_592_000, 5_184_000, 7_776_000)
    assert metric.windows == (3_600,)
