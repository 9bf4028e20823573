"""What a message says of a single event, or of the rest of a minute: the rule, the place, and never a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.alerts.words.line import Name, fill
from streams.alerts.words.message import notification_of
from streams.alerts.words.phrases import LANGUAGES
from streams.alerts.words.wording import Text
from streams.catalogue.metric import Severity
from streams.events.event_time import event_time_ms
from streams.records.instant import clock_time

if TYPE_CHECKING:
    from datetime import tzinfo

    from streams.alerts.words.message import Notification
    from streams.records.request import RequestStep

SINGLE_EVENT: Final = "pharos.notification.single_event"


class _Words(NamedTuple):
    """The words of one language; `one` and `many` for the number of events of a digest."""

    title: str
    one: str
    many: str
    place: str
    when: str


_WORDS: Final = {
    "en": _Words(
        title="{rule}: {event}",
        one="{rule}: 1 more event",
        many="{rule}: {count} more events",
        place="{name}: {value}",
        when="At {time}",
    ),
    "zh": _Words(
        title="{rule}：{event}",
        one="{rule}：另有 1 个事件",
        many="{rule}：另有 {count} 个事件",
        place="{name}：{value}",
        when="时间：{time}",
    ),
}


def about_events(step: RequestStep, zone: tzinfo) -> Notification:
    """The message for the owner, whose receiver or group is its lane. `step` is that of a rule on single events."""
    data, events = step.data, step.data.events
    owner, kind, count, scope = "", "", 1, {}
    if events is not None:
        owner, kind, count, scope = events.owner, events.type, events.count, events.scope
    happened = event_time_ms(data.detected_at) or step.time

    def text(language: str) -> Text:
        words, phrases = _WORDS[language], LANGUAGES[language]
        if kind:
            title = fill(words.title, rule=Name(data.rule), event=Name(kind))
        else:
            title = fill(words.one if count == 1 else words.many, rule=Name(data.rule), count=str(count))
        places = [
            fill(words.place, name=phrases.dimensions.get(name, name), value=Name(value))
            for name, value in scope.items()
        ]
        note = [fill("{note}", note=Name(data.note))] if data.note else []
        return Text(title, (*places, fill(words.when, time=clock_time(happened, zone)), *note))

    texts = {language: text(language) for language in LANGUAGES}
    message = notification_of(data.request, happened, SINGLE_EVENT, Severity.WARNING, (), texts)
    return message.for_lanes((owner,))
