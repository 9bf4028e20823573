"""Scopes of very many parts, such as merchants: kept by quarters of an hour and days, exported in part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from streams.catalogue.scopes import component_sets
from streams.catalogue.signals import signals_with
from streams.settings.fault import Fault
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from streams.catalogue.metric import Metric
    from streams.catalogue.scopes import ScopeSet

DEFAULT_EXPORT: Final = 50
_MOST_EXPORTED: Final = 1_000
_EXPORT: Final = re.compile(r"top ([1-9][0-9]{0,3})")


def lean_places(metric: Metric) -> tuple[int, ...]:
    """Which of the metric's scopes are lean, by their index."""
    return tuple(metric.scopes.index(scope) for scope in metric.lean)


def exported(metric: Metric) -> int:
    """How many series of a lean scope are exported by score, and how many by volume."""
    found = _EXPORT.fullmatch(metric.export)
    return int(found[1]) if found else DEFAULT_EXPORT


def check_lean(metric: Metric) -> Iterator[Fault]:
    """All faults: where inside the metric, and what to do about it."""
    if metric.lean and not metric.traits.lean:
        who = signals_with(lambda traits: traits.lean)
        yield Fault(("lean",), f"a {metric.signal} needs minutes; only {who} can be lean. Remove this key")
        return
    if metric.lean and not metric.judged:
        yield Fault(("lean",), "a metric that nobody judges has no lean scopes; remove this key")
        return
    for index, scope in enumerate(metric.lean):
        yield from _check_scope(metric, index, scope)
    if metric.export and not metric.lean:
        yield Fault(("export",), "is for lean scopes: name them under `lean`, or remove this key")
    found = _EXPORT.fullmatch(metric.export)
    if metric.export and not (found and int(found[1]) <= _MOST_EXPORTED):
        yield Fault(("export",), f'"{metric.export}": write `top 50`, a number from 1 to {_MOST_EXPORTED}')


def _check_scope(metric: Metric, index: int, scope: ScopeSet) -> Iterator[Fault]:
    written = f"[{', '.join(scope)}]"
    if not scope:
        yield Fault(("lean", index), "the whole is one series: name dimensions, as in [store]")
    elif scope not in metric.scopes:
        known = [f"[{', '.join(own)}]" for own in metric.scopes]
        yield Fault(("lean", index), f"{written} is not among `scopes`{suggestion(written, known)}")
    elif scope in metric.lean[:index]:
        yield Fault(("lean", index), "is given twice; remove one of them")
    elif lacking := _counted_elsewhere(metric, scope):
        what = f"the {lacking} is not counted by {written}, as a lean scope needs; remove it from `lean`"
        yield Fault(("lean", index), what)
    else:
        for finer in metric.scopes:
            if set(finer) > set(scope) and finer not in metric.lean:
                what = f"[{', '.join(finer)}] has more series than {written}; make it lean too"
                yield Fault(("lean", index), what)


def _counted_elsewhere(metric: Metric, scope: ScopeSet) -> str:
    """The first component that a scope does not count itself."""
    place = metric.scopes.index(scope)
    lacking = (part for part in metric.components() if component_sets(metric, part)[place] != place)
    found = next(lacking, None)
    return "" if found is None else found.name.lower()


def made_lean(
    metrics: Iterable[Metric], dimensions: Collection[str], scored: Mapping[str, Collection[str]] | None = None
) -> tuple[Metric, ...]:
    """The same metrics where these dimensions have very many values, as the setting `lean` says.

    Scopes with such a dimension become lean; of metrics that cannot be lean they are left out, if there are others.
    What a scorecard scores by such a dimension stays as it is.

    Args:
        metrics: of a catalogue.
        dimensions: with very many values.
        scored: by metric the dimensions by which it is scored.

    """
    many, kept = frozenset(dimensions), scored or {}
    return tuple(
        metric if many.intersection(kept.get(metric.name, ())) else _made_lean(metric, many) for metric in metrics
    )


def _made_lean(metric: Metric, dimensions: frozenset[str]) -> Metric:
    many = [scope for scope in metric.scopes if dimensions.intersection(scope)]
    if not many:
        return metric
    fit = metric.traits.lean and metric.judged
    able = [scope for scope in many if fit and not _counted_elsewhere(metric, scope)]
    kept = tuple(scope for scope in metric.scopes if scope in able or scope not in many)
    if not kept:
        return metric
    lean = tuple(dict.fromkeys((*metric.lean, *able)))
    return msgspec.structs.replace(metric, scopes=kept, lean=tuple(scope for scope in lean if scope in kept))
