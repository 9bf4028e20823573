"""Which alerts belong to one bottleneck: who is attached to whom, and who is whose symptom."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from streams.catalogue.metric import Severity
from streams.events.vocabulary import TOPIC
from streams.incidents.alert import by_days
from streams.records.scope import compatible, shared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from streams.catalogue.metric import Metric
    from streams.catalogue.scorecard import Scorecard
    from streams.events.vocabulary import Vocabulary
    from streams.incidents.alert import Alert
    from streams.incidents.policy import Policy

_BEGIN_TOGETHER_MS = 5 * 60_000
FEEDS = "pipeline"
_FEED_REACH_MS = 3 * 60_000  # what a feed supplied falls with it, and comes back with it


class MetricCatalogue(Protocol):
    """What incidents need of the catalogue."""

    @property
    def hash(self) -> str: ...

    @property
    def by_name(self) -> Mapping[str, Metric]: ...

    @property
    def vocabulary(self) -> Vocabulary: ...

    @property
    def scorecards(self) -> Sequence[Scorecard]: ...


class Kinship(enum.StrEnum):
    """What a new alert is to those that are there."""

    ALONE = "alone"
    ATTACHED = "attached"  # another metric of the same bottleneck at the same touchpoint: no anomaly of its own
    SYMPTOM = "symptom"  # of an anomaly elsewhere
    SIBLING = "sibling"  # another scope of the same metric, at the same time: the same incident
    CROWD = "crowd"  # related, but its incident has published enough
    ECHO = "echo"  # began while one that is just over was open: an after-effect that is not worth an anomaly yet


class Placement(NamedTuple):
    """A kinship, and to which alert."""

    kinship: Kinship
    other: Alert | None


def place(newcomer: Alert, alerts: Iterable[Alert], catalogue: MetricCatalogue, now: int, policy: Policy) -> Placement:
    """Where a new alert belongs. Only published alerts (open, or over for less than `policy.link_ms`) are looked at."""
    there = [a for a in alerts if a.host is None and a is not newcomer and _of_a_kind(newcomer, a)]
    open_ones = [a for a in there if a.open]
    hosts = [a for a in open_ones if _attachable(newcomer, a, catalogue) and _still_on(newcomer, a, catalogue, policy)]
    if hosts:
        return Placement(Kinship.ATTACHED, min(hosts, key=lambda a: _nearness(newcomer, a)))
    reach_s = max(newcomer.verdict.window_s, policy.link_ms // 1000)
    days = by_days(newcomer.verdict)
    echoed = [
        a
        for a in there
        if a.echoes(newcomer.started, reach_s, now, policy, by_days=days) and _attachable(newcomer, a, catalogue)
    ]
    if echoed:
        return Placement(Kinship.ECHO, min(echoed, key=lambda a: _nearness(newcomer, a)))
    related = Placement(Kinship.ALONE, None)
    siblings = [a for a in open_ones if _together(newcomer, a, policy)]
    if siblings:
        related = Placement(Kinship.SIBLING, min(siblings, key=lambda a: _nearness(newcomer, a)))
    cause = cause_of(newcomer, there, catalogue, now, policy)
    if cause:
        related = Placement(Kinship.SYMPTOM, cause)
    if related.other is not None:
        open_members = [
            a for a in open_ones if a.incident == related.other.incident and a.touchpoint == newcomer.touchpoint
        ]
        if len(open_members) >= policy.published:
            return Placement(Kinship.CROWD, min(open_members, key=lambda a: _nearness(newcomer, a)))
    return related


def cause_of(
    newcomer: Alert, alerts: Iterable[Alert], catalogue: MetricCatalogue, now: int, policy: Policy
) -> Alert | None:
    """The published alert that the catalogue names as a cause of the newcomer, the nearest of several."""
    causes = [
        a
        for a in alerts
        if a.host is None
        and a is not newcomer
        and _of_a_kind(newcomer, a)
        and explains(newcomer, a, catalogue)
        and in_time(newcomer, a, catalogue, now, policy)
    ]
    return min(causes, key=lambda a: _nearness(newcomer, a), default=None)


def symptoms_of(
    newcomer: Alert, alerts: Iterable[Alert], catalogue: MetricCatalogue, now: int, policy: Policy
) -> list[Alert]:
    """Published open alerts without a cause so far that the newcomer explains, in order of opening.

    These are symptoms elsewhere, and one at the same touchpoint that could only name the whole shop.
    """
    members: dict[str, list[Alert]] = {}
    everyone = list(alerts)
    for alert in everyone:
        members.setdefault(alert.host or alert.fingerprint, []).append(alert)
    found = [
        alert
        for alert in everyone
        if alert.host is None
        and alert.open
        and alert.caused_by is None
        and alert.metric != newcomer.metric
        and _of_a_kind(alert, newcomer)
        and in_time(alert, newcomer, catalogue, now, policy)
        and newcomer.fingerprint not in {member.fingerprint for member in members[alert.fingerprint]}
        and (
            any(
                explains(member, newcomer, catalogue) and in_time(member, newcomer, catalogue, now, policy)
                for member in members[alert.fingerprint]
            )
            or (_vague(alert, newcomer) and abs(alert.started - newcomer.started) <= policy.link_ms)
        )
    ]
    return sorted(found, key=lambda a: (a.opened, a.fingerprint))


def explains(symptom: Alert, cause: Alert, catalogue: MetricCatalogue) -> bool:
    """Whether the catalogue says that the one's metric can cause the other's, and the scopes allow it.

    Parts of different touchpoints that share no dimension are so only where they begin together: otherwise every
    coupon trouble would hide behind the payment trouble of the half hour before. A feed shares no dimension with what
    is made of its events, and causes nothing else. Where the catalogue says which parts follow from a cause, it is
    these.
    """
    if not linked(symptom.metric, cause.metric, catalogue):
        return False
    where = catalogue.by_name[symptom.metric].symptom_where.get(cause.metric)
    # A part that is named follows from the cause even where the cause has another name for its own part.
    unnamed = {name: value for name, value in symptom.scope.items() if value not in (where or {}).get(name, ())}
    if not compatible(unnamed, cause.scope):
        return False
    if cause.touchpoint == FEEDS and not _is_made_of(symptom.metric, cause, catalogue):
        return False
    if where is not None and symptom.scope and not shared(symptom.scope, cause.scope):
        return _is_named(symptom.scope, where)
    related = (
        symptom.touchpoint == cause.touchpoint
        or not symptom.scope
        or not cause.scope
        or cause.touchpoint == FEEDS
        or shared(symptom.scope, cause.scope) > 0
    )
    return related or abs(symptom.started - cause.started) <= _BEGIN_TOGETHER_MS


def _is_named(scope: Mapping[str, str], where: Mapping[str, Collection[str]]) -> bool:
    """Whether a part is one of those in which the catalogue says that symptoms show."""
    return any(scope.get(dimension) in values for dimension, values in where.items())


def _is_made_of(metric: str, feed: Alert, catalogue: MetricCatalogue) -> bool:
    """Whether a metric counts events of the topic that a feed's alert speaks of. A mapped topic may bring any."""
    topic, vocabulary = feed.scope.get(TOPIC), catalogue.vocabulary
    if topic not in vocabulary.topics:
        return True
    terms = (term for terms in catalogue.by_name[metric].components().values() for term in terms)
    return any(vocabulary.topic_of.get(event) == topic for term in terms for event in term.events)


def linked(symptom: str, cause: str, catalogue: MetricCatalogue) -> bool:
    metric = catalogue.by_name.get(symptom)
    return metric is not None and cause in metric.symptom_of


def _of_a_kind(newcomer: Alert, other: Alert) -> bool:
    """Good news and bad news do not mix, and what is merely interesting neither hides nor explains a warning."""
    interesting = other.severity is Severity.INFO and newcomer.severity is not Severity.INFO
    return newcomer.good == other.good and not interesting


def _attachable(newcomer: Alert, host: Alert, catalogue: MetricCatalogue) -> bool:
    if newcomer.touchpoint != host.touchpoint or newcomer.metric == host.metric:
        return False
    if not compatible(newcomer.scope, host.scope) or _vague(host, newcomer):
        return False
    return (
        not newcomer.scope
        or shared(newcomer.scope, host.scope) > 0
        or linked(newcomer.metric, host.metric, catalogue)
        or (not host.scope and linked(host.metric, newcomer.metric, catalogue))
    )


def _still_on(newcomer: Alert, host: Alert, catalogue: MetricCatalogue, policy: Policy) -> bool:
    """Whether the newcomer began while the host was bad, and as a part of it.

    Where they share no dimension, that is with it. What does not follow from the host, as the catalogue says, must
    begin near it: a carrier that stalls is news, though its deliveries have been erratic for hours.
    """
    if host.clear_since and newcomer.started > host.clear_since:
        return False
    away = abs(newcomer.started - host.started)
    if newcomer.scope and host.scope and shared(newcomer.scope, host.scope) == 0:
        return away <= policy.together_ms
    return linked(newcomer.metric, host.metric, catalogue) or away <= policy.link_ms


def _vague(wide: Alert, narrow: Alert) -> bool:
    """The whole shop against a part of it: the part says more, so it is not hidden behind the whole."""
    return (
        wide.touchpoint == narrow.touchpoint and wide.metric != narrow.metric and bool(narrow.scope) and not wide.scope
    )


def _together(newcomer: Alert, other: Alert, policy: Policy) -> bool:
    return (
        newcomer.metric == other.metric
        and newcomer.direction == other.direction
        and newcomer.scope.keys() == other.scope.keys()
        and abs(newcomer.started - other.started) <= policy.together_ms
    )


def in_time(symptom: Alert, cause: Alert, catalogue: MetricCatalogue, now: int, policy: Policy) -> bool:
    """Whether a symptom begins while its cause lasts, give or take `policy.link_ms`; of a feed only minutes.

    Where the catalogue says that the one follows the other after days, it may, at a place that both name.
    """
    reach = _FEED_REACH_MS if cause.touchpoint == FEEDS else policy.link_ms
    ended = cause.ended or now
    if cause.started - reach <= symptom.started <= ended + reach:
        return True
    metric = catalogue.by_name[symptom.metric]
    where = metric.symptom_where.get(cause.metric, {})
    same_place = (
        not symptom.scope
        or cause.touchpoint == FEEDS
        or shared(symptom.scope, cause.scope) > 0
        or _is_named(symptom.scope, where)
    )
    return same_place and cause.started <= symptom.started <= ended + 1000 * metric.symptom_after_s.get(cause.metric, 0)


def _nearness(newcomer: Alert, other: Alert) -> tuple[int, float, int, str]:
    """Most shared dimensions first, then the most surprising, the oldest."""
    return -shared(newcomer.scope, other.scope), -other.published_score, other.opened, other.fingerprint
