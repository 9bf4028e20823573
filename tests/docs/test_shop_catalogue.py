"""docs/examples/shopify.yaml counts what the shipped catalogue counts, in windows and scopes of its own."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from streams.catalogue.load import load

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "shopify.yaml"
ITS_OWN = ("windows", "minimum_exposure", "scopes", "symptom_of", "symptom_where", "told", "action", "action_zh")
SHIPPED = {metric.name: metric for metric in load().metrics}
OWN = [metric for metric in load(str(EXAMPLE)).metrics if metric.name != "carrier_share"]


@pytest.mark.parametrize("metric", OWN, ids=[metric.name for metric in OWN])
def test_a_metric_of_the_example_is_the_shipped_one_but_for_its_windows_and_scopes(metric: object) -> None:
    example = msgspec.to_builtins(metric)
    shipped = msgspec.to_builtins(SHIPPED[example["name"]])
    assert {key: value for key, value in example.items() if key not in ITS_OWN} == {
        key: value for key, value in shipped.items() if key not in ITS_OWN
    }
