"""What the front line does about an anomaly, in one language, with the figures that are known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.words.line import Line, Name, fill
from streams.catalogue.action import COUNT, chosen
from streams.catalogue.metric import Direction
from streams.records.impact import MONEY, beyond_normal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streams.records.anomaly import Anomaly

_MOST_OF_IT = 0.5  # of the change: a part with less is not where somebody goes first


class Guide(NamedTuple):
    """Of one metric: the sentence, which direction it is for, and where more of it stands; empty where nowhere."""

    action: str
    bad: Direction
    runbook_url: str = ""

    def filled(
        self, anomaly: Anomaly, amount: Callable[[float, str], str], where: Callable[[Mapping[str, str]], Line]
    ) -> Line | None:
        """The sentence about this anomaly; None where it is over, recovers, or is a change for the better.

        Where most of a change comes from one part, that is where to go. `amount` and `where` say a value with its unit
        and a scope.
        """
        wrong = self.bad in (Direction.BOTH, anomaly.direction)
        if not self.action or anomaly.state != "firing" or not wrong:
            return None
        place = _place(anomaly)
        known: dict[str, str] = {name: Name(value) for name, value in place.items() if value}
        known |= {
            "where": where(place),
            "value": amount(anomaly.value, anomaly.unit),
            "expected": amount(anomaly.expected, anomaly.unit),
        }
        count = _count(anomaly)
        if count >= 1:
            known[COUNT] = f"{count:,.0f}"
        return fill(chosen(self.action, known), **known)


def _place(anomaly: Anomaly) -> dict[str, str]:
    """The scope of the anomaly, narrowed to the part that most of the change comes from."""
    parts = [part for part in anomaly.contributors if part.scope != anomaly.scope and part.share >= _MOST_OF_IT]
    largest = max(parts, key=lambda part: part.share, default=None)
    return dict(anomaly.scope) if largest is None else {**largest.scope, **anomaly.scope}


def _count(anomaly: Anomaly) -> float:
    """How many are affected since it began; of a forecast how many will be; 0 where that is not known."""
    if anomaly.unit == MONEY:
        return 0.0
    if anomaly.unit == "number":
        return anomaly.value
    return max(float(anomaly.affected), beyond_normal(anomaly, anomaly.unit))
