"""Conditions and durations in words, for docs/metrics.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.catalogue.single_values import OWN_TIME

if TYPE_CHECKING:
    from streams.catalogue.single_values import Difference
    from streams.catalogue.term import Condition


def operand(condition: Condition, field: str) -> str:
    """What a condition at a field tests."""
    difference = condition.difference(field)
    return field if difference is None else between(difference)


def between(difference: Difference) -> str:
    """A duration between two times."""
    start, to = ("the event" if time == OWN_TIME else time for time in (difference.start, difference.to))
    return f"the seconds from {start} to {to}"


def condition_words(condition: Condition) -> str:
    """What must hold of it."""
    texts = []
    if condition.equals is not None:
        texts.append(f"is {value_words(condition.equals)}")
    if condition.any_of:
        texts.append("is " + " or ".join(value_words(value) for value in condition.any_of))
    if condition.above is not None:
        texts.append(f"is above {condition.above:g}")
    if condition.at_most is not None:
        texts.append(f"is at most {condition.at_most:g}")
    if condition.present is not None:
        texts.append("is present" if condition.present else "is absent")
    return " and ".join(texts)


def value_words(value: str | float | None) -> str:
    """A value as people write it."""
    return "absent" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def duration(seconds: int) -> str:
    """In the largest unit that fits.

    >>> duration(86_400), duration(5_400), duration(10)
    ('1 d', '90 min', '10 s')
    """
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds % length == 0 and seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
