"""One English sentence about an anomaly: what, where, value against expectation, since when, what contributes most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.incidents.alert import State
from streams.records.figures import LEVEL_AT_RISK, LEVEL_LOST, amount, duration, preset_limit, where
from streams.records.impact import MONEY
from streams.records.instant import clock_time
from streams.records.staffing_words import sentence as in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from streams.incidents.alert import Alert
    from streams.records.verdicts import Contributor

_LEVELS = {LEVEL_AT_RISK, LEVEL_LOST}


def summarise(alert: Alert, attached: Sequence[str], zone: tzinfo) -> str:
    """Names no person, only scopes.

    `attached`: titles of other metrics that show the same bottleneck; `zone`: whose time is shown.
    """
    verdict = alert.verdict
    what = f"{alert.title} {where(alert.scope)}"
    if alert.state is State.RESOLVED:
        lasted = duration(max(alert.ended - alert.started, 0))
        seen = "now" if alert.clear_since else "last"  # it may end because nothing can be judged any more
        money = " in money" if alert.unit == MONEY else ""
        affected = f", about {alert.affected:,.0f}{money} affected" if round(alert.affected) else ""
        return (
            f"{what} is over after {lasted}: {seen} {amount(verdict.value, alert.unit)}, "
            f"expected {amount(verdict.expected, alert.unit)}, at worst {amount(alert.peak, alert.unit)}{affected}"
            f"{_mostly(alert.contributors, alert)}."
        )
    if verdict.reason in _LEVELS:
        return _level(alert, what, zone)
    moved = "rose" if alert.direction == "up" else "fell"
    verb = f"{moved} to" if alert.state is State.FIRING else "is recovering at"
    limit = preset_limit(verdict)
    against = f"expected {amount(verdict.expected, alert.unit)}"
    if limit is not None:
        against += f", limit {amount(limit, alert.unit)}"
    sentence = f"{what} {verb} {amount(verdict.value, alert.unit)} ({against}) since {clock_time(alert.started, zone)}"
    if verdict.staffing is not None and verdict.staffing.needed > verdict.staffing.staffed:
        sentence += f": {in_words(verdict.staffing)}"
    sentence += _mostly(verdict.contributors or alert.contributors, alert)
    if attached:
        sentence += f"; also {', '.join(attached)}"
    return sentence + "."


def _level(alert: Alert, what: str, zone: tzinfo) -> str:
    """Of a scorecard: what will be tonight or has become of yesterday, and where the level is lost."""
    verdict = alert.verdict
    limit = preset_limit(verdict)
    lost = f"level {verdict.level} is lost at {amount(verdict.expected if limit is None else limit, alert.unit)}"
    if verdict.reason == LEVEL_LOST:
        lost = lost.replace(" is lost at ", " was lost at ")
        return f"{what} is at {amount(verdict.value, alert.unit)}, {lost}, since {clock_time(alert.started, zone)}."
    moves = "rise" if verdict.direction == "up" else "fall"
    return f"{what} will {moves} to {amount(verdict.value, alert.unit)} tonight, {lost}."


def _mostly(contributors: Sequence[Contributor], alert: Alert) -> str:
    """The part that the most comes from; nothing where none is named."""
    named = [part for part in contributors if part.scope != alert.scope and part.share > 0]
    if not named:
        return ""
    top = max(named, key=lambda part: part.share)
    return f", {min(top.share, 1.0):.0%} of it {where(top.scope)}"
