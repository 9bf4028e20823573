"""Which events an anomaly is made of: those of its metric, in its scope, that count for its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from streams.catalogue.metric import Component, Metric
from streams.catalogue.single_values import OWN_TIME
from streams.events.event_time import event_time_ms
from streams.events.long_text import shortened
from streams.events.vocabulary import SHIPPED, TOPIC, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from streams.catalogue.term import Condition, Term
    from streams.records.anomaly import Anomaly

_FUTURE_MS: Final = 5 * 60_000
_LATE_MS: Final = 2 * 3_600_000
_AHEAD_MS: Final = 2 * 3_600_000
_DAY_MS: Final = 86_400_000
_LONGEST_SERVICE_MS: Final = 30 * _DAY_MS  # so long service hours may take, with holidays
_LONGEST_BACK_MS: Final = 8 * _DAY_MS  # a time that an event only names lies at most a week and a bit away


def _always_open(start_ms: int, seconds: int) -> int:
    return start_ms + seconds * 1000


class Question(NamedTuple):
    """What is asked of the source topics. Times are ms since the epoch; `ends` does not belong to it.

    `service`: when so many seconds of service time have passed since a moment in ms.
    """

    metric: Metric
    scope: Mapping[str, str]
    begins: int
    ends: int
    vocabulary: Vocabulary = SHIPPED
    service: Callable[[int, int], int] = _always_open

    @property
    def topics(self) -> tuple[str, ...]:
        """Those that the metric's events come by."""
        topic_of = self.vocabulary.topic_of
        found = {topic_of[kind] for _, term in _terms(self.metric) for kind in term.events if kind in topic_of}
        asked = self.scope.get(TOPIC)
        return tuple(sorted(found if asked is None else found & {asked}))

    def may_come_by(self, topic: str, types: AbstractSet[str]) -> bool:
        """Whether a topic that brings events of these types can bring one that is asked about."""
        wanted = {kind for _, term in _terms(self.metric) for kind in term.events}
        return self.scope.get(TOPIC) in (None, topic) and not wanted.isdisjoint(types)

    @property
    def records_from(self) -> int:
        """No record before this Kafka timestamp can belong to it: producers' clocks may run five minutes ahead."""
        return self.begins - _FUTURE_MS - max(_back_ms(term) for _, term in _terms(self.metric))

    @property
    def records_until(self) -> int:
        """No record that came in time, after this Kafka timestamp, belongs to it."""
        return self.ends + _LATE_MS


def question_about(
    anomaly: Anomaly,
    metric: Metric,
    now: int,
    vocabulary: Vocabulary = SHIPPED,
    service: Callable[[int, int], int] = _always_open,
) -> Question:
    """From one window before it began, in which it grew, until it ended or, where it has not, until now.

    A forecast is about the deadlines of the two hours that follow as well.
    """
    started = event_time_ms(anomaly.started_at) or now
    ended = event_time_ms(anomaly.ended_at) if anomaly.ended_at else None
    begins = started - anomaly.window_s * 1000
    ahead = _AHEAD_MS if metric.forecasts else 0
    return Question(metric, anomaly.scope, begins, (now if ended is None else ended) + ahead, vocabulary, service)


def parts_of(question: Question, topic: str, kind: str, time: int, data: Any) -> tuple[str, ...]:
    """The components of the metric to which an event contributes in this scope and time; none: it is not affected.

    `data` is the struct of the event; what its events do not carry at all divides nobody.
    """
    return tuple(
        dict.fromkeys(
            component.name.lower()
            for component, term in _terms(question.metric)
            if kind in term.events
            and not term.by  # what its case says of it, the event itself does not know
            and _inside(question, component, topic, kind, data)
            and all(
                _holds(condition, _operand(condition, field, data, time)) for field, condition in term.where.items()
            )
            and question.begins <= _counts_for(term, time, data, question.service) < question.ends
        )
    )


def _terms(metric: Metric) -> list[tuple[Component, Term]]:
    return [(component, term) for component, terms in metric.written().items() for term in terms]


def _inside(question: Question, component: Component, topic: str, kind: str, data: Any) -> bool:
    shared = {
        Component.DENOMINATOR: question.metric.denominator_dimensions,
        Component.EXPOSURE: question.metric.exposure_dimensions,
    }.get(component)
    for dimension, value in question.scope.items():
        if dimension == TOPIC:
            if topic != value:
                return False
            continue
        carried = dimension in question.vocabulary.dimensions[kind] and (shared is None or dimension in shared)
        if not carried or shortened(getattr(data, dimension, None) or "") != value:
            return False
    return True


def _operand(condition: Condition, field: str, data: Any, time: int) -> Any:
    """What is tested: a field, or the seconds between two times."""
    difference = condition.difference(field)
    if difference is None:
        return getattr(data, field, None)
    start, to = (
        time if name == OWN_TIME else event_time_ms(getattr(data, name, None) or "")
        for name in (difference.start, difference.to)
    )
    return None if start is None or to is None else (to - start) / 1000


def _holds(condition: Condition, value: Any) -> bool:
    value = None if value == "" else value
    if condition.present is not None and (value is not None) != condition.present:
        return False
    if condition.equals is not None and value != condition.equals:
        return False
    if condition.any_of and value not in condition.any_of:
        return False
    number = value if isinstance(value, int | float) else None
    if condition.at_most is not None and (number is None or number > condition.at_most):
        return False
    return condition.above is None or (number is not None and number > condition.above)


def _counts_for(term: Term, time: int, data: Any, service: Callable[[int, int], int]) -> int:
    """-1, which is in no question, for a time that is missing, and for what a term leaves out."""
    counts = time if term.at == "time" else event_time_ms(getattr(data, term.at, None) or "")
    if counts is None:
        return -1
    counts = service(counts, term.plus_service_s) if term.plus_service_s else counts + term.plus_s * 1000
    too_far = term.within_s is not None and time - counts > term.within_s * 1000
    wrong_side = term.no_later is not None and (time <= counts) != term.no_later
    return -1 if too_far or wrong_side else counts


def _back_ms(term: Term) -> int:
    if term.plus_service_s:
        return _LONGEST_SERVICE_MS
    return max(term.plus_s * 1000, 0) + (0 if term.at == "time" else _LONGEST_BACK_MS)
