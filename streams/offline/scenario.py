"""What the first line of an events file sets: the settings of a shop that is not the one of the settings file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from streams.configuration.rules import check_settings
from streams.settings.errors import InputError
from streams.settings.limits import MOST_PARTITIONS
from streams.settings.located_yaml import dotted
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PARTITIONS = 4  # of a source topic of which nothing is said
_SET = ("evaluate_from", "timezone", "opening_hours", "holidays", "calendar")


class ScenarioError(InputError):
    """What a scenario sets cannot be meant: `file:1: scenario.key: what; what to do`."""


def given_by(scenario: Mapping[str, Any]) -> dict[str, Any]:
    """The settings among what the first line of an events file says."""
    return {name: scenario[name] for name in _SET if name in scenario}


def for_scenario(settings: Settings, scenario: Mapping[str, Any]) -> Settings:
    """Settings with what the first line of an events file sets: where and when it is, and what is planned.

    Time is that of the events. Unknown names are ignored. Raises msgspec.ValidationError for a value of a wrong type.
    """
    return msgspec.convert(msgspec.to_builtins(settings) | given_by(scenario) | {"time": "events"}, Settings)


def check_scenario(settings: Settings, scenario: Mapping[str, Any], file: str) -> None:
    """Raises ScenarioError for the first setting of a scenario that cannot be meant."""
    try:
        asked = for_scenario(settings, scenario)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$.")
        key = place.rstrip("`")
        raise ScenarioError(f"{file}:1: scenario.{key}: {what[:1].lower()}{what[1:]}; correct it") from None
    given = given_by(scenario)
    for fault in check_settings(asked):
        if fault.path[0] in given:
            raise ScenarioError(f"{file}:1: scenario.{dotted(fault.path)}: {fault.what}")


def partitions_of(scenario: Mapping[str, Any], topics: Iterable[str], asked: int | None, file: str) -> dict[str, int]:
    """How many partitions each source topic has: as asked for, else as recorded, else 4. Raises ScenarioError.

    >>> partitions_of({"partitions": {"orders": 12}}, ["orders", "visits"], None, "day.jsonl")
    {'orders': 12, 'visits': 4}
    """
    if asked is not None:
        return dict.fromkeys(topics, asked)
    recorded = scenario.get("partitions", {})
    counts = recorded.values() if isinstance(recorded, dict) else (None,)
    if not all(type(count) is int and 0 < count <= MOST_PARTITIONS for count in counts):
        what = f"is no object of topics and numbers from 1 to {MOST_PARTITIONS:,}; correct it, or set --partitions"
        raise ScenarioError(f"{file}:1: scenario.partitions: {what}")
    return {topic: recorded.get(topic, PARTITIONS) for topic in topics}
