"""What it costs that one event says something of another: `make bench-cases`.

At ingest for each event that is marked; in a partition of cases for each mark, with a million held by each memory,
beside a plain dict that is asked the same; and 30 million cases in four partitions, saved and restored.
"""

from __future__ import annotations

import gc
import statistics
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.table import goal, publish, table
from streams.cases.marks import Marks
from streams.cases.memory import Memory
from streams.cases.partition import CasesPartition
from streams.cases.run import Kept
from streams.cases.snapshot import CasesSnapshot
from streams.catalogue.case_roles import links_of, roles_of
from streams.catalogue.load import Catalogue, load
from streams.cells.case_record import CasesRecord, RoleMarks, decode, encode
from streams.cells.record import SLOT_MS
from streams.events.customer import CustomerKey
from streams.ingest.partition import IngestPartition
from streams.records.batch import RecordBatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.catalogue.case_roles import Role

    Ints = NDArray[np.int64]

NOON_MS = 1_794_312_000_000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
SLOTS = 12
RECORDS_A_SLOT = 10  # a source partition writes one a second
HELD, HELD_LARGE = 1_000_000, 30_000_000
PARTITIONS = 4
ROUNDS = 3
SCOPES = 40
BUSY = 100_000  # marks a slot of 10 s
CONTACTS, AT_ONCE = 20_000, 2_000
GOAL_MARKS, GOAL_RECOVERY_S = 100_000, 60
MIXES = {"repeat contacts": ("repeat_contacts",), "askers who buy": ("presale_conversion",), "all metrics": ()}
_SHORTENED = 2  # bits of 64 that a hash of a case lacks
_EVENT = (
    '{{"specversion":"1.0","id":"c{0}","source":"/crm","type":"consultation.opened","time":"2026-11-10T12:00:{1:02d}Z",'
    '"data":{{"consultation_id":"c{0}","queue":"q1","intent":"refund","region":"hunan","order_id":"TB{0}",'
    '"customer":"K{0}","stage":"presale"}}}}'
)


class Spent(NamedTuple):
    """CPU seconds, and over how many marks."""

    seconds: float
    marks: int

    @property
    def a_second(self) -> float:
        return self.marks / self.seconds


def only(*names: str) -> Catalogue:
    """The shipped metrics of these names; without names, all."""
    shipped = load()
    return Catalogue.of(tuple(shipped.by_name[name] for name in names)) if names else shipped


def without_cases() -> Catalogue:
    metrics = load().metrics
    follow = {metrics[link.metric].name for link in links_of(metrics)}
    return Catalogue.of(tuple(one for one in metrics if not {one.name, one.forecasts} & follow))


def ingest_us(catalogue: Catalogue) -> float:
    """CPU in us of a contact opened by a customer about an order, flushes and records of cases included."""
    ingest = IngestPartition(
        catalogue,
        "consultations",
        0,
        dedup_records=20_000,
        lateness_ms=30_000,
        late_limit_ms=7_200_000,
        future_limit_ms=300_000,
        customers=CustomerKey(b"a secret of this benchmark"),
    )
    events = [_EVENT.format(number, number * 60 // CONTACTS).encode() for number in range(CONTACTS)]
    begun = time.process_time()
    for first in range(0, CONTACTS, AT_ONCE):
        values = events[first : first + AT_ONCE]
        offsets, stamps = range(first, first + len(values)), [NOON_MS] * len(values)
        ingest.feed(RecordBatch("consultations", 0, offsets, stamps, values, first + len(values)))
        for record in ingest.take_flush(PARTITIONS).cases.values():
            encode(record)
    return (time.process_time() - begun) / CONTACTS * 1e6


def cases_of(rng: np.random.Generator, count: int, cases: int) -> Ints:
    """int64[count]: hashes, drawn from those of as many cases as there are."""
    mixed = rng.integers(1, cases, count).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(_SHORTENED)).astype(np.int64)


def slot_of(roles: Sequence[Role], rng: np.random.Generator, slot: int, marks: int) -> list[bytes]:
    """The records of a slot, as ingest writes them; half of the cases were there before."""
    each = max(1, marks // len(roles) // RECORDS_A_SLOT)
    length = SLOT_MS // RECORDS_A_SLOT
    written = []
    for part in range(RECORDS_A_SLOT):
        start = slot * SLOT_MS + part * length
        of_roles = []
        for role in roles:
            at = (start + rng.integers(0, length, each)).tolist()
            used, scope = np.unique(rng.integers(0, SCOPES, each), return_inverse=True)
            scopes = [tuple(f"{name}{place}" for name in role.dimensions) for place in used.tolist()]
            case, value = cases_of(rng, each, 2 * HELD).tolist(), at if role.value else []
            of_roles.append(RoleMarks(role.key(), scopes, scope.tolist(), case, at, [0] * each, value))
        written.append(encode(CasesRecord("consultations", 0, start + length, "", of_roles)))
    return written


def fill(partition: CasesPartition, rng: np.random.Generator, marks: int, cases: int) -> None:
    """Memories with `marks` each, as they stand after as long as they reach back."""
    for store in partition.stores:
        partition.roles[store.role.key()].names.numbers([("",) * len(store.role.dimensions)])
        hours = max(1, store.reach_ms // HOUR_MS)
        for hour in range(hours, 0, -1):
            case = cases_of(rng, marks // hours, cases)
            at = NOON_MS - hour * HOUR_MS + rng.integers(0, HOUR_MS, case.size)
            order, nothing = np.lexsort((at, case)), np.zeros(case.size, np.int64)
            store.memory.add(Marks(case[order], at[order], nothing, nothing), SLOT_MS)
            for _ in store.memory.go_on(NOON_MS - (hour - 1) * HOUR_MS, store.reach_ms + DAY_MS):
                pass


def applied(catalogue: Catalogue, marks: int, partitions: int = 1) -> Spent:
    """CPU of decoding, applying and deciding slots of so many marks over all partitions, and of taking their cells."""
    spent, done = 0.0, 0
    roles = roles_of(links_of(catalogue.metrics))
    for number in range(partitions):
        rng = np.random.default_rng(number)
        partition = CasesPartition(catalogue, number, {"consultations": 1})
        fill(partition, rng, HELD // partitions, HELD)
        first = NOON_MS // SLOT_MS
        slots = [slot_of(roles, rng, first + slot, marks // partitions) for slot in range(SLOTS)]
        done += sum(len(of_role.case) for records in slots for record in records for of_role in decode(record).marks)
        gc.collect()
        begun = time.process_time()
        for records in slots:
            for record in records:
                partition.apply(decode(record))
            partition.take_cells(PARTITIONS, 0)
        spent += time.process_time() - begun
    return Spent(spent, done)


def applied_by_dict(marks: int) -> Spent:
    """The same marks of repeat contacts: the newest of a case in a dict, and whether one came within a day before."""
    rng = np.random.default_rng(0)
    roles = roles_of(links_of(only("repeat_contacts").metrics))
    held = dict.fromkeys(cases_of(rng, HELD, HELD).tolist(), (NOON_MS - HOUR_MS, 0))
    slots = [slot_of(roles, rng, NOON_MS // SLOT_MS + slot, marks) for slot in range(SLOTS)]
    again = done = 0
    gc.collect()
    begun = time.process_time()
    for records in slots:
        for record in records:
            for of_role in decode(record).marks:
                done += len(of_role.case)
                for case, at, scope in zip(of_role.case, of_role.time, of_role.scope, strict=True):
                    before = held.get(case)
                    again += before is not None and at - before[0] <= DAY_MS
                    held[case] = (at, scope)
    return Spent(time.process_time() - begun, done)


class Saved(NamedTuple):
    """Bytes of memory of a mark and of a case in a dict; seconds of writing and of restoring all partitions in turn."""

    bytes_a_mark: float
    dict_bytes: float
    write_s: float
    size_mib: float
    restore_s: float


def saved() -> Saved:
    """30 million repeat contacts in four partitions, in one process."""
    catalogue = only("repeat_contacts")
    before = resident()
    partitions = [CasesPartition(catalogue, number, {"consultations": 1}) for number in range(PARTITIONS)]
    for number, partition in enumerate(partitions):
        fill(partition, np.random.default_rng(number), HELD_LARGE // PARTITIONS, 1 << 40)
    gc.collect()
    held = sum(len(store.memory) for partition in partitions for store in partition.stores)
    bytes_a_mark = (resident() - before) / held
    begun = time.perf_counter()
    written = [
        dict(CasesSnapshot(partition, catalogue.hash, PARTITIONS).write(7, full=True)) for partition in partitions
    ]
    write_s = time.perf_counter() - begun
    size = sum(len(chunk) for items in written for chunk in items.values())
    partitions.clear()
    begun = time.perf_counter()
    for number, items in enumerate(written):
        fresh = CasesPartition(catalogue, number, {"consultations": 1})
        CasesSnapshot(fresh, catalogue.hash, PARTITIONS).restore(items["manifest"], items)
        partitions.append(fresh)
    restore_s = time.perf_counter() - begun
    if sum(len(store.memory) for partition in partitions for store in partition.stores) != held:
        raise AssertionError("what was restored is not what was held")
    partitions.clear()
    written.clear()
    gc.collect()
    before = resident()
    plain = {case: (NOON_MS - number, number % SCOPES) for number, case in enumerate(range(1 << 40, (1 << 40) + HELD))}
    dict_bytes = (resident() - before) / len(plain)
    return Saved(bytes_a_mark, dict_bytes, write_s, size / (1 << 20), restore_s)


def day_joined_s(marks: int) -> tuple[float, float]:
    """Seconds in which the hours of a day that is over become one block, and those of its longest piece."""
    memory, rng = Memory(Kept()), np.random.default_rng(7)
    midnight = NOON_MS // DAY_MS * DAY_MS
    for hour in range(24):
        case = cases_of(rng, marks // 24, 1 << 40)
        at = midnight + hour * HOUR_MS + rng.integers(0, HOUR_MS, case.size)
        order, nothing = np.lexsort((at, case)), np.zeros(case.size, np.int64)
        memory.add(Marks(case[order], at[order], nothing, nothing), SLOT_MS)
    stops = [time.perf_counter()]
    stops += [time.perf_counter() for _ in memory.go_on(midnight + 2 * DAY_MS, 45 * DAY_MS)]
    stops += [time.perf_counter()]
    if [block.hours for block in memory.blocks.values()] != [24]:
        raise AssertionError("hours that did not become a day")
    return stops[-1] - stops[0], max(after - before for before, after in pairwise(stops))


def resident() -> int:
    """Bytes of memory that this process holds."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmRSS"))


def main() -> None:
    large = saved()
    ingest = [(ingest_us(without_cases()), ingest_us(only())) for _ in range(ROUNDS)]
    speeds = {
        (name, marks): [applied(only(*names), marks) for _ in range(ROUNDS)]
        for name, names in MIXES.items()
        for marks in (1_000, 10_000, BUSY)
    }
    by_dict = [applied_by_dict(10_000) for _ in range(ROUNDS)]
    shares = {number: [applied(only("repeat_contacts"), 40_000, number) for _ in range(ROUNDS)] for number in (1, 2, 4)}
    publish("cases", [*_ingest_table(ingest), "", *_speed_table(speeds, by_dict, shares), "", *_held_table(large)])


def _ingest_table(rounds: list[tuple[float, float]]) -> list[str]:
    rows = [
        ["all metrics without cases", *_spread([plain for plain, _ in rounds])],
        ["all metrics: marked for each role it has", *_spread([marked for _, marked in rounds])],
        ["ratio", *_spread([marked / plain for plain, marked in rounds])],
    ]
    return table(["CPU us of a contact opened, at ingest", "median", "range"], rows)


def _speed_table(
    speeds: dict[tuple[str, int], list[Spent]], by_dict: list[Spent], shares: dict[int, list[Spent]]
) -> list[str]:
    rows = [[f"{name}, {marks:,} marks a slot of 10 s", *_rates(spent)] for (name, marks), spent in speeds.items()]
    rows += [["repeat contacts by a plain dict, which keeps no order and writes no cells", *_rates(by_dict)]]
    rows += [
        [f"repeat contacts, 40,000 marks a slot over {number} partition{'s' * (number > 1)}", *_rates(spent)]
        for number, spent in shares.items()
    ]
    least = {
        marks: min(statistics.median(one.a_second for one in spent) for (_, of), spent in speeds.items() if of == marks)
        for marks in (10_000, BUSY)
    }
    met = "\n".join(
        goal(f"{GOAL_MARKS:,} marks a second and core, where {marks // 10:,} a second come", rate >= GOAL_MARKS)
        for marks, rate in least.items()
    )
    slots = [one.seconds / SLOTS * 1000 for one in speeds["all metrics", 1_000]]
    met += (
        f"\n- a slot in which every term of all metrics has something costs {statistics.median(slots):.0f} ms and more."
    )
    return [*table(["marks a second of CPU, 1 M held by each memory", "median", "range"], rows), "", met]


def _held_table(large: Saved) -> list[str]:
    joined_s, piece_s = day_joined_s(HELD_LARGE // PARTITIONS)
    rows = [
        ["bytes that a mark takes", f"{large.bytes_a_mark:.0f}"],
        ["bytes that a case takes in a plain dict", f"{large.dict_bytes:.0f}"],
        ["a full snapshot, written in", f"{large.write_s:.1f} s, {large.size_mib:,.0f} MiB"],
        ["restored in", f"{large.restore_s:.1f} s"],
        ["hours become a day, of 7.5 M marks of one partition, in", f"{joined_s:.1f} s"],
        ["and the longest piece of that, in which nothing else is done", f"{piece_s * 1000:.0f} ms"],
    ]
    met = goal(f"30 million restored in {GOAL_RECOVERY_S} s", large.restore_s < GOAL_RECOVERY_S)
    return [*table(["30 M repeat contacts in 4 partitions of one process", ""], rows), "", met]


def _rates(spent: list[Spent]) -> list[str]:
    rates = [one.a_second for one in spent]
    return [f"{statistics.median(rates):,.0f}", f"{min(rates):,.0f}-{max(rates):,.0f}"]


def _spread(times: list[float]) -> list[str]:
    return [f"{statistics.median(times):.1f}", f"{min(times):.1f}-{max(times):.1f}"]


if __name__ == "__main__":
    main()
