"""What a notification says, in the order in which someone on duty reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from streams.alerts.words.guide import Guide
from streams.alerts.words.line import Name, fill, join
from streams.alerts.words.phrases import CHINESE, ENGLISH, LANGUAGES
from streams.alerts.words.wording import Text, Wording, Worth
from streams.catalogue.metric import Severity
from streams.catalogue.runbook import runbook_url
from streams.records.anomaly import Anomaly, Change, Transition, Why
from streams.records.instant import clock_time, rfc3339
from streams.records.scope import digest as short_hash
from streams.register.inhibition import OpenAnomalies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from streams.catalogue.metric import Metric
    from streams.settings.settings import Settings


Lanes = tuple[str, ...] | None  # names of receivers, or of groups of them, sorted; None: all

DIGEST = "pharos.notification.digest"
ACKNOWLEDGED = "pharos.notification.acknowledged"
MAINTENANCE = "pharos.notification.maintenance"
_NEWS = {Why.ESCALATED: "escalated", Why.WORSENED: "worsened"}
_ENDS = {Why.STALE: "stale", Why.RETIRED: "retired"}  # nobody saw that it became normal
_MOST_IN_DIGEST = 10
NO_TITLES: Mapping[str, str] = {}


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What receivers get.

    Attributes:
        id: the id of the transition; a receiver that got it before may drop it.
        time: the tick, event time in ms.
        kind: a `Change`, `DIGEST`, `ACKNOWLEDGED` or `MAINTENANCE`.
        title: one line, in English.
        lines: since, impact, contributors, cause and symptoms, links, id; those that there are, in English.
        anomalies: what it is about, as published.
        texts: the same by language, with the parts apart.
        lanes: whom to notify: names of receivers, or of groups of them; None: all.
        parts: of a digest, what systems get instead that keep each anomaly by itself.

    """

    id: str
    time: int
    kind: str
    severity: Severity
    title: str
    lines: tuple[str, ...]
    anomalies: tuple[Anomaly, ...] = ()
    texts: dict[str, Text] = {}
    lanes: Lanes = None
    parts: tuple[Notification, ...] = ()

    @property
    def critical(self) -> bool:
        return self.severity is Severity.CRITICAL

    def for_lanes(self, lanes: Lanes) -> Notification:
        """The same for these receivers, or groups of them."""
        return msgspec.structs.replace(self, lanes=lanes)

    def text(self, language: str) -> Text:
        """In that language, or else in English."""
        return self.texts.get(language) or Text(self.title, self.lines)


class Titles(msgspec.Struct, frozen=True):
    """By metric name, what people call it, what it forecasts and what is done about it, in both languages."""

    english: Mapping[str, str]
    chinese: Mapping[str, str] = {}
    page_url: str = ""
    worth: Worth = Worth()
    cohorts: Mapping[str, str] = {}
    guides: Mapping[str, Guide] = {}
    guides_zh: Mapping[str, Guide] = {}

    @classmethod
    def of(cls, metrics: Iterable[Metric], settings: Settings) -> Titles:
        """As the catalogue names them; links and money as the settings say."""
        known = list(metrics)
        return cls(
            {m.name: m.title for m in known},
            {m.name: m.title_zh for m in known if m.title_zh},
            settings.page_url,
            Worth(settings.worth, settings.currency),
            {m.name: m.forecasts for m in known if m.forecasts},
            {m.name: Guide(m.action, m.direction) for m in known},
            {m.name: _guide_zh(m, settings.runbook_base_url_zh) for m in known},
        )

    def wordings(self) -> dict[str, Wording]:
        """By language."""
        chinese = {**self.english, **self.chinese}
        return {
            "en": Wording(ENGLISH, self.english, self.page_url, self.worth, self.cohorts, self.guides),
            "zh": Wording(CHINESE, chinese, self.page_url, self.worth, self.cohorts, self.guides_zh),
        }


def _guide_zh(metric: Metric, base: str) -> Guide:
    """What has no Chinese words is told in English, as its title is."""
    return Guide(metric.action_zh or metric.action, metric.direction, runbook_url(metric.runbook or metric.name, base))


def compose(
    transition: Transition, titles: Titles, others: Mapping[str, Anomaly], zone: tzinfo, news: str = ""
) -> Notification:
    """One transition in words.

    `others`: by fingerprint, the anomalies that cause and symptoms can be named from. `zone`: whose time is shown.
    `news`: what stands with the severity, a key of `Phrases.news`; empty: what follows from the transition.
    """
    anomaly = transition.anomaly
    resolved = transition.change is Change.RESOLVED
    headed = _ENDS.get(transition.why, "resolved") if resolved else news or _NEWS.get(transition.why, "")

    def text(say: Wording) -> Text:
        facts = (
            say.since(anomaly, transition.time, zone),
            "" if resolved else say.impact(anomaly),
            "" if resolved else say.forecast(anomaly, others),
            *([] if resolved else say.staffing(anomaly, others)),
            "" if resolved else say.action(anomaly),
            say.contributors(anomaly),
            say.cause(anomaly, others),
            say.symptoms(anomaly, others),
            "" if resolved else say.also(OpenAnomalies(others.values()).inhibited_by(anomaly)),
        )
        return Text(
            say.title(anomaly, headed),
            tuple(fact for fact in facts if fact),
            say.links(anomaly, acts=not resolved),
            say.name(anomaly),
        )

    return notification_of(
        transition.id,
        transition.time,
        transition.change.value,
        Severity(anomaly.severity),
        (anomaly,),
        {language: text(say) for language, say in titles.wordings().items()},
    )


def digest_of(transitions: Sequence[Transition], titles: Titles, parts: tuple[Notification, ...] = ()) -> Notification:
    """One notification for all that happened while nobody was notified and that is still open. At least one is needed.

    `parts`: of each transition by itself.
    """
    worst = any(t.anomaly.severity == Severity.CRITICAL for t in transitions)
    count = len(transitions)

    def text(say: Wording) -> Text:
        facts: list[str] = [say.title(t.anomaly, "") for t in transitions[:_MOST_IN_DIGEST]]
        if count > _MOST_IN_DIGEST:
            facts.append(say.phrases.more.format(count=count - _MOST_IN_DIGEST))
        return Text(say.digest(say.phrases.untold[count > 1].format(count=count)), tuple(facts))

    digest = notification_of(
        short_hash(["digest", *(t.id for t in transitions)]),
        max(t.time for t in transitions),
        DIGEST,
        Severity.CRITICAL if worst else Severity.WARNING,
        tuple(t.anomaly for t in transitions),
        {language: text(say) for language, say in titles.wordings().items()},
    )
    return msgspec.structs.replace(digest, parts=parts)


def reminder_of(
    anomaly: Anomaly, name: str, news: str, now: int, titles: Titles, others: Mapping[str, Anomaly], zone: tzinfo
) -> Notification:
    """An anomaly that is still open. `name` is the id, `news` a key of `Phrases.news`, `now` in ms."""
    return compose(Transition(name, Change.UPDATED, now, anomaly), titles, others, zone, news)


def acknowledgement_of(anomaly: Anomaly, actor: str, now: int) -> Notification:
    """Somebody has it. `now`: ms."""
    texts = {say: Text(fill(phrases.acked, actor=Name(actor))) for say, phrases in LANGUAGES.items()}
    name = short_hash(["acknowledged", anomaly.fingerprint, anomaly.detected_at])
    return notification_of(name, now, ACKNOWLEDGED, Severity(anomaly.severity), (anomaly,), texts)


def maintenance_of(
    name: str,
    window: str,
    matchers: Sequence[str],
    now: int,
    ends: int,
    still: Sequence[Anomaly] | None,
    titles: Titles,
    zone: tzinfo,
) -> Notification:
    """That maintenance begins, or, where `still` lists what is open, that it is over. `now`, `ends`: ms."""

    def text(say: Wording) -> Text:
        phrases = say.phrases
        what = join(phrases.comma, map(Name, matchers))
        if still is None:
            title = fill(phrases.maintenance_begins, name=Name(window), ends=clock_time(ends, zone))
            return Text(title, (fill(phrases.quiet, matchers=what),))
        title = fill(phrases.maintenance_over[bool(still)], name=Name(window), count=str(len(still)))
        facts: list[str] = [say.title(anomaly, "") for anomaly in still[:_MOST_IN_DIGEST]]
        if len(still) > _MOST_IN_DIGEST:
            facts.append(phrases.more.format(count=len(still) - _MOST_IN_DIGEST))
        return Text(title, tuple(facts))

    texts = {language: text(say) for language, say in titles.wordings().items()}
    return notification_of(name, now, MAINTENANCE, Severity.WARNING, (), texts)


def listed(notification: Notification) -> dict[str, Any]:
    """An entry of report.json's `notifications`: what any receiver gets, with fingerprints for the anomalies."""
    return {
        "id": notification.id,
        "time": rfc3339(notification.time),
        "kind": notification.kind,
        "severity": notification.severity.value,
        "fingerprints": [anomaly.fingerprint for anomaly in notification.anomalies],
        "title": notification.title,
        "lines": list(notification.lines),
    }


def notification_of(
    name: str, time: int, kind: str, severity: Severity, anomalies: tuple[Anomaly, ...], texts: dict[str, Text]
) -> Notification:
    """A notification with these texts by language, English among them. `name`: its id; `time`: ms."""
    english = texts["en"]
    lines = Wording(ENGLISH, NO_TITLES).lines(english)
    return Notification(
        id=name,
        time=time,
        kind=kind,
        severity=severity,
        title=str(english.title),
        lines=tuple(map(str, lines)),
        anomalies=anomalies,
        texts=texts,
    )
