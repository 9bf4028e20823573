"""Where each request stands: a function of the records of pharos-actions, in bounded memory.

All records of an anomaly lie in one partition, so every worker reads its steps and decisions in the same order.
"""

from __future__ import annotations

import enum
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from streams.events.event_time import event_time_ms
from streams.records.action import ActionRecord  # noqa: TC001 - the struct needs the type
from streams.records.request import Decision, RequestStep, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

IN_ALL: Final = 5_000
_DECISIONS: Final = frozenset(decision.value for decision in Decision)


class Standing(enum.Enum):
    """What comes next for a request."""

    WAITING = "waiting"  # for somebody who approves or declines
    APPROVED = "approved"  # to be requested now
    DECLINED = "declined"  # to be settled now
    EXPIRED = "expired"  # as above: nobody decided in time
    REQUESTED = "requested"  # done, or to be posted to a webhook
    SETTLED = "settled"


class KnownRequest(msgspec.Struct):
    """What is known of one request: its steps in the order in which they were read, and the first decision."""

    fingerprint: str
    steps: list[RequestStep]
    decision: ActionRecord | None = None

    def step(self, stage: Stage) -> RequestStep | None:
        return next((step for step in self.steps if step.stage is stage), None)

    def standing(self, now: int) -> Standing:
        """At `now` (ms, the clock of people)."""
        if self.step(Stage.SETTLED):
            return Standing.SETTLED
        if self.step(Stage.REQUESTED):
            return Standing.REQUESTED
        if self.decision is not None:
            return Standing.APPROVED if self.decision.action == Decision.APPROVE else Standing.DECLINED
        return Standing.EXPIRED if now > ends_at(self.steps[0]) else Standing.WAITING


class RequestLog:
    """Requests by their ids. Beyond `most` (`IN_ALL`) the one that was touched longest ago is forgotten."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._entries: dict[str, KnownRequest] = {}
        self._requests: dict[str, dict[str, None]] = {}  # by fingerprint: a board asks for each of its anomalies

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, request: str) -> bool:
        return request in self._entries

    def note(self, step: RequestStep) -> bool:
        """Takes a step; whether it is new."""
        entry = self._entries.pop(step.data.request, None) or KnownRequest(step.fingerprint, [])
        self._entries[step.data.request] = entry
        self._requests.setdefault(entry.fingerprint, {})[step.data.request] = None
        if entry.step(step.stage) is not None or entry.fingerprint != step.fingerprint:
            return False
        entry.steps.append(step)
        if step.stage is Stage.SETTLED:  # nobody needs what it was about any more
            entry.steps = [_without_details(known) for known in entry.steps]
        while len(self._entries) > (IN_ALL if self._most is None else self._most):
            self._drop(next(iter(self._entries)))
        return True

    def decide(self, taken: ActionRecord) -> bool:
        """Takes an approval, or a refusal, in time for a request that waits for one: the first counts."""
        entry = self._entries.get(taken.request or "")
        if entry is None or taken.action not in _DECISIONS or entry.fingerprint != taken.fingerprint:
            return False
        if entry.standing(taken.time) is not Standing.WAITING:
            return False
        entry.decision = taken
        return True

    def entry(self, request: str) -> KnownRequest | None:
        return self._entries.get(request)

    def newest(self, most: int) -> list[KnownRequest]:
        """Those that were touched last, the latest first."""
        return list(islice(reversed(self._entries.values()), most))

    def unfinished(self, now: int) -> Iterator[tuple[KnownRequest, Standing]]:
        """All for which something is still to be done, longest untouched first: a request without a webhook is done."""
        for entry in self._entries.values():
            standing = entry.standing(now)
            done = standing is Standing.REQUESTED and not entry.steps[-1].data.webhook
            if standing is not Standing.SETTLED and not done:
                yield entry, standing

    def of(self, fingerprint: str) -> list[RequestStep]:
        """The steps about an anomaly."""
        return [step for entry in self._about(fingerprint) for step in entry.steps]

    def waiting(self, fingerprint: str, now: int) -> Sequence[RequestStep]:
        """The proposals about an anomaly that somebody may decide on."""
        return [entry.steps[0] for entry in self._about(fingerprint) if entry.standing(now) is Standing.WAITING]

    def forget(self, fingerprint: str, resolved: int) -> None:
        """Drops what was asked for about an incident that ended at `resolved` (ms), and before it."""
        for entry in self._about(fingerprint):
            if entry.steps[0].time <= resolved:
                self._drop(entry.steps[0].data.request)

    def _about(self, fingerprint: str) -> list[KnownRequest]:
        return [self._entries[request] for request in self._requests.get(fingerprint, ())]

    def _drop(self, request: str) -> None:
        entry = self._entries.pop(request)
        about = self._requests[entry.fingerprint]
        del about[request]
        if not about:
            del self._requests[entry.fingerprint]


def ends_at(step: RequestStep) -> int:
    """Until when the step may be acted on, ms; an unreadable time is over."""
    return event_time_ms(step.data.until) or 0


def _without_details(step: RequestStep) -> RequestStep:
    events = step.data.events
    if events is not None and events.requests:
        events = msgspec.structs.replace(events, requests=[])
    data = msgspec.structs.replace(step.data, anomaly=None, events=events)
    return msgspec.structs.replace(step, data=data)
