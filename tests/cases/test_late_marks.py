"""Late events are decided when their quarter of an hour closes, two hours later, by all that is known then."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import pytest

from streams.cases.partition import CasesPartition
from streams.catalogue.load import Catalogue
from streams.cells.case_record import CasesRecord, RoleMarks
from tests.cases.test_cases_equal_direct_computation import TERMS, metric_of

START_MS = 1_800_000_000_000
QUARTER_MS = 900_000
CLOSES_MS = START_MS + QUARTER_MS + 7_200_000


class Told(NamedTuple):
    """A mark of one case."""

    at_s: int
    later: bool
    late: bool = False


class Shop:
    """One partition of cases with one source."""

    def __init__(self, term: str) -> None:
        self.cases = CasesPartition(Catalogue.of((metric_of(TERMS[term]),)), 0, {"orders": 1})
        (link,) = self.cases.links
        self._roles = {True: link.later, False: link.earlier or link.later}

    def tell(self, watermark_ms: int, *told: Told) -> Counter[int]:
        """What counts of the whole, by whether it is late, once the source has promised so much."""
        marks = []
        for one in told:
            role, at = self._roles[one.later], START_MS + one.at_s * 1000
            marks.append(RoleMarks(role.key(), [("app",) * len(role.dimensions)], [0], [7], [at], [int(one.late)], []))
        self.cases.apply(CasesRecord("orders", 0, watermark_ms, "", marks))
        found: Counter[int] = Counter()
        for cells in self.cases.take_cells(1, 0)[0].metrics:
            for scope, late, value in zip(cells.scope, cells.late, cells.value, strict=True):
                found[late] += value if cells.scopes[scope] == (0, ()) else 0
        return found


ASKED, PAID = Told(100, later=False), Told(130, later=True)


def test_a_late_event_counts_on_the_late_plane_when_its_quarter_closes() -> None:
    shop = Shop("the last")
    assert shop.tell(START_MS + 300_000, ASKED, PAID._replace(late=True)) == {}
    assert shop.tell(CLOSES_MS - 10_000) == {}
    assert shop.tell(CLOSES_MS) == {1: 1}
    assert shop.tell(CLOSES_MS + QUARTER_MS) == {}


@pytest.mark.parametrize(("paid_late", "counts"), [(False, {}), (True, {1: 1})])
def test_a_late_question_is_found_by_a_payment_that_is_late_too_and_by_no_other(
    paid_late: bool, counts: dict[int, int]
) -> None:
    shop = Shop("the last")
    on_time = shop.tell(START_MS + 300_000, ASKED._replace(late=True), PAID._replace(late=paid_late))

    assert on_time + shop.tell(CLOSES_MS) == counts


def test_a_late_event_that_comes_before_the_others_of_its_case_counts_for_the_one_that_was_taken_for_the_first() -> (
    None
):
    shop = Shop("again")
    on_time = shop.tell(START_MS + 300_000, Told(110, later=True), Told(150, later=True), Told(100, True, late=True))

    assert on_time == {0: 1}
    assert shop.tell(CLOSES_MS) == {1: 1}  # two of three are repeats


@pytest.mark.parametrize("at_s", [90, 130, 170])
def test_of_late_and_other_events_one_alone_is_the_first_of_its_case(at_s: int) -> None:
    shop = Shop("only the first")
    on_time = shop.tell(START_MS + 300_000, Told(130, later=True), Told(at_s, True, late=True))

    assert (on_time, shop.tell(CLOSES_MS)) == ({0: 1}, {})


def test_an_earlier_event_that_was_used_up_on_time_is_not_there_for_a_late_one() -> None:
    shop = Shop("once")
    on_time = shop.tell(START_MS + 300_000, ASKED, PAID, Told(120, True, late=True))

    assert (on_time, shop.tell(CLOSES_MS)) == ({0: 1}, {})


def test_a_late_event_whose_quarter_is_closed_is_counted_as_missed() -> None:
    shop = Shop("the last")
    shop.tell(CLOSES_MS, ASKED)
    assert shop.tell(CLOSES_MS + QUARTER_MS, PAID._replace(late=True)) == {}
    assert shop.cases.missed == 1


def test_a_mark_behind_what_is_decided_waits_for_its_quarter_whatever_it_says() -> None:
    shop = Shop("the last")
    shop.tell(START_MS + 300_000, ASKED)
    assert shop.tell(START_MS + 310_000, PAID) == {}
    assert shop.tell(CLOSES_MS) == {1: 1}
