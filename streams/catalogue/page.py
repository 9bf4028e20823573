"""The catalogue as a page for people: docs/metrics.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.case_words import of_case
from streams.catalogue.metric import Direction
from streams.catalogue.provisional import final_after_s, opened_within_s
from streams.catalogue.signals import CellKind
from streams.catalogue.single_values import Difference
from streams.catalogue.told import DAY_S
from streams.catalogue.wording import between, condition_words, duration, operand
from streams.cells.histogram import BINS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Metric
    from streams.catalogue.term import Term

_HEAD = """\
# The metrics

`pharos check --markdown` writes this page from `streams/catalogue/catalogue.yaml`; a test compares the two. All counts
are by event time. [Counting and judging](semantics.md) defines each kind of metric, the [glossary](glossary.md) the
words.

Pharos does not judge a window with less than the minimum exposure, and does not report a change smaller than the
minimum effect. The effect is an absolute difference for ratios and points, a share of the open cases for forecasts
(signal `due_soon`), a relative one for everything else. A gauge (signal `last`) is judged from the value given as its
minimum exposure on.
"""
_COLUMNS = ("Id", "Metric", "Unit", "Bad", "Minimum effect", "Minimum exposure", "Windows", "Severity", "Touchpoint")


def page(catalogue: Catalogue) -> str:
    """Markdown: a table of all metrics, then what each counts, by which scopes, and what can cause its anomalies."""
    rows = [" | ".join(_COLUMNS), " | ".join("---" for _ in _COLUMNS)]
    rows += [" | ".join(_row(metric)) for metric in catalogue.metrics]
    table = "\n".join(f"| {row} |" for row in rows)
    return "\n".join([_HEAD, table, *("\n".join(_section(metric)) for metric in catalogue.metrics)]) + "\n"


def _row(metric: Metric) -> tuple[str, ...]:
    absolute = metric.unit in ("ratio", "points")
    effect = f"{metric.minimum_effect:g}" if absolute else f"{metric.minimum_effect:.0%}"
    return (
        metric.id,
        f"[{metric.name}](#{metric.runbook or metric.name})",
        metric.unit.replace("_", " "),
        {Direction.UP: "up", Direction.DOWN: "down", Direction.BOTH: "both ways"}[metric.direction],
        effect,
        f"{metric.minimum_exposure:g}",
        ", ".join(duration(window) for window in (metric.windows if metric.judged else ())) or "not judged",
        str(metric.severity),
        metric.touchpoint,
    )


def _section(metric: Metric) -> Iterator[str]:
    yield f"\n## {(metric.runbook or metric.name).replace('-', ' ').capitalize()}\n"
    yield f"{metric.title}. {metric.title_zh}\n".replace(" \n", "\n")
    components = (metric.numerator, metric.denominator, metric.exposure)
    for name, terms in zip(metric.traits.words, components, strict=True):
        for term in terms:
            yield f"- {name}: {_term(metric, term)}"
    yield from _shape(metric)
    yield from _told(metric)
    if metric.trailing_s:
        yield f"- per hour; the denominator covers the last {duration(metric.trailing_s)}"
    if metric.settle_s:
        yield f"- a window is judged {duration(metric.settle_s)} after its end"
    if metric.target is not None:
        yield f"- target: {metric.target:g}"
    if metric.threshold is not None:
        yield f"- fixed limit: {metric.threshold:g}"
    if metric.leading:
        yield "- leading: on its touchpoint's tile on the wall"
    if metric.opening_hours:
        yield "- judged during opening hours only"
    yield "- scopes: " + ", ".join(" + ".join(scope) if scope else "whole shop" for scope in metric.scopes)
    if metric.symptom_of:
        yield "- can be a symptom of: " + ", ".join(_cause(metric, name) for name in metric.symptom_of)


def _told(metric: Metric) -> Iterator[str]:
    if metric.told:
        days = ", ".join(str(window // DAY_S) for window in metric.told)
        judged = "" if metric.judged else ", and not judged"
        yield f"- told over {days} natural days, today so far among them{judged}"


def _shape(metric: Metric) -> Iterator[str]:
    if metric.traits.formula:
        yield f"- {metric.traits.formula.format(quantile=metric.quantile)}"
    if metric.forecasts:
        yield f"- forecasts {metric.forecasts}"
    if opened_within_s(metric):
        opened, final = duration(opened_within_s(metric)), duration(final_after_s(metric))
        yield f"- provisional: the share so far of what was opened in the last {opened}; final {final} later"
    if metric.traits.by_event:
        chance = f"by chance alone at most {metric.false_alarms_a_year:g} a year warn"
        yield f"- each event is judged together with those before it; {chance}"
    if metric.moments:
        yield f"- single values beyond {metric.most / metric.scale:,.0f} are cut to that, and counted"
    if metric.bins:
        low, high = metric.bins
        yield f"- histogram of {BINS} bins, logarithmic between {_length(low)} and {_length(high)}"


def _term(metric: Metric, term: Term) -> str:
    parts = [("minus " if term.weight < 0 else "") + ", ".join(f"`{event}`" for event in term.events)]
    where = term.where.items()
    parts += [f"where {operand(condition, field)} {condition_words(condition)}" for field, condition in where]
    if term.value:
        value = between(term.value) if isinstance(term.value, Difference) else term.value
        plain = metric.traits.cells in {CellKind.BINS, CellKind.LATEST} or not metric.denominator
        parts.append(value if plain else f"the sum of {value}")
    if term.each:
        parts.append(f"{term.each:g} each")
    if term.since and not term.by:
        parts.append(f"since {term.since}")
    if term.by:
        parts += of_case(term)
    if term.at != "time" or term.plus_s or term.plus_service_s:
        what = "deadline" if metric.traits.of_deadlines else "counted at"
        later = f" + {duration(term.plus_s)}" if term.plus_s else ""
        later += f" + {duration(term.plus_service_s)} of service" if term.plus_service_s else ""
        parts.append(f"{what} {term.at}{later}")
    if term.no_later is not None:
        parts.append("if not later than that" if term.no_later else "if later than that")
    if term.within_s is not None:
        parts.append(f"at most {duration(term.within_s)} after it")
    return ", ".join(parts)


def _length(seconds: float) -> str:
    return duration(int(seconds)) if seconds >= 60 else f"{seconds:g} s"


def _cause(metric: Metric, name: str) -> str:
    """A cause, and in which parts its symptoms show where the catalogue says so."""
    where = metric.symptom_where.get(name, {})
    said = [f"{dimension} {', '.join(values)}" for dimension, values in where.items()]
    if name in metric.symptom_after_s:
        said.append(f"up to {duration(metric.symptom_after_s[name])} later")
    return f"{name} ({'; '.join(said)})" if said else name
