"""Which values labels can have: a matcher on what no metric is, or can be, does nothing, and nobody means that.

Metrics, touchpoints and severities are known beforehand. Values of dimensions (a store, a carrier) come with events, so
that any of them may match one day.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from streams.catalogue.metric import Severity
from streams.catalogue.naming import unknown_metric
from streams.register.matcher import Matcher, Op
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.catalogue.metric import Metric
    from streams.records.anomaly import Anomaly

_SEVERITIES: Final = frozenset(severity.value for severity in Severity)
_ALTERNATIVES: Final = re.compile(r"\w+(?:\|\w+)*")
_EXACT: Final = (Op.EQUAL, Op.UNEQUAL)

Kind = tuple[str, str, frozenset[str]]
"""What anomalies of one sort bear: metric, touchpoint, and the dimensions of the scope."""


class LabelValues:
    """What the labels of anomalies can be.

    Args:
        metrics: of the catalogue.
        anomalies: that are open: their metric may have left the catalogue.

    Examples:
        >>> from streams.catalogue.load import load
        >>> from streams.register.matcher import read_matchers
        >>> labels = LabelValues(load().metrics)
        >>> [what for _, what in labels.faults(read_matchers(["severity=CRITICAL"]))]
        ['no severity is named "CRITICAL"; did you mean "critical"?']
        >>> list(labels.faults(read_matchers(["store=opens-tomorrow"])))
        []

    """

    def __init__(self, metrics: Iterable[Metric], anomalies: Iterable[Anomaly] = ()) -> None:
        metrics = tuple(metrics)
        self._ids = {metric.name: metric.id for metric in metrics}
        self._kinds: set[Kind] = {
            (metric.name, metric.touchpoint, frozenset(scope)) for metric in metrics for scope in metric.scopes
        }
        self._kinds |= {(anomaly.metric, anomaly.touchpoint, frozenset(anomaly.scope)) for anomaly in anomalies}
        self._dimensions = frozenset(dimension for _, _, scope in self._kinds for dimension in scope)
        self._closed = {
            "metric": frozenset(metric for metric, _, _ in self._kinds),
            "touchpoint": frozenset(touchpoint for _, touchpoint, _ in self._kinds),
            "severity": _SEVERITIES,
        }

    def faults(self, matchers: Sequence[Matcher]) -> Iterator[tuple[int | None, str]]:
        """The place of what cannot match, None for all of them together, and what to do about it."""
        found = [(place, what) for place, matcher in enumerate(matchers) if (what := self.fault(matcher))]
        yield from found
        if not found and (what := self._together(matchers)):
            yield None, what

    def fault(self, matcher: Matcher) -> str:
        """What is wrong with one by itself; empty where it may match."""
        known = self._closed.get(matcher.name)
        if known is None:
            if matcher.name in self._dimensions:
                return ""
            what = f'no metric of the catalogue is counted by "{matcher.name}"'
            return what + suggestion(matcher.name, self._dimensions)
        if matcher.op in _EXACT:
            return "" if matcher.value in known else self._unknown(matcher.name, matcher.value)
        if _ALTERNATIVES.fullmatch(matcher.value):
            wrong = [word for word in matcher.value.split("|") if word not in known]
            return self._unknown(matcher.name, wrong[0]) if wrong else ""
        like = Matcher(matcher.name, Op.LIKE, matcher.value)
        if any(like.matches({matcher.name: value}) for value in known):
            return ""
        return f"no {matcher.name} matches this expression{suggestion(matcher.value, known)}"

    def _together(self, matchers: Sequence[Matcher]) -> str:
        for one in matchers:
            if one.op is Op.EQUAL:
                for other in matchers:
                    if other.name == one.name and not other.matches({one.name: one.value}):
                        return f"{one} and {other} never hold together; remove one of them"
        needed = {matcher.name for matcher in matchers if not matcher.matches({})} - self._closed.keys()
        severities = [matcher for matcher in matchers if matcher.name == "severity"]
        others = [matcher for matcher in matchers if matcher.name in ("metric", "touchpoint")]
        if not any(all(one.matches({"severity": value}) for one in severities) for value in _SEVERITIES):
            return "no severity is left by these matchers; remove one of them"
        if any(
            needed <= scope and all(one.matches({"metric": metric, "touchpoint": touchpoint}) for one in others)
            for metric, touchpoint, scope in self._kinds
        ):
            return ""
        counted = f" that is counted by {' and '.join(sorted(needed))}" if needed else ""
        narrowed = f" has {' and '.join(map(str, others))}" if others else ""
        both = " and" if narrowed and counted else ""
        return f"these never hold together: no metric{narrowed}{both}{counted}; remove one of them"

    def _unknown(self, name: str, value: str) -> str:
        if name == "metric":
            return unknown_metric(value, self._ids)
        return f'no {name} is named "{value}"{suggestion(value, self._closed[name])}'
