"""Topic visits."""

from __future__ import annotations

from streams.events.fields import Data, Dimension, Event, Seconds


class Visit(Data):
    """What is known of a step of a visit."""

    session_id: str
    page: Dimension = ""
    step: Dimension = ""
    device: Dimension = ""
    channel: Dimension = ""
    region: Dimension = ""
    reason: Dimension = ""
    load_time: Seconds = None


class VisitEvent(Event):
    """What all events of the topic share."""

    data: Visit


class PageViewed(VisitEvent, tag="page.viewed"):
    """A page was shown."""


class PageFailed(VisitEvent, tag="page.failed"):
    """A page could not be shown; sent instead of page.viewed."""


class PageBack(VisitEvent, tag="page.back"):
    """The customer went back."""


class CheckoutStarted(VisitEvent, tag="checkout.started"):
    """A checkout began."""


class CheckoutStep(VisitEvent, tag="checkout.step"):
    """A checkout reached a step."""


class CheckoutFailed(VisitEvent, tag="checkout.failed"):
    """A checkout failed."""


class CheckoutCompleted(VisitEvent, tag="checkout.completed"):
    """A checkout ended in an order."""


EVENTS = (PageViewed, PageFailed, PageBack, CheckoutStarted, CheckoutStep, CheckoutFailed, CheckoutCompleted)
