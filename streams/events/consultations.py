"""Topic consultations."""

from __future__ import annotations

from streams.events.fields import Data, Dimension, Event, Flag, Seconds, Time, Whole


class Consultation(Data):
    """What is known of a consultation. `handled_by` is bot or human, `rating` 1 to 5."""

    consultation_id: str
    queue: Dimension = ""
    channel: Dimension = ""
    intent: Dimension = ""
    stage: Dimension = ""
    store: Dimension = ""
    region: Dimension = ""
    handled_by: str | None = None
    opened_at: Time = None
    waited: Seconds = None
    first: Seconds = None
    automatic: Flag = None
    transfers: Whole = None
    resolved: Flag = None
    rating: Whole = None
    order_id: str | None = None


class Queue(Data):
    """The state of a queue at one moment."""

    queue: str
    waiting: Whole = None
    oldest_wait: Seconds = None
    staffed: Whole = None
    available: Whole = None
    handle_time: Seconds = None


class ConsultationEvent(Event):
    """What all events of a consultation share."""

    data: Consultation


class ConsultationOpened(ConsultationEvent, tag="consultation.opened"):
    """A customer asks for a person or a bot."""


class ConsultationAnswered(ConsultationEvent, tag="consultation.answered"):
    """Somebody took the consultation, `waited` seconds after it was opened."""


class ConsultationReplied(ConsultationEvent, tag="consultation.replied"):
    """A reply was given."""


class ConsultationTransferred(ConsultationEvent, tag="consultation.transferred"):
    """The consultation moved to another queue."""


class ConsultationAbandoned(ConsultationEvent, tag="consultation.abandoned"):
    """The customer left, `waited` seconds after it was opened."""


class ConsultationClosed(ConsultationEvent, tag="consultation.closed"):
    """The consultation ended."""


class ConsultationRated(ConsultationEvent, tag="consultation.rated"):
    """The customer rated it."""


class QueueSnapshot(Event, tag="queue.snapshot"):
    """The state of a queue, sent at intervals."""

    data: Queue


EVENTS = (
    ConsultationOpened,
    ConsultationAnswered,
    ConsultationReplied,
    ConsultationTransferred,
    ConsultationAbandoned,
    ConsultationClosed,
    ConsultationRated,
    QueueSnapshot,
)
