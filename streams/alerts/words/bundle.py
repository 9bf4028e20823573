"""Several notifications in one: for a backlog, for one incident, and for what a receiver did not get one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.alerts.words.line import fill
from streams.alerts.words.message import DIGEST, NO_TITLES, Notification, Titles, notification_of
from streams.alerts.words.wording import Text, Wording
from streams.catalogue.metric import Severity
from streams.records.scope import digest as short_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from streams.records.anomaly import Anomaly


def bundle_of(notifications: Sequence[Notification]) -> Notification:
    """One notification for many that wait; of each anomaly it shows the newest. At least one is needed."""
    newest: dict[str, Notification] = {}
    for notification in notifications:
        subject = notification.anomalies[0].fingerprint if len(notification.anomalies) == 1 else notification.id
        newest.pop(subject, None)
        newest[subject] = notification
    anomalies = {anomaly.fingerprint: anomaly for one in notifications for anomaly in one.anomalies}
    count, about = len(notifications), len(anomalies)

    def text(language: str, say: Wording) -> Text:
        what = say.phrases.bundle[about != 1].format(count=count, anomalies=about)
        return Text(say.digest(what), tuple(one.text(language).title for one in newest.values()))

    return _digest(["bundle", *(one.id for one in notifications)], notifications, tuple(anomalies.values()), text)


def together_of(notifications: Sequence[Notification]) -> Notification:
    """News of one trouble in one message: the gravest in full, the rest by their titles. At least one is needed."""
    head = max(notifications, key=lambda one: one.critical)
    rest = [one for one in notifications if one is not head]
    anomalies = {anomaly.fingerprint: anomaly for one in notifications for anomaly in one.anomalies}

    def text(language: str, _: Wording) -> Text:
        full = head.text(language)
        return Text(full.title, (*(one.text(language).title for one in rest), *full.facts), full.links, full.name)

    together = _digest(["together", *(one.id for one in notifications)], notifications, tuple(anomalies.values()), text)
    return msgspec.structs.replace(together, parts=tuple(notifications))


def overflow_of(count: int, newest: Notification) -> Notification:
    """Says how many notifications a receiver did not get one by one; `newest` is the last of them."""

    def text(language: str, say: Wording) -> Text:
        last = fill(say.phrases.last, title=newest.text(language).title)
        return Text(
            say.digest(say.phrases.overflow[count > 1].format(count=count)), (last,), newest.text(language).links
        )

    return _digest(["overflow", count, newest.id], [newest], newest.anomalies, text)


def _digest(
    named: Iterable[object],
    of: Sequence[Notification],
    anomalies: tuple[Anomaly, ...],
    text: Callable[[str, Wording], Text],
) -> Notification:
    return notification_of(
        short_hash(list(named)),
        max(one.time for one in of),
        DIGEST,
        Severity.CRITICAL if any(one.critical for one in of) else Severity.WARNING,
        anomalies,
        {language: text(language, say) for language, say in Titles(NO_TITLES).wordings().items()},
    )
