"""What became of a record that somebody waits for."""

from __future__ import annotations

import enum


class Delivery(enum.StrEnum):
    """What became of a record, in a sentence for whoever sent it."""

    TAKEN = "The brokers have it."
    LATE = "The brokers did not confirm it in time, so it may or may not show up: look before trying again."
    REFUSED = "The brokers refused it: see the worker's log."
    TOO_LARGE = "The record is larger than its topic allows: send less at once."
    BUSY = "Too many records wait for the brokers: try again in a moment."
    CLOSED = "This worker is starting or ending: try again in a moment."
