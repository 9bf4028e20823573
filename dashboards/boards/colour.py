"""Colours mean something, and mean the same on every board. They are never the only sign: texts say it as well."""

from __future__ import annotations

from typing import Final

from streams.catalogue.metric import Severity

GOOD: Final = "green"
NOTABLE: Final = "orange"
BAD: Final = "red"
VALUE: Final = "blue"
EXPECTED: Final = "#8e8e8e"
LAST_SALE: Final = "#b877d9"
BAND: Final = "#8e8e8e"
PROVISIONAL: Final = "light-blue"

OF_SEVERITY: Final = {Severity.CRITICAL: BAD, Severity.WARNING: NOTABLE, Severity.INFO: "light-blue"}
OF_TOUCHPOINT: Final = {
    "page": "light-blue",
    "consultation": "purple",
    "order": "blue",
    "logistics": "orange",
    "aftersale": "yellow",
    "dispute": "red",
    "feedback": "green",
    "pipeline": "#8e8e8e",
}
OF_OUTCOME: Final = {
    "counted": GOOD,
    "duplicate": "light-blue",
    "ignored": "#8e8e8e",
    "late": NOTABLE,
    "dead_letter": BAD,
    "delivered": GOOD,
    "retried": NOTABLE,
    "dropped": BAD,
    "rejected": BAD,
    "committed": GOOD,
}
