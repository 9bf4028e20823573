"""Where each request about single events stands, how many a rule has made in a minute, and which events are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.register.requests import RequestLog

if TYPE_CHECKING:
    from streams.records.request import RequestStep

MINUTE_MS: Final = 60_000
IN_ALL: Final = 10_000
MOST_MEMBERS: Final = 200_000  # events of digests; 20 rules make that many in 20 minutes, and older events are stale
_MOST_MINUTES: Final = 10_000


class Made(NamedTuple):
    """What a rule asked for in one minute: about single events, and about the rest of a minute."""

    messages: int = 0
    digests: int = 0


class SingleEventLog(RequestLog):
    """As its base, beside it: an event is known where it was asked about by itself or as one of a digest."""

    def __init__(self) -> None:
        super().__init__(IN_ALL)
        self._members: dict[str, str] = {}  # event by event the digest that it is in
        self._made: dict[tuple[str, int], Made] = {}

    def __contains__(self, request: str) -> bool:
        return request in self._entries or request in self._members

    def note(self, step: RequestStep) -> bool:
        """Takes a step; whether it is new."""
        events, request = step.data.events, step.data.request
        if events is None:
            return False
        is_first = request not in self._entries
        is_new = super().note(step)
        if is_first and is_new:
            minute = step.fingerprint, step.time // MINUTE_MS
            made = self._made.pop(minute, Made())
            is_digest = bool(events.requests)
            self._made[minute] = Made(made.messages + (not is_digest), made.digests + is_digest)
            self._members.update(dict.fromkeys(events.requests, request))
            self._trim()
        return is_new

    def made(self, thread: str, time: int) -> Made:
        """What the rule of a thread asked for in the minute of `time` (ms), as far as it is remembered."""
        return self._made.get((thread, time // MINUTE_MS), Made())

    def request_of(self, event: str) -> str:
        """The request that an event is part of: its own, or a digest's."""
        return self._members.get(event, event)

    def _trim(self) -> None:
        while len(self._members) > MOST_MEMBERS:
            del self._members[next(iter(self._members))]
        while len(self._made) > _MOST_MINUTES:
            del self._made[next(iter(self._made))]
