"""Scope sets: every component is counted by what its events carry."""

from __future__ import annotations

from streams.catalogue.load import load
from streams.catalogue.metric import Component
from streams.catalogue.scopes import component_sets, scope_sets


def test_a_denominator_that_lacks_a_dimension_is_counted_without_it() -> None:
    metric = load().by_name["inquiries_per_thousand"]

    assert metric.scopes == ((), ("intent",), ("region",), ("intent", "region"))
    assert scope_sets(metric) == metric.scopes
    assert component_sets(metric, Component.NUMERATOR) == (0, 1, 2, 3)
    assert component_sets(metric, Component.DENOMINATOR) == (0, 0, 2, 2)


def test_a_projected_set_that_no_scope_names_is_added_behind() -> None:
    catalogue = load()
    metric = catalogue.by_name["inquiries"]
    scopes = (("intent", "region"),)
    narrowed = type(metric)(**{name: getattr(metric, name) for name in metric.__struct_fields__} | {"scopes": scopes})

    assert scope_sets(narrowed) == (("intent", "region"), ("region",))
    assert component_sets(narrowed, Component.EXPOSURE) == (1,)


def test_a_reason_of_a_refund_is_not_looked_for_on_the_order() -> None:
    metric = load().by_name["refund_requests"]

    assert component_sets(metric, Component.DENOMINATOR)[metric.scopes.index(("reason",))] == 0
    assert component_sets(metric, Component.DENOMINATOR)[metric.scopes.index(("sku",))] == metric.scopes.index(("sku",))


def test_a_cohort_counts_all_components_in_the_same_sets() -> None:
    metric = load().by_name["collection_24h"]
    everywhere = tuple(range(len(metric.scopes)))

    for component in (*metric.components(), Component.LATE_BY_DEADLINE):
        assert component_sets(metric, component) == everywhere


def test_a_component_without_terms_is_counted_nowhere() -> None:
    assert component_sets(load().by_name["orders_paid"], Component.DENOMINATOR) == ()
