"""What the page is told of values that are not final yet."""

from __future__ import annotations

import msgspec
import pytest

from streams.catalogue.load import load
from streams.records.verdicts import SoFar, TickVerdicts
from streams.register.register import Register
from streams.web.board import Board
from streams.web.provisional_view import ProvisionalView

CATALOGUE = load()
NAME = "self_service_resolved"


@pytest.fixture
def view() -> ProvisionalView:
    return ProvisionalView(CATALOGUE.metrics)


def tick(time: int, *so_far: SoFar) -> TickVerdicts:
    return TickVerdicts(0, time, "hash", [], so_far=list(so_far))


def test_it_says_of_how_many_and_when_it_is_final(view: ProvisionalView) -> None:
    view.tick(tick(60_000, SoFar(NAME, 0.75, 4)))

    assert view.of(NAME) == {
        "time": 60_000,
        "share": 0.75,
        "cases": 4,
        "opened_within_s": 3_600,
        "final_after_s": 86_400,
    }


def test_a_tick_that_says_nothing_of_it_leaves_it(view: ProvisionalView) -> None:
    view.tick(tick(60_000, SoFar(NAME, 0.75, 4)))
    view.tick(tick(70_000))
    found = view.of(NAME)

    assert found is not None
    assert found["time"] == 60_000


def test_where_nothing_was_opened_there_is_none(view: ProvisionalView) -> None:
    view.tick(tick(60_000, SoFar(NAME, 0.75, 4)))
    view.tick(tick(120_000, SoFar(NAME)))

    assert view.of(NAME) is None


def test_an_older_tick_changes_nothing(view: ProvisionalView) -> None:
    view.tick(tick(120_000, SoFar(NAME, 0.75, 4)))
    view.tick(tick(60_000, SoFar(NAME, 0.5, 2)))
    found = view.of(NAME)

    assert found is not None
    assert found["cases"] == 4


def test_a_metric_of_another_catalogue_has_none(view: ProvisionalView) -> None:
    view.tick(tick(60_000, SoFar("payment_success", 0.75, 4), SoFar("gone", 0.75, 4)))

    assert view.of("payment_success") is None
    assert view.of("gone") is None


def test_the_page_has_it_beside_the_points_and_never_among_them() -> None:
    board = Board(Register(CATALOGUE.metrics), CATALOGUE.metrics, ("consultations",), "Asia/Shanghai")
    board.tick(tick(60_000, SoFar(NAME, 0.75, 4)))
    views = {of["name"]: of for of in msgspec.json.decode(msgspec.json.encode(board.view(0)["metrics"]))}

    assert views[NAME]["so_far"]["share"] == 0.75
    assert views[NAME]["points"] == []
    assert views["payment_success"]["so_far"] is None
