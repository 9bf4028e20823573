"""What rules on single events find in a run: how many events, of which owners, how many at once. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from streams.catalogue.single_events import Watched, owner_of
from streams.ingest.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.events.vocabulary import Vocabulary
    from streams.records.single_event import SingleEvent
    from streams.settings.settings import SingleEventRule

_MINUTE_MS = 60_000


class SingleEventTally:
    """Of all partitions.

    Args:
        rules: in the order of the settings.

    """

    def __init__(self, rules: Sequence[SingleEventRule], vocabulary: Vocabulary) -> None:
        self._rules = {rule.name: rule for rule in rules}
        self._watched = [Watched.of(rule) for rule in rules]
        self._vocabulary = vocabulary
        self._events: Counter[tuple[str, str]] = Counter()
        self._minutes: Counter[tuple[str, int]] = Counter()

    def selection(self, topic: str) -> Selection:
        """What finds the events of a partition of that topic."""
        return Selection(self._watched, self._vocabulary, topic)

    def take(self, events: Iterable[SingleEvent]) -> None:
        """What a flush found."""
        for event in events:
            self._events[event.rule, owner_of(self._rules[event.rule].owner, event.scope)] += 1
            self._minutes[event.rule, event.time // _MINUTE_MS] += 1

    def listed(self) -> list[dict[str, Any]]:
        """For report.json: each rule with its events by owner, the minute that had most, and minutes with a digest."""
        return [
            {
                "rule": rule.name,
                "events": sum(count for (name, _), count in self._events.items() if name == rule.name),
                "owners": {owner: count for (name, owner), count in self._events.items() if name == rule.name},
                "most_in_a_minute": max((n for (name, _), n in self._minutes.items() if name == rule.name), default=0),
                "digests": sum(n > rule.per_minute for (name, _), n in self._minutes.items() if name == rule.name),
            }
            for rule in self._rules.values()
        ]
