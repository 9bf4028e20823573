"""What the boards show: levels, bands, limits, links, and metrics that nobody wrote code for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from dashboards.boards.all_boards import all_boards
from dashboards.boards.limit import Limit, limits_of
from dashboards.boards.lint import faults, panels_of
from streams.catalogue.load import Catalogue
from streams.catalogue.metric import Direction
from streams.telemetry.metrics import prometheus_name

if TYPE_CHECKING:
    from dashboards.boards.plan import Plan
    from streams.catalogue.metric import Metric

MOST_PANELS = {
    "war-room": 8,
    "overview": 16,
    "executive": 22,
    "pipeline": 30,
    "logistics": 39,  # most of it in rows that are collapsed
    "consultation": 49,  # as above
    "queues": 35,
    "aftersale": 29,
}
MOST_PANELS_OF_DETAIL = 28


def made(plan: Plan) -> dict[str, dict[str, Any]]:
    return {board.name: board.json(plan) for board in all_boards(plan)}


@pytest.fixture(scope="module")
def boards(plan: Plan) -> dict[str, dict[str, Any]]:
    return made(plan)


@pytest.fixture(scope="module")
def own(plan: Plan) -> Metric:
    """A metric that somebody adds to the catalogue."""
    like = plan.catalogue.by_name["abandonment"]
    return msgspec.structs.replace(like, name="hung_up_twice", title="Contacts that hang up twice", id="X1")


@pytest.fixture(scope="module")
def grown(plan: Plan, own: Metric) -> Plan:
    return replace(plan, catalogue=Catalogue.of((own, *plan.catalogue.metrics)))


def panel(board: dict[str, Any], title: str) -> dict[str, Any]:
    return next(panel for panel in panels_of(board) if panel["title"] == title)


def steps(panel: dict[str, Any]) -> list[tuple[float | None, str]]:
    return [(step["value"], step["color"]) for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]


def urls(panel: dict[str, Any]) -> list[str]:
    return [link["url"] for link in panel["fieldConfig"]["defaults"].get("links", ())]


def test_there_is_a_board_for_each_who_looks(boards: dict[str, Any]) -> None:
    assert list(boards) == [
        *("war-room", "overview", "order", "consultation", "logistics", "aftersale", "page", "feedback"),
        *("queues", "executive", "scorecards", "pipeline"),
    ]
    assert [board["uid"] for board in boards.values()] == [f"pharos-{name}" for name in boards]


def test_no_board_has_more_panels_than_people_can_read(boards: dict[str, Any]) -> None:
    counts = {name: len(list(panels_of(board))) for name, board in boards.items()}

    assert {name: count for name, count in counts.items() if count > MOST_PANELS.get(name, MOST_PANELS_OF_DETAIL)} == {}


def test_panels_lie_beside_and_below_each_other_and_never_upon(boards: dict[str, Any]) -> None:
    for board in boards.values():
        taken: set[tuple[int, int]] = set()
        for shown in board["panels"]:
            place = shown["gridPos"]
            cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
            assert not cells & taken, shown["title"]
            taken |= cells


def test_every_metric_of_the_catalogue_has_a_panel_on_the_board_of_its_touchpoint(
    plan: Plan, boards: dict[str, Any]
) -> None:
    together = {"dispute": "aftersale"}
    for metric in plan.catalogue.judged:
        board = boards[together.get(metric.touchpoint, metric.touchpoint)]
        asked = " ".join(target["expr"] for shown in panels_of(board) for target in shown["targets"])
        assert f"{prometheus_name(metric)}{{" in asked, metric.name


def test_a_metric_that_somebody_adds_appears_without_code(grown: Plan, own: Metric) -> None:
    boards = made(grown)

    for name, title in {
        "consultation": own.title,
        "queues": f"{own.title}, by queue",
    }.items():
        asked = [target["expr"] for target in panel(boards[name], title)["targets"]]
        assert any("pharos_hung_up_twice_ratio{" in expr for expr in asked)
    assert panel(boards["consultation"], f"Contributors: {own.title}")


@pytest.mark.parametrize("dimension", ["role", "status", "state", "return_channel", "touchpoint", "kind"])
def test_a_board_offers_whatever_dimension_its_metrics_are_split_by(plan: Plan, own: Metric, dimension: str) -> None:
    split = msgspec.structs.replace(own, scopes=((), (dimension,)))
    board = made(replace(plan, catalogue=Catalogue.of((split,))))["consultation"]
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}

    assert variables[dimension]["label"] == dimension.replace("_", " ").capitalize()
    assert f"{dimension})" in str(variables[dimension]["query"])
    asked = [target["expr"] for target in panel(board, f"Contributors: {own.title}")["targets"]]
    assert all(f'{dimension}=~"${dimension}"' in expr for expr in asked)
    assert list(faults(board)) == []


def test_ids_of_panels_stay_when_a_metric_is_added(boards: dict[str, Any], grown: Plan) -> None:
    before = {shown["title"]: shown["id"] for shown in panels_of(boards["consultation"])}
    after = {shown["title"]: shown["id"] for shown in panels_of(made(grown)["consultation"])}

    assert before.items() <= after.items()


def test_a_value_is_shown_against_its_band_its_promise_and_what_matters(boards: dict[str, Any]) -> None:
    shown = panel(boards["consultation"], "Pick-up rate")
    asked = {target["legendFormat"]: target["expr"] for target in shown["targets"]}
    filled = [
        entry["value"]
        for override in shown["fieldConfig"]["overrides"]
        for entry in override["properties"]
        if entry["id"] == "custom.fillBelowTo"
    ]

    assert set(asked) == {"most expected", "least expected", "expected", "matters below", "value"}
    assert asked["matters below"].endswith("- 0.1")
    assert filled == ["least expected"]
    assert steps(shown) == [(None, "red"), (0.999, "green")]
    for word in ("C1", "`pick_up`", "Promised: 0.999", "10 percentage points", "`PharosConsultationAnomaly`"):
        assert word in shown["description"]


def test_what_is_not_final_is_a_line_of_its_own_that_says_so(boards: dict[str, Any]) -> None:
    shown = panel(boards["consultation"], "Self-service resolution rate")
    asked = {target["legendFormat"]: target["expr"] for target in shown["targets"]}

    assert asked["so far (provisional)"].endswith(
        '(pharos_provisional{metric="self_service_resolved",job="pharos",scope=""})'
    )
    assert "opened in the last 1 h" in shown["description"]
    assert "final 1 d after" in shown["description"]


def test_relative_effects_are_factors_and_gauges_have_the_limit_from_which_they_are_news(
    boards: dict[str, Any],
) -> None:
    orders = panel(boards["order"], "Orders created per minute")
    waiting = panel(boards["consultation"], "Contacts in queue, by queue")

    assert any(target["expr"].endswith("* (1 - 0.4)") for target in orders["targets"])
    assert steps(waiting) == [(None, "green"), (10, "orange")]


def test_the_executive_sees_promises_first_and_orders_against_the_week_before(boards: dict[str, Any]) -> None:
    titles = [shown["title"] for shown in panels_of(boards["executive"])]
    orders = panel(boards["executive"], "Orders created per minute")

    assert titles[3] == "Pick-up rate"
    assert [target["legendFormat"] for target in orders["targets"]] == ["now", "a week before", "the last sale"]
    assert "offset 1w" in orders["targets"][1]["expr"]


@pytest.mark.parametrize(("direction", "below", "above"), [("up", "green", "red"), ("down", "red", "green")])
def test_a_preset_limit_goes_before_all_others(plan: Plan, direction: str, below: str, above: str) -> None:
    known = plan.catalogue.by_name["queue_waiting"]
    waiting = msgspec.structs.replace(known, threshold=200.0, direction=Direction(direction))

    assert limits_of(waiting) == (below, (Limit(200.0, above),))


def test_limits_of_the_pipeline_are_those_of_the_alerts(plan: Plan, boards: dict[str, Any]) -> None:
    thresholds = plan.thresholds
    backlog = panel(boards["pipeline"], "Backlog, by topic")

    assert steps(backlog)[1:] == [
        (thresholds.backlog_warning_s, "orange"),
        (thresholds.backlog_critical_s, "red"),
    ]
    assert "`PharosConsumerLag`" in backlog["description"]


def test_a_click_leads_to_the_board_below_with_time_and_variables(boards: dict[str, Any]) -> None:
    (url,) = urls(panel(boards["overview"], "Disputes"))

    assert url.startswith("/d/pharos-aftersale?")
    assert "${__url_time_range}" in url
    assert "${__all_variables}" in url


def test_every_link_to_a_board_leads_to_one_that_there_is(boards: dict[str, Any]) -> None:
    known = {board["uid"] for board in boards.values()}
    found = {
        url.removeprefix("/d/").partition("?")[0]
        for board in boards.values()
        for shown in panels_of(board)
        for url in urls(shown)
    }

    assert len(found) >= 7
    assert found <= known


def test_runbooks_and_the_page_are_linked_where_the_settings_know_them(plan: Plan) -> None:
    known = replace(plan, runbook_base="https://runbook.example.com/#", page_url="https://pharos.example.com/")
    board = made(known)["order"]

    assert "https://runbook.example.com/#payment-success" in urls(panel(board, "Payment success rate"))
    assert "https://pharos.example.com/" in [link.get("url") for link in board["links"]]
    assert not any("runbook" in url for url in urls(panel(made(plan)["order"], "Payment success rate")))


def test_anomalies_are_marked_by_severity_and_milestones_by_tag(boards: dict[str, Any]) -> None:
    critical, warning, milestones = boards["logistics"]["annotations"]["list"]

    assert 'severity="critical"' in critical["target"]["expr"]
    assert "payment_success" not in critical["target"]["expr"]
    assert critical["iconColor"] != warning["iconColor"]
    assert milestones["target"]["tags"] == ["pharos", "milestone"]


def test_a_small_catalogue_gets_the_boards_that_it_has_metrics_for(plan: Plan) -> None:
    few = tuple(metric for metric in plan.catalogue.metrics if metric.name in ("nps", "csat"))
    boards = made(replace(plan, catalogue=Catalogue.of(few)))

    assert list(boards) == ["war-room", "overview", "feedback", "executive", "pipeline"]
