"""What settings mention by name is looked up: what nothing is named is said with place and the nearest right word."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest

from streams.catalogue.load import load
from streams.configuration.load import configure
from streams.configuration.name_rules import check_names, check_with_catalogue
from streams.configuration.rules import check_settings
from streams.settings.secrets import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from streams.settings.settings import Settings

SHIPPED = load()
ONCE = "begins: 2026-11-20T01:00:00+08:00, ends: 2026-11-20T05:00:00+08:00"
CATALOGUE = """metrics:
  - {id: O1, name: sales, title: Sales, touchpoint: order, unit: per_minute, signal: count, direction: both,
     minimum_effect: 0.2, minimum_exposure: 10, numerator: [{events: [order.created]}], scopes: [[], [store]]}
"""


def configured(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "pharos.yaml"
    file.write_text(text)
    return configure(file, rules=lambda settings: chain(check_settings(settings), check_names(settings, SHIPPED)))


@pytest.mark.parametrize(
    ("matchers", "remedy"),
    [
        ("touchpoint=orders", '[0]: no touchpoint is named "orders"; did you mean "order"?'),
        ("touchpoint!=orders", '[0]: no touchpoint is named "orders"; did you mean "order"?'),
        ("severity=CRITICAL", '[0]: no severity is named "CRITICAL"; did you mean "critical"?'),
        ("severity=page", '[0]: no severity is named "page"; known are critical, info, warning'),
        ("metric=payment_sucess", '[0]: no metric is named "payment_sucess"; did you mean "payment_success"?'),
        ("metric=O2", '[0]: no metric is named "O2": that is the id of payment_success; write the name'),
        ("metric=Payment_Success", 'did you mean "payment_success"?'),
        ("metric!=", "[0]: no metric is named"),
        ("severity=~critical|waring", '[0]: no severity is named "waring"; did you mean "warning"?'),
        ("severity!~CRITICAL|WARNING", '[0]: no severity is named "CRITICAL"; did you mean "critical"?'),
        ("metric=~pages_.*", '[0]: no metric matches this expression; did you mean "page_load"?'),
        ("metric!~pages_.*", "[0]: no metric matches this expression"),
        ("region=a, touchpoint=orders", "[1]: no touchpoint is named"),
        ("sentiment=bad", '[0]: no metric of the catalogue is counted by "sentiment"'),
        ("metric=payment_success, warehouse=hz1", ": these never hold together: no metric has"),
        ("metric=payment_success, touchpoint=logistics", ": these never hold together: no metric has"),
        ("severity=critical, severity!~crit.*", "never hold together; remove one of them"),
        ("severity!=critical, severity!=info, severity!=warning", ": no severity is left by these matchers"),
        ("region=a, region=b", 'region="a" and region="b" never hold together'),
    ],
)
@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("routes: [{{match: [{}], receivers: [console]}}]", "routes[0].match"),
        (f"maintenance: [{{{{name: m, match: [{{}}, store=a], {ONCE}}}}}]", "maintenance[0].match"),
        ("escalations: [{{match: [{}], steps: [{{receivers: [console]}}]}}]", "escalations[0].match"),
    ],
)
def test_what_matches_nothing_is_said_wherever_it_stands(
    tmp_path: Path, entry: str, place: str, matchers: str, remedy: str
) -> None:
    quoted = ", ".join(f"'{matcher}'" for matcher in matchers.split(", "))
    with pytest.raises(ConfigurationError) as caught:
        configured(tmp_path, entry.format(quoted))

    said = str(caught.value)
    assert "pharos.yaml:1:" in said
    assert place in said
    assert remedy in said


@pytest.mark.parametrize(
    "matchers",
    [
        "store=opens-tomorrow",
        "carrier!=none-of-ours",
        "region=~zhe.*, touchpoint=order",
        "severity=~critical|warning",
        "metric=~page_.*",
        "metric=~.*, severity!=info",
        "touchpoint!=pipeline, severity=critical",
        "payment_method=alipay, channel=app, metric=payment_success",
        "store=a, store!=b",
        "store=",
    ],
)
def test_what_may_match_one_day_is_right(tmp_path: Path, matchers: str) -> None:
    quoted = ", ".join(f"'{matcher}'" for matcher in matchers.split(", "))

    assert configured(tmp_path, f"routes: [{{match: [{quoted}], receivers: [console]}}]").routes


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("calendar: [{{{}, metrics: [orders]}}]", "calendar[0].metrics[0]", 'did you mean "orders_'),
        (
            "calendar: [{{{}, metrics: [orders_paid, payment_success]}}]",
            "calendar[0].metrics[1]",
            "is a ratio, which no",
        ),
        ("calendar: [{{{}, metrics: [inquiries]}}]", "calendar[0].metrics[0]", "is measured by its exposure, which no"),
    ],
)
def test_a_calendar_names_metrics_that_know_one(tmp_path: Path, text: str, place: str, remedy: str) -> None:
    entry = "name: a, begins: 2026-11-11T00:00:00Z, ends: 2026-11-12T00:00:00Z, activity: [1, 2]"
    with pytest.raises(ConfigurationError) as caught:
        configured(tmp_path, text.format(entry))

    assert f": {place}: " in str(caught.value)
    assert remedy in str(caught.value)


@pytest.mark.parametrize(
    ("match", "place", "remedy"),
    [
        ("metrics: [orders_paid, payments]", "match.metrics[1]", 'no metric is named "payments"'),
        ("touchpoints: [orders]", "match.touchpoints[0]", 'did you mean "order"?'),
        ("scope: {stroe: [a]}", "match.scope.stroe", 'did you mean "store"?'),
        ("metrics: [payment_success], scope: {warehouse: [hz1]}", "match", "these never hold together"),
        ("metrics: [payment_success], touchpoints: [logistics]", "match", "these never hold together"),
    ],
)
def test_a_rule_of_linkage_asks_about_what_there_is(tmp_path: Path, match: str, place: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configured(tmp_path, f"linkage: [{{name: r, action: act, match: {{{match}}}}}]")

    assert f"linkage[0].{place}: " in str(caught.value)
    assert remedy in str(caught.value)


def test_a_right_rule_of_linkage_is_taken(tmp_path: Path) -> None:
    match = 'metrics: [payment_success], touchpoints: [order, page], scope: {payment_method: ["*"]}'

    assert configured(tmp_path, f"linkage: [{{name: r, action: act, match: {{{match}}}}}]").linkage


def test_names_are_those_of_the_catalogue_that_is_set(tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE)
    file = tmp_path / "pharos.yaml"

    def read(matchers: str) -> Settings:
        file.write_text(
            f"catalogue: {tmp_path}/catalogue.yaml\nroutes: [{{match: [{matchers}], receivers: [console]}}]\n"
        )
        return configure(file, rules=check_with_catalogue)

    assert read("metric=sales, store=a").routes
    for matcher in ("metric=payment_success", "touchpoint=logistics", "region=zhejiang"):
        with pytest.raises(ConfigurationError, match=r"routes\[0\]\.match\[0\]: no "):
            read(matcher)
