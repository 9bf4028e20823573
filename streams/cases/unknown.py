"""Events whose case is not known, by metric."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.metric import Component

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.case_roles import CaseLink, Role

    Asked = tuple[int, Role, int]
    Rows = NDArray[np.bool_]


class UnknownCases:
    """Counts events that need an earlier one of their case where none is found (`CaseLink.needs_earlier`).

    An event counts once for its metric: where terms of the denominator need one, by these, since the numerator's events
    are among them. It is known where any term of the same events finds one.

    Args:
        links: of a catalogue.

    Attributes:
        counts: by the number of the metric; of all metrics that can tell.

    """

    def __init__(self, links: Sequence[CaseLink]) -> None:
        asking = [link for link in links if link.needs_earlier]
        of_denominator = {link.metric for link in asking if link.component is Component.DENOMINATOR}
        self._asked: list[Asked | None] = [
            (link.metric, link.later, link.term.first_in_s)
            if link.needs_earlier and (link.component is Component.DENOMINATOR or link.metric not in of_denominator)
            else None
            for link in links
        ]
        self.counts: Counter[int] = Counter(dict.fromkeys((link.metric for link in asking), 0))

    def add(self, found: Iterable[tuple[int, Rows]]) -> None:
        """What the links of these places found, of events that were decided together."""
        known: dict[Asked, Rows] = {}
        for place, rows in found:
            if (asked := self._asked[place]) is not None:
                known[asked] = known[asked] | rows if asked in known else rows
        for (metric, _, _), rows in known.items():
            self.counts[metric] += int(np.count_nonzero(~rows))

    def restore(self, counts: Mapping[int, int]) -> None:
        """Goes on from counts of before; what can no longer tell is left behind."""
        for metric in self.counts:
            self.counts[metric] = counts.get(metric, 0)
