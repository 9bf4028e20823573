"""An anomaly in the words of one language."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import msgspec

from streams.alerts.words.line import Line, Name, Title, fill, join
from streams.events.event_time import event_time_ms
from streams.records.deadline_forecast import deadline_forecast
from streams.records.figures import LEVEL_AT_RISK, LEVEL_LOST, preset_limit
from streams.records.impact import MONEY, beyond_normal
from streams.records.instant import clock_time
from streams.records.staffing_words import sentence, staffing_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

    from streams.alerts.words.guide import Guide
    from streams.alerts.words.phrases import Phrases
    from streams.records.anomaly import Anomaly

_MOST_ALSO = 5
_MOST_CONTRIBUTORS = 3
_TOLD = 0.005  # of a change; less shows as nothing


class Link(msgspec.Struct, frozen=True):
    """Where a reader goes on: what it is called, and an address of ours."""

    label: str
    url: str

    @property
    def written_out(self) -> str:
        """Where nothing can be clicked."""
        return f"{self.label}: {self.url}"


class Text(msgspec.Struct, frozen=True):
    """What a notification says in one language.

    Attributes:
        title: one line, as the facts: a `Line` where there are names in it.
        facts: since, impact, contributors, cause and symptoms; those that there are.
        links: board and runbook, where they are known.
        name: the line with fingerprint and incident; empty in a digest.

    """

    title: str
    facts: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    name: str = ""

    @property
    def body(self) -> tuple[str, ...]:
        """The facts, and the name where there is one."""
        return (*self.facts, self.name) if self.name else self.facts


class Worth(NamedTuple):
    """What an average event is worth by touchpoint, in money of `currency`; touchpoints that are left out: unknown."""

    each: Mapping[str, float] = MappingProxyType({})
    currency: str = ""


class Wording(NamedTuple):
    """A language, and what the metrics are called in it."""

    phrases: Phrases
    titles: Mapping[str, str]
    page_url: str = ""  # of the page that asks what to do; empty: no such links
    worth: Worth = Worth()
    cohorts: Mapping[str, str] = MappingProxyType({})  # by metric that is a forecast, what it forecasts
    guides: Mapping[str, Guide] = MappingProxyType({})  # by metric, what the front line does

    def headline(self, anomaly: Anomaly) -> Line:
        """What, value against expectation, the preset limit where that has been reached, and where.

        Names come last: whatever shortens a line, here or in a chat's own list, takes from its end.
        """
        say = self.phrases
        limit = preset_limit(anomaly)
        levels = {LEVEL_AT_RISK: say.level_at_risk, LEVEL_LOST: say.level_lost}
        if anomaly.reason in levels and limit is not None:
            return fill(
                levels[anomaly.reason],
                title=Title(self.titles.get(anomaly.metric) or anomaly.metric),
                value=say.amount(anomaly.value, anomaly.unit),
                level=str(anomaly.level),
                limit=say.amount(limit, anomaly.unit),
                where=self.where(anomaly.scope),
            )
        return fill(
            say.headline,
            title=Title(self.titles.get(anomaly.metric) or anomaly.metric),
            value=say.amount(anomaly.value, anomaly.unit),
            expected=say.amount(anomaly.expected, anomaly.unit),
            limit="" if limit is None else say.limit.format(limit=say.amount(limit, anomaly.unit)),
            where=self.where(anomaly.scope),
        )

    def where(self, scope: Mapping[str, str]) -> Line:
        """The scope in words."""
        say = self.phrases
        if not scope:
            return Line([say.everywhere])
        return join(
            say.places,
            (
                fill(say.place, dimension=say.dimensions.get(name) or Name(name), value=Name(value) or say.nothing)
                for name, value in sorted(scope.items())
            ),
        )

    def title(self, anomaly: Anomaly, news: str) -> Line:
        """The headline, and what is new about it."""
        severity = self.phrases.severity.get(anomaly.severity, anomaly.severity)
        what = self.phrases.news[news].format(severity=severity)
        return fill(self.phrases.title, news=what, headline=join("", [self.headline(anomaly), self._over(anomaly)]))

    def _over(self, anomaly: Anomaly) -> str:
        """Of what is over: how long it took, and how bad it was; so that a digest says it as well."""
        if anomaly.ended_at is None:
            return ""
        say = self.phrases
        took = (event_time_ms(anomaly.ended_at) or 0) - (event_time_ms(anomaly.started_at) or 0)
        return say.over.format(lasts=say.duration(max(took, 0)), peak=say.amount(anomaly.peak, anomaly.unit))

    def since(self, anomaly: Anomaly, now: int, zone: tzinfo) -> str:
        say = self.phrases
        started = event_time_ms(anomaly.started_at) or 0
        ended = event_time_ms(anomaly.ended_at) if anomaly.ended_at else None
        start = clock_time(started, zone)
        if ended is None:
            return say.since.format(start=start, lasts=say.duration(max(now - started, 0)))
        peak = say.amount(anomaly.peak, anomaly.unit)
        lasts = say.duration(max(ended - started, 0))
        span = say.span.format(start=start, end=clock_time(ended, zone), lasts=lasts, peak=peak)
        if anomaly.affected < 1:
            return span
        toll = say.toll.format(affected=f"{anomaly.affected:,}", what=self._what(anomaly))
        return span + toll + self._money(anomaly, anomaly.affected)

    def impact(self, anomaly: Anomaly) -> str:
        """How many of the events of the window are affected beyond what is normal, and what they are worth.

        Shares, counts, rates and net scores have one, and sums of money, which are worth themselves.
        """
        affected = beyond_normal(anomaly, anomaly.unit)
        if affected < 1:
            return ""
        say = self.phrases
        window = say.duration(anomaly.window_s * 1000)
        impact = say.impact.format(affected=f"{affected:,.0f}", what=self._what(anomaly), window=window)
        return impact + self._money(anomaly, affected)

    def forecast(self, anomaly: Anomaly, others: Mapping[str, Anomaly]) -> str:
        """How many deadlines will be missed, where that is known, and else how many more events in the next hour.

        That is so if all stays as it was in the window; nothing for what recovers.
        """
        ahead = deadline_forecast(anomaly, others.values(), self.cohorts)
        if ahead is not None:
            numbers = {"open": ahead.open_cases, "missed": ahead.missed, "usual": ahead.usual}
            told = {name: f"{number:,.0f}" for name, number in numbers.items()}
            return self.phrases.due_soon.format(**told, what=self._what(anomaly))
        hourly = beyond_normal(anomaly, anomaly.unit) * 3_600 / max(anomaly.window_s, 1)
        if hourly < 1 or anomaly.state != "firing":
            return ""
        forecast = self.phrases.forecast.format(affected=f"{hourly:,.0f}", what=self._what(anomaly))
        return forecast + self._money(anomaly, hourly)

    def action(self, anomaly: Anomaly) -> str:
        """What the front line does about it, as the catalogue says; nothing where it is for the better."""
        guide = self.guides.get(anomaly.metric)
        what = None if guide is None else guide.filled(anomaly, self.phrases.amount, self.where)
        return "" if what is None else fill(self.phrases.action, what=what)

    def staffing(self, anomaly: Anomaly, others: Mapping[str, Anomaly]) -> Iterator[str]:
        """What a queue needs, what will be needed, and which queues have agents to spare: to suggest a move."""
        need = staffing_of(anomaly, others.values())
        if need is None:
            return
        say = self.phrases
        told = sentence(need, say.staffing, say.agents_missing, queue="{queue}", lasts=say.duration)
        yield fill(told, queue=Name(need.queue))
        ahead = {"soon": need.needed_in_15_min, "later": need.needed_in_30_min}
        yield say.agents_ahead.format(**ahead)
        if need.spare:
            parts = [fill(say.spare, queue=Name(of.queue), count=str(of.agents)) for of in need.spare]
            yield fill(say.agents_to_spare, named=join(say.comma, parts))

    def contributors(self, anomaly: Anomaly) -> str:
        """The three largest, and what is left to all others; of what recovers or is over, when it was worst."""
        say = self.phrases
        named = [part for part in anomaly.contributors if part.share > 0 and part.scope != anomaly.scope]
        top = sorted(named, key=lambda part: -part.share)[:_MOST_CONTRIBUTORS]
        parts = [fill(say.contributor, where=self.where(c.scope), share=f"{min(c.share, 1.0):.0%}") for c in top]
        if not parts:
            return ""
        left = sum(part.share for part in anomaly.contributors) - sum(part.share for part in top)
        if left >= _TOLD:
            parts.append(fill(say.others, share=f"{left:.0%}"))
        whose = say.contributors if anomaly.state == "firing" else say.contributors_then
        return fill(whose, named=join(say.comma, parts))

    def cause(self, anomaly: Anomaly, others: Mapping[str, Anomaly]) -> str:
        if anomaly.caused_by is None:
            return ""
        return fill(self.phrases.cause, named=self._name(anomaly.caused_by, others))

    def symptoms(self, anomaly: Anomaly, others: Mapping[str, Anomaly]) -> str:
        named = join(self.phrases.semicolon, (self._name(fingerprint, others) for fingerprint in anomaly.cause_of))
        return fill(self.phrases.symptoms, named=named) if named else ""

    def also(self, inhibited: Sequence[Anomaly]) -> str:
        """What is open beside it and not sent by itself."""
        named: list[str] = [self.headline(anomaly) for anomaly in inhibited[:_MOST_ALSO]]
        more = len(inhibited) - _MOST_ALSO
        if more > 0:
            named.append(self.phrases.more.format(count=more))
        return fill(self.phrases.also, named=join(self.phrases.semicolon, named)) if named else ""

    def links(self, anomaly: Anomaly, *, acts: bool = True) -> tuple[Link, ...]:
        """Board, runbook, and, where it `acts`, the page that asks whether to ack, snooze or silence."""
        say = self.phrases
        page = f"{self.page_url.rstrip('/')}/anomalies/{quote(anomaly.fingerprint)}" if self.page_url and acts else ""
        guide = self.guides.get(anomaly.metric)
        runbook = (guide.runbook_url if guide else "") or anomaly.runbook_url
        known = [(say.board, anomaly.board_url), (say.runbook, runbook)]
        known += [(say.acts[deed], f"{page}?do={deed}" if page else "") for deed in ("ack", "snooze", "silence")]
        return tuple(Link(label, url) for label, url in known if url)

    def _money(self, anomaly: Anomaly, events: float) -> str:
        if anomaly.unit == MONEY:
            return ""
        money = events * self.worth.each.get(anomaly.touchpoint, 0.0)
        if money < 1:
            return ""
        return self.phrases.worth.format(money=f"{money:,.0f}", currency=self.worth.currency)

    def _what(self, anomaly: Anomaly) -> str:
        if anomaly.unit == MONEY:
            return self.worth.currency or self.phrases.events["money"]
        return self.phrases.events.get(anomaly.touchpoint, self.phrases.events[""])

    def name(self, anomaly: Anomaly) -> str:
        return self.phrases.name.format(fingerprint=anomaly.fingerprint, incident=anomaly.incident)

    def lines(self, text: Text) -> tuple[str, ...]:
        """All but the title, links written out."""
        links = [self.phrases.link.format(label=link.label, url=link.url) for link in text.links]
        return (*text.facts, *links, *([text.name] if text.name else []))

    def digest(self, what: str) -> str:
        """The title of a digest."""
        return self.phrases.title.format(news=self.phrases.digest, headline=what)

    def _name(self, fingerprint: str, others: Mapping[str, Anomaly]) -> str:
        other = others.get(fingerprint)
        return self.headline(other) if other else fingerprint
