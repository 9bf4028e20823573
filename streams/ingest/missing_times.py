"""Contributions that are not made because the event lacks the time that they count for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.ingest.group import LACKS_TIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.ingest.group import Group
    from streams.ingest.plane import Plane

Counts = dict[tuple[str, str], int]


class MissingTimes:
    """Counts them by (event type, field), when a flush is made: the keys of the planes tell.

    Attributes:
        total: all that were counted.

    """

    def __init__(self, groups: Sequence[Group]) -> None:
        self.total: Counts = {}
        # A forecast lacks what its cohort lacks, which says so.
        told = [group.at != "time" and not group.added and group.measure.lead is None for group in groups]
        self._groups = {number: group for number, group in enumerate(groups) if told[number]}

    def count(self, planes: Iterable[Plane]) -> Counts:
        """Those in planes that were not counted before."""
        found: Counts = {}
        for plane in planes if self._groups else ():
            for key in [key for key in plane.amounts if key[0] in self._groups]:
                group = self._groups[key[0]]
                if LACKS_TIME in key[group.first_gate :]:
                    name = (group.event_type, group.at)
                    found[name] = found.get(name, 0) + plane.amounts[key]
        for name, amount in found.items():
            self.total[name] = self.total.get(name, 0) + amount
        return found
