"""What the marks of a link add up to, event by event: slow, and short enough to be read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from streams.catalogue.case_roles import AFTER
from streams.cells.record import SLOT_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.catalogue.case_roles import CaseLink


class Mark(NamedTuple):
    """An event that was marked; sorted as they are decided."""

    time: int
    scope: tuple[str, ...]
    case: int
    role: str
    value: int = 0
    number: int = 0


def counted(link: CaseLink, marks: Sequence[Mark]) -> Counter[tuple[tuple[str, ...], int]]:  # noqa: C901 - a definition, in one piece
    """How many events count, by scope and slot."""
    term = link.term
    later = sorted(mark for mark in marks if mark.role == link.later.key())
    if term.first_in_s:
        later = fresh(later, term.first_in_s * 1000)
    earlier = [] if link.earlier is None else sorted(mark for mark in marks if mark.role == link.earlier.key())
    if term.after is not None and term.after.first_in_s:
        earlier = fresh(earlier, term.after.first_in_s * 1000)
    used: set[Mark] = set()
    found: Counter[tuple[tuple[str, ...], int]] = Counter()
    for place, mark in enumerate(later):
        hit = None
        if term.after is not None and link.earlier is not None:
            near = [one for one in seen_by(link, mark, earlier) if one not in used]
            hit = (near[0] if term.after.take == "first" else near[-1]) if near else None
            if (hit is None) != term.after.missing:
                continue
            if hit is not None and term.after.once:
                used.add(hit)
        if term.nth:
            before = [
                one for one in later[:place] if one.case == mark.case and one.time >= mark.time - term.reach_s * 1000
            ]
            if len(before) != term.nth - 1:
                continue
        if not all(holds(link, number, mark, hit) for number in range(len(link.comparisons))):
            continue
        base = hit.time if term.at == AFTER and hit is not None else mark.time
        counts_for = base + term.plus_s * 1000
        if term.no_later is not None and (mark.time <= counts_for) != term.no_later:
            continue
        scope = hit.scope if term.scope_of and hit is not None else mark.scope
        found[scope, counts_for // SLOT_MS] += term.weight
    return found


def is_nth(link: CaseLink, mark: Mark, before: Sequence[Mark]) -> bool:
    oldest = mark.time - link.term.reach_s * 1000
    return sum(one.case == mark.case and one.time >= oldest for one in before) == link.term.nth - 1


def fresh(marks: Sequence[Mark], first_in_ms: int) -> list[Mark]:
    """The first of each case, and then none for so long."""
    last: dict[int, int] = {}
    kept = []
    for mark in marks:
        if mark.case not in last or mark.time - last[mark.case] >= first_in_ms:
            last[mark.case] = mark.time
            kept.append(mark)
    return kept


def seen_by(link: CaseLink, mark: Mark, earlier: Sequence[Mark]) -> list[Mark]:
    """The earlier events of its case within reach."""
    after, role = link.term.after, link.earlier
    assert after is not None
    assert role is not None
    same = role.same_events(link.later)
    shared = bool(role.events & link.later.events) and not same
    return [
        one
        for one in earlier
        if one.case == mark.case
        and mark.time - after.reach_s * 1000 <= one.time <= mark.time
        and not (shared and one.time == mark.time)
        and not (same and one >= mark)
    ]


def holds(link: CaseLink, number: int, mark: Mark, hit: Mark | None) -> bool:
    comparison = link.comparisons[number]
    if hit is None:
        return False
    seconds = (mark.value - hit.value) / 1000
    seconds = seconds if comparison.since_earlier else -seconds
    above, at_most = comparison.condition.above, comparison.condition.at_most
    return (above is None or seconds > above) and (at_most is None or seconds <= at_most)
