"""The catalogues of docs/examples are ones that a worker takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.catalogue.load import load
from streams.catalogue.page import page

EXAMPLES = sorted((Path(__file__).parent.parent.parent / "docs" / "examples").glob("*.yaml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_right_and_can_be_shown(file: Path) -> None:
    catalogue = load(file)

    assert all(metric.title_zh and metric.runbook for metric in catalogue.metrics)
    assert all(metric.title in page(catalogue) for metric in catalogue.metrics)


def test_the_marketplace_plans_the_turn_of_the_year_and_not_its_black_friday() -> None:
    marketplace = load(next(file for file in EXAMPLES if file.stem == "marketplace"))

    assert [entry.begins[:10] for entry in marketplace.calendar] == ["2017-12-22"]
    assert {metric.windows for metric in marketplace.metrics if metric.touchpoint == "logistics"} == {(604_800,)}
