"""An event whose case is not known counts once for its metric, and only where to find nothing is no answer."""

from __future__ import annotations

import msgspec
import pytest

from streams.cases.partition import CasesPartition
from streams.cases.readings import reading
from streams.cases.snapshot import CasesSnapshot
from streams.catalogue.load import Catalogue, load
from streams.catalogue.term import After, Condition, Term
from streams.cells.case_record import CasesRecord, RoleMarks
from tests.cases.test_cases_equal_direct_computation import START_MS, metric_of

REVIEW, DELIVERED, LOST = "review.posted", "parcel.delivered", "parcel.lost"
LATE = {"promised_at": Condition(start="promised_at", to="time", above=0)}
AFTER_DELIVERY = Term((REVIEW,), by="order_id", after=After((DELIVERED,), 3600), scope_of="after")
AFTER_LOSS = Term((REVIEW,), by="order_id", after=After((LOST,), 3600), scope_of="after")
AFTER_LATE_DELIVERY = Term((REVIEW,), by="order_id", after=After((DELIVERED,), 3600, where=LATE), scope_of="after")
KNOWN, OTHER = 1, 2


def catalogue_of(numerator: Term, *denominator: Term) -> Catalogue:
    metric = metric_of(numerator, unit="ratio", signal="ratio", denominator=denominator, scopes=((), ("carrier",)))
    return Catalogue.of((metric,))


def told(catalogue: Catalogue, *reviewed: int, event: str = DELIVERED) -> CasesPartition:
    """What happened to one case, in time, and the reviews a minute later."""
    cases = CasesPartition(catalogue, 0, {"orders": 1})
    marks = []
    for key, state in cases.roles.items():
        ((events, where),) = state.role.which
        at, of = (START_MS + 60_000, list(reviewed)) if events == (REVIEW,) else (START_MS, [KNOWN])
        if events in {(REVIEW,), (event,)} and not where:
            scope = ("sf",) * len(state.role.dimensions)
            marks.append(RoleMarks(key, [scope], [0] * len(of), of, [at] * len(of), [0] * len(of), []))
    cases.apply(CasesRecord("orders", 0, START_MS + 120_000, "", marks))
    return cases


def unknown(catalogue: Catalogue, *reviewed: int, event: str = DELIVERED) -> dict[str, int]:
    return dict(reading(told(catalogue, *reviewed, event=event), catalogue.metrics).unknown)


def test_an_event_counts_once_whichever_of_the_terms_look_for_its_case() -> None:
    both = catalogue_of(AFTER_DELIVERY, AFTER_DELIVERY)

    assert unknown(both, KNOWN, OTHER) == {"x": 1}


def test_an_event_whose_case_does_not_meet_the_condition_of_the_numerator_is_known() -> None:
    assert unknown(catalogue_of(AFTER_LATE_DELIVERY, AFTER_DELIVERY), KNOWN) == {"x": 0}


@pytest.mark.parametrize("event", [DELIVERED, LOST])
def test_an_event_is_known_where_one_of_several_terms_finds_its_case(event: str) -> None:
    either = catalogue_of(Term((REVIEW,)), AFTER_DELIVERY, AFTER_LOSS)

    assert unknown(either, KNOWN, OTHER, event=event) == {"x": 1}


def test_the_numerator_is_asked_where_the_denominator_looks_for_nothing() -> None:
    assert unknown(catalogue_of(AFTER_DELIVERY, Term((REVIEW,))), KNOWN, OTHER) == {"x": 1}


@pytest.mark.parametrize(
    ("term", "why"),
    [
        (AFTER_LATE_DELIVERY, "its parcel came in time"),
        (msgspec.structs.replace(AFTER_DELIVERY, scope_of=""), "it is only asked whether there is one"),
        (
            msgspec.structs.replace(AFTER_DELIVERY, at="after", plus_s=3600, no_later=True),
            "it comes after the deadline",
        ),
        (Term((REVIEW,), by="order_id", after=After((REVIEW,), 3600), scope_of="after"), "it is the first"),
        (Term((REVIEW,), by="order_id", after=After((DELIVERED,), 3600, missing=True)), "there is to be none"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_event_that_needs_no_earlier_one_is_not_unknown(term: Term, why: str) -> None:
    assert unknown(catalogue_of(term, Term((REVIEW,))), OTHER) == {}, why


def test_what_was_unknown_is_so_after_a_restart() -> None:
    catalogue = catalogue_of(AFTER_DELIVERY, Term((REVIEW,)))
    items = dict(CasesSnapshot(told(catalogue, KNOWN, OTHER), catalogue.hash, 1).write(7))
    fresh = CasesPartition(catalogue, 0, {"orders": 1})
    CasesSnapshot(fresh, catalogue.hash, 1).restore(items["manifest"], items)

    assert reading(fresh, catalogue.metrics).unknown == {"x": 1}


def test_of_the_shipped_metrics_those_tell_whose_events_follow_another_by_their_nature() -> None:
    catalogue = load()
    cases = CasesPartition(catalogue, 0, {"orders": 1})

    assert set(reading(cases, catalogue.metrics).unknown) == {
        "promises_kept",  # kept or withdrawn, without the time when it was due
        "reviews_from_delivery",
        "returns_by_channel",
        "return_time",
        "cases_closed_in_time",  # closed, without the time when it was due
        "case_state_time",
        "orders_by_entry",  # paid, without a touchpoint of the day
    }
