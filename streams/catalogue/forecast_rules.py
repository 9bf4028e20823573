"""Forecasts of cohorts: they count what their cohort counts, and what must hold for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from streams.catalogue.metric import Direction, Metric
from streams.catalogue.signals import SIGNALS, CellKind, signals_with
from streams.cells.lead import STEP_MS
from streams.settings.fault import Fault
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WINDOWS: Final = (STEP_MS // 1000,)
_OF_COHORT: Final = ("numerator", "denominator", "exposure")


def forecasts(metric: Metric) -> bool:
    """Whether a metric is a forecast of another one."""
    return metric.signal in SIGNALS and "forecasts" in metric.traits.takes


def with_cohort(metric: Metric, earlier: Mapping[str, Metric]) -> Metric:
    """The metric with the terms of the cohort that it forecasts; `earlier` are the metrics above it, by name."""
    cohort = earlier.get(metric.forecasts)
    if cohort is None or not forecasts(metric):
        return metric
    return msgspec.structs.replace(
        metric, numerator=cohort.numerator, denominator=cohort.denominator, declared=cohort.declared
    )


def check_forecast(metric: Metric, earlier: Mapping[str, Metric]) -> Iterator[Fault]:
    """All faults of a metric as it is written, before it has the terms of its cohort."""
    if not forecasts(metric):
        if metric.forecasts:
            who = signals_with(lambda traits: "forecasts" in traits.takes)
            yield Fault(("forecasts",), f"only a {who} forecasts a cohort; remove this key")
        return
    cohorts = {name: of for name, of in earlier.items() if of.traits.cells is CellKind.DEADLINES}
    cohort = cohorts.get(metric.forecasts)
    if cohort is None:
        what = f'no cohort above this metric is named "{metric.forecasts}"' if metric.forecasts else "is missing"
        yield Fault(("forecasts",), f"{what}: the cohort of the open cases{suggestion(metric.forecasts, cohorts)}")
        return
    if cohort.direction is not Direction.DOWN or not cohort.stock:
        what = (
            f"{cohort.name} is no work that must be done by a deadline: its direction is not down, or it has no stock"
        )
        yield Fault(("forecasts",), what)
    for key in _OF_COHORT:
        if getattr(metric, key):
            yield Fault((key,), f"is that of {cohort.name}; remove this key")
    yield from _check_own(metric)
    for index, scope in enumerate(metric.scopes):
        if scope not in cohort.scopes:
            yield Fault(("scopes", index), f"{list(scope)} is no scope of {cohort.name}")


def _check_own(metric: Metric) -> Iterator[Fault]:
    """What does not depend on the cohort."""
    if metric.direction is not Direction.UP:
        yield Fault(("direction",), "more cases that miss are bad: write `direction: up`")
    if metric.minimum_effect >= 1:
        yield Fault(
            ("minimum_effect",), "is a share of the open cases, between 0 and 1: write 0.1 for ten of a hundred"
        )
    if metric.windows != _WINDOWS:
        yield Fault(("windows",), f"a forecast is made every {_WINDOWS[0]} s: write `windows: {list(_WINDOWS)}`")
    if metric.settle_s:
        yield Fault(("settle_s",), "a forecast is of what is open now; remove this key")
