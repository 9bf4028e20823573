"""Messages name what the front line does, with the figures that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from streams.alerts.words.message import Titles, compose
from streams.catalogue.load import load
from streams.records.anomaly import Change, Contributor
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Transition

SHANGHAI = ZoneInfo("Asia/Shanghai")
CATALOGUE = load()
TITLES = Titles.of(CATALOGUE.metrics, Settings())


def to_do(transition: Transition, language: str = "en") -> str:
    mark = {"en": "To do: ", "zh": "处置建议："}[language]
    facts = compose(transition, TITLES, {}, SHANGHAI).text(language).facts
    return "".join(fact.removeprefix(mark) for fact in facts if fact.startswith(mark))


def late(**more: Any) -> dict[str, Any]:
    return {
        "metric": "on_time_delivery",
        "touchpoint": "logistics",
        "scope": {"carrier": "yto"},
        "contributors": [],
        "value": 0.48,
        "expected": 0.96,
        "exposure": 650.0,
        **more,
    }


def test_the_buyers_of_so_many_parcels_are_told(transition: Callable[..., Transition]) -> None:
    told = transition(**late())

    assert to_do(told) == "Tell the buyers of these 312 parcels the new date (carrier yto), before they ask."
    assert to_do(told, "zh") == "请在买家询问之前，告知这 312 个延误包裹的新送达时间（承运商 yto）。"


def test_what_is_affected_since_it_began_counts_where_it_is_more_than_the_window_holds(
    transition: Callable[..., Transition],
) -> None:
    assert "these 1,234 parcels" in to_do(transition(**late(affected=1_234)))


def test_without_a_figure_and_a_place_the_sentence_does_without(transition: Callable[..., Transition]) -> None:
    told = transition(
        metric="asa", unit="seconds", direction="up", scope={}, contributors=[], value=90.0, expected=20.0
    )

    assert to_do(told) == "Move agents to the slowest queue, or let the bot take what it can solve."


def test_where_most_comes_from_one_part_that_is_where_to_go(transition: Callable[..., Transition]) -> None:
    parts = [Contributor({"queue": "presale"}, 0.8, 0.8, 0.0), Contributor({}, 0.2, 0.2, 0.0)]
    small = [Contributor({"queue": "presale"}, 0.3, 0.3, 0.0), Contributor({}, 0.7, 0.7, 0.0)]
    of_pick_up = {"metric": "pick_up", "touchpoint": "consultation", "scope": {}}

    assert to_do(transition(**of_pick_up, contributors=parts)).startswith("Move agents to queue presale from queues")
    assert "queue presale" not in to_do(transition(**of_pick_up, contributors=small))


def test_a_forecast_tells_how_many_will_miss(transition: Callable[..., Transition]) -> None:
    told = transition(
        metric="collection_due_soon",
        touchpoint="logistics",
        unit="number",
        direction="up",
        scope={"warehouse": "w1"},
        contributors=[],
        value=87.0,
        expected=20.0,
    )

    assert (
        to_do(told)
        == "Have warehouse w1 hand over first what is due within two hours: about 87 parcels will miss it otherwise."
    )


def test_what_is_for_the_better_recovers_or_is_over_needs_nothing_done(transition: Callable[..., Transition]) -> None:
    over = transition(Change.RESOLVED, **late(state="resolved", ended_at="2025-11-11T00:10:00+08:00"))

    assert to_do(transition(**late(direction="up"))) == ""
    assert to_do(transition(**late(state="recovering"))) == ""
    assert to_do(over) == ""


def test_names_of_events_stay_known_as_names_so_that_receivers_escape_and_cut_them(
    transition: Callable[..., Transition],
) -> None:
    facts = compose(transition(**late(scope={"carrier": "<b>yto</b>"})), TITLES, {}, SHANGHAI).text("en").facts
    (line,) = [fact for fact in facts if fact.startswith("To do: ")]

    assert line.words[1::2] == ("carrier", "<b>yto</b>")  # type: ignore[attr-defined]  # a `Line`


@pytest.mark.parametrize(
    ("base", "link"),
    [("https://wiki/zh#", "https://wiki/zh#on-time-delivery"), ("", "https://runbooks/payment")],
)
def test_chinese_messages_link_to_the_chinese_runbook_where_there_is_one(
    transition: Callable[..., Transition], base: str, link: str
) -> None:
    titles = Titles.of(CATALOGUE.metrics, Settings(runbook_base_url_zh=base))
    told = compose(transition(**late()), titles, {}, SHANGHAI)
    runbook = {
        language: [of.url for of in told.text(language).links if "unbook" in of.url or "wiki" in of.url]
        for language in ("en", "zh")
    }

    assert runbook == {"en": ["https://runbooks/payment"], "zh": [link]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_action_of_the_catalogue_can_be_filled_in_with_and_without_figures(
    transition: Callable[..., Transition], language: str
) -> None:
    for metric in CATALOGUE.judged:
        direction = "up" if metric.direction == "both" else metric.direction.value
        whole = {"metric": metric.name, "direction": direction, "contributors": [], "scope": {}, "unit": "seconds"}
        scope = {name: "x" for names in metric.scopes for name in names}
        counted = whole | {"scope": scope, "unit": "ratio", "value": 0.2, "expected": 0.9, "exposure": 1000.0}
        for told in (transition(**whole), transition(**counted)):
            said = to_do(told, language)
            assert said.endswith((".", "。", "?", "？")), metric.name
            assert not set("[]{}|") & set(said)
