"""The slow, obvious way to mark events of cases: one event at a time, with hashes as RFC 7693 has them."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.catalogue.case_roles import links_of, roles_of
from streams.cells.case_record import NO_VALUE
from tests.ingest.direct_computation import holds, ms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.catalogue.case_roles import Role
    from streams.catalogue.metric import Metric
    from streams.ingest.flush import Flush

KEY = b"a secret of this shop"


class Mark(NamedTuple):
    """As it leaves the ingest, and the partition that it goes to."""

    partition: int
    role: str
    case: int
    time: int
    scope: tuple[str, ...]
    value: int | None
    late: int


def direct_marks(
    metrics: Sequence[Metric], counted: Iterable[tuple[dict[str, Any], int, int]], partitions: int
) -> tuple[Counter[Mark], Counter[tuple[str, str]]]:
    """Marks of events that count, and how many events lack their case, by type and field."""
    found: Counter[Mark] = Counter()
    without: Counter[tuple[str, str]] = Counter()
    for event, time, late in counted:
        data = event["data"] | {"customer": hashed_customer(event["data"].get("customer"))}
        for role in roles_of(links_of(metrics)):
            if not any(
                event["type"] in events and all(holds(condition, field, data, time) for field, condition in where)
                for events, where in role.which
            ):
                continue
            if not data.get(role.by):
                without[event["type"], role.by] += 1
                continue
            case = hashed_case(role, data)
            scope = tuple(data.get(name) or "" for name in role.dimensions)
            found[Mark(case % partitions, role.key(), case, time, scope, value_of(role, data), late)] += 1
    return found, without


def marks_of(flushes: Iterable[Flush]) -> Counter[Mark]:
    """What flushes hold."""
    found: Counter[Mark] = Counter()
    for flush in flushes:
        for partition, record in flush.cases.items():
            for marks in record.marks:
                values = marks.value or [None] * len(marks.case)
                for case, time, scope, value, late in zip(
                    marks.case, marks.time, marks.scope, values, marks.late, strict=True
                ):
                    found[Mark(partition, marks.role, case, time, marks.scopes[scope], value, late)] += 1
    return found


def hashed_customer(name: str | None) -> str:
    if not name:
        return ""
    return blake2b(name.encode(), digest_size=16, key=KEY, person=b"pharos-customer").hexdigest()


def hashed_case(role: Role, data: dict[str, Any]) -> int:
    names = [f"{role.by}/{role.also}" if role.also else role.by, data[role.by]]
    names += [data.get(role.also) or ""] if role.also else []
    digest = blake2b("\0".join(names).encode(), digest_size=8, key=KEY, person=b"pharos-case").digest()
    return int.from_bytes(digest) // 4 or 1


def value_of(role: Role, data: dict[str, Any]) -> int | None:
    if not role.value:
        return None
    return NO_VALUE if data.get(role.value) is None else ms_of(data[role.value])
