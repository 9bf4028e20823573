"""What goes wrong in a scenario and when, and what only looks like it: drawn from the seed, written down as truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from streams.simulate.faults import KINDS, Fault
from streams.simulate.rhythm import FIRST_PEAK, MIDNIGHT_MS, MINUTE_MS
from streams.simulate.shop import TINY_STORES
from streams.simulate.traps import Trap

if TYPE_CHECKING:
    import numpy as np

Window = tuple[int, int]  # minutes from midnight

# In each one thing may happen, or two of different touchpoints, with room for recovery before the next. None touches
# the first ten minutes of a peak, or the end of the first one.
FIRST: Window = (FIRST_PEAK - 27, FIRST_PEAK - 3)
WINDOWS: tuple[Window, ...] = (
    *((-199, -174), (-170, -145), (-141, -116), (-112, -87), (-83, -58), (-54, -28)),
    *((12, 38), (42, 66), (68, 93)),
)
BEFORE_MIDNIGHT = 6  # of the windows: ten times the peak of midnight would be more than the file should hold
ERRATIC: Window = (FIRST_PEAK - 26, -116)  # while couriers are still out
SEEN_AT_ONCE = ("payment", "coupon", "page", "checkout")  # one of these comes first
ALONE = "silent"
TENFOLD = 10.0
RESEND_MINUTES = 4  # so long it takes to send the hour again

QUIET: Window = (-315, -292)
PEAK: Window = (FIRST_PEAK - 1, FIRST_PEAK + 36)
MIDNIGHT: Window = (-1, 11)
NIGHT: Window = (97, 119)


@dataclass(frozen=True)
class Plan:
    """Everything out of the ordinary in one scenario."""

    faults: tuple[Fault, ...]
    traps: tuple[Trap, ...]
    resent_ms: int = 0  # how much the order system sends again

    def fault(self, kind: str) -> Fault | None:
        """The fault of a kind, if there is one."""
        return next((fault for fault in self.faults if fault.kind == kind), None)

    def trap(self, kind: str) -> Trap:
        """The trap of a kind. Raises StopIteration without one."""
        return next(trap for trap in self.traps if trap.kind == kind)

    def truth(self) -> list[dict[str, Any]]:
        """The list of truth.json, by start."""
        entries = [fault.truth() for fault in self.faults]
        entries += [entry for trap in self.traps for entry in trap.truth()]
        return sorted(entries, key=lambda entry: (entry["start"], entry["id"]))


def plan(rng: np.random.Generator, resent_ms: int) -> Plan:
    """Draw all kinds of faults, once each, and all traps of `double11`: what, where, how bad and when."""
    order = rng.permutation(len(WINDOWS)).tolist()
    busy = next(number for number in order if number < BEFORE_MIDNIGHT)
    order.remove(busy)
    again = order.pop()
    kinds = [kind for kind in KINDS if kind != "erratic"]
    first = SEEN_AT_ONCE[int(rng.integers(len(SEEN_AT_ONCE)))]
    kinds.remove(first)
    faults = [_fault(rng, first, FIRST), _fault(rng, "erratic", ERRATIC)]
    shared = _sharing(rng, [kinds[number] for number in rng.permutation(len(kinds))], len(order))
    for number, together in zip(order, shared, strict=True):
        faults += [_fault(rng, kind, WINDOWS[number]) for kind in together]
    begins = WINDOWS[again][0]
    resend = _span(rng, (begins, begins + 2 * RESEND_MINUTES), RESEND_MINUTES, RESEND_MINUTES)
    traps = (
        _trap("quiet", QUIET),
        _trap("peak", PEAK),
        _trap("midnight", MIDNIGHT),
        _trap("night", NIGHT),
        Trap("tenfold", *_span(rng, WINDOWS[busy], 15, 15)),
        Trap("resend", resend[0], resend[1] + 10 * MINUTE_MS),
        Trap("tiny_store", *_span(rng, (-190, 90), 10, 10), {"store": str(rng.choice(TINY_STORES))}),
    )
    return Plan(tuple(sorted(faults, key=lambda fault: fault.start_ms)), traps, resent_ms)


def _sharing(rng: np.random.Generator, kinds: list[str], windows: int) -> list[list[str]]:
    """The kinds, one to a window; those that are left over join one of another touchpoint. Silence stays alone."""
    alone, left = [[kind] for kind in kinds[:windows]], kinds[windows:]
    if ALONE in left:
        alone[0], left[left.index(ALONE)] = [ALONE], alone[0][0]
    for kind in left:
        hosts = [
            together
            for together in alone
            if len(together) == 1
            and together[0] != ALONE
            and KINDS[together[0]].touchpoint != KINDS[kind].touchpoint
            and {together[0], kind} != {"payment", "checkout"}  # a broken checkout loses orders, which look unpaid
        ]
        hosts[int(rng.integers(len(hosts)))].append(kind)
    return alone


def _fault(rng: np.random.Generator, kind: str, window: Window) -> Fault:
    drawn = KINDS[kind].draw(rng)
    return Fault(kind, drawn.target, *_span(rng, window, *KINDS[kind].minutes), drawn.size, drawn.regions)


def _trap(kind: str, window: Window) -> Trap:
    return Trap(kind, MIDNIGHT_MS + window[0] * MINUTE_MS, MIDNIGHT_MS + window[1] * MINUTE_MS)


def _span(rng: np.random.Generator, window: Window, shortest: int, longest: int) -> tuple[int, int]:
    """Start and end on whole seconds, inside a window of minutes from midnight."""
    room = (window[1] - window[0]) * 60
    length = int(rng.integers(min(shortest * 60, room), min(longest * 60, room) + 1))
    start = MIDNIGHT_MS + window[0] * MINUTE_MS + int(rng.integers(0, room - length + 1)) * 1000
    return start, start + length * 1000
