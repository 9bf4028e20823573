"""Topic feedback."""

from __future__ import annotations

from streams.events.fields import Data, Dimension, Event, Score


class Feedback(Data):
    """What is known of an opinion. `kind` is nps, csat or ces."""

    feedback_id: str
    order_id: str | None = None
    kind: Dimension = ""
    channel: Dimension = ""
    platform: Dimension = ""
    store: Dimension = ""
    cause: Dimension = ""
    sentiment: Dimension = ""
    score: Score = None


class FeedbackEvent(Event):
    """What all events of the topic share."""

    data: Feedback


class SurveyAnswered(FeedbackEvent, tag="survey.answered"):
    """A customer answered a survey."""


class ReviewPosted(FeedbackEvent, tag="review.posted"):
    """A customer reviewed a purchase."""


class MentionPosted(FeedbackEvent, tag="mention.posted"):
    """Somebody wrote about the shop elsewhere."""


EVENTS = (SurveyAnswered, ReviewPosted, MentionPosted)
