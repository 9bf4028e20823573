"""Chains of people: who is notified next while nobody acknowledges."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.register.matcher import Matcher, all_match, labels_of, read_matchers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records.anomaly import Anomaly
    from streams.settings.settings import EscalationSettings

DEFAULT_AFTER_S = (300, 900)  # a second page, then the lead


class Step(NamedTuple):
    """Whom to notify, so many ms after people were notified first."""

    number: int
    after_ms: int
    receivers: tuple[str, ...]


class Chain(NamedTuple):
    """For what matches."""

    matchers: tuple[Matcher, ...]
    steps: tuple[Step, ...]


class Escalations:
    """The first chain that matches holds; there need not be one."""

    def __init__(self, chains: Iterable[Chain] = ()) -> None:
        self._chains = tuple(chains)

    @classmethod
    def of(cls, settings: Iterable[EscalationSettings]) -> Escalations:
        """Settings must have passed `streams.alerts.decide.escalation_rules`."""
        return cls(Chain(read_matchers(one.match), _steps(one)) for one in settings)

    def due(self, anomaly: Anomaly, since: int, now: int) -> tuple[Step, ...]:
        """Steps whose time has come by `now` if nobody has had the anomaly since `since` (ms), done or not."""
        labels = labels_of(anomaly)
        chain = next((chain for chain in self._chains if all_match(chain.matchers, labels)), None)
        return () if chain is None else tuple(step for step in chain.steps if since + step.after_ms <= now)


def _steps(settings: EscalationSettings) -> tuple[Step, ...]:
    return tuple(
        Step(number, 1_000 * (step.after_s or DEFAULT_AFTER_S[number - 1]), tuple(sorted(set(step.receivers))))
        for number, step in enumerate(settings.steps, 1)
    )
