"""Joins a new alert to the incident it belongs to, and the incident to its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.incidents.kinship import Kinship, cause_of, in_time, place, symptoms_of
from streams.records.anomaly import Why

if TYPE_CHECKING:
    from streams.incidents.alert import Alert
    from streams.incidents.book import AlertBook
    from streams.incidents.kinship import MetricCatalogue
    from streams.incidents.news import News
    from streams.incidents.policy import Policy


def join(newcomer: Alert, book: AlertBook, news: News, catalogue: MetricCatalogue, now: int, policy: Policy) -> Kinship:
    """Enters a new alert into the book, unless it is an echo.

    It opens an anomaly, or stands behind the one it is attached to; then the speaker of the two gets its cause, and
    those it explains get theirs.
    """
    everyone = book.alerts.values()
    kinship, other = place(newcomer, everyone, catalogue, now, policy)
    if kinship is Kinship.ECHO:
        return kinship
    _take_over(newcomer, book)
    book.alerts[newcomer.fingerprint] = newcomer
    speaker = newcomer
    if other is not None:
        newcomer.incident = other.incident
        if kinship in {Kinship.ATTACHED, Kinship.CROWD}:
            newcomer.host = other.fingerprint
            speaker = other
    if speaker is newcomer:
        news.note(newcomer, Why.OPENED)
    elif speaker.escalate(newcomer.severity):
        news.note(speaker, Why.ESCALATED)
    others = [alert for alert in everyone if alert is not speaker]
    cause = cause_of(newcomer, others, catalogue, now, policy)
    if cause is not None and speaker.caused_by is None and in_time(speaker, cause, catalogue, now, policy):
        _blame(speaker, cause, book, news)
    for symptom in symptoms_of(newcomer, everyone, catalogue, now, policy):
        _blame(symptom, speaker, book, news)
    return kinship


def _take_over(newcomer: Alert, book: AlertBook) -> None:
    """A cause that is back while its symptoms are still open continues their incident."""
    for alert in book.published():
        if alert.open and alert.caused_by == newcomer.fingerprint:
            newcomer.incident = alert.incident
            return


def _blame(symptom: Alert, suspect: Alert, book: AlertBook, news: News) -> None:
    """Marks a symptom, with all that hangs on it, unless that closes a circle.

    The incident keeps the id of whichever of the two was published first.
    """
    cause = book.root(suspect)
    if cause is symptom:
        return
    incident = min(cause, symptom, key=lambda alert: (alert.opened, news.is_new(alert))).incident
    joined = {cause.incident, symptom.incident}
    symptom.caused_by = cause.fingerprint
    news.note(symptom, Why.LINKED)
    news.note(cause, Why.LINKED)
    for alert in book.open_alerts():
        if alert.caused_by == symptom.fingerprint:
            alert.caused_by = cause.fingerprint
            news.note(alert, Why.LINKED)
        if alert.incident in joined and alert.incident != incident:
            alert.incident = incident
            news.note(alert, Why.LINKED)
