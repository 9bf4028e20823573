"""A case that is closed by an event which does not know when it was due is closed in the forecast, too."""

from __future__ import annotations

import json

from streams.cases.partition import CasesPartition
from streams.catalogue.load import load
from streams.ingest.partition import IngestPartition
from streams.records.batch import RecordBatch
from tests.support.leads import place_of

OPENED, KEPT, DUE = "2026-11-10T10:00:00+08:00", "2026-11-10T10:20:05+08:00", "2026-11-10T11:30:00+08:00"
OPENED_MS, KEPT_MS, DUE_MS = 1_794_276_000_000, 1_794_277_205_000, 1_794_281_400_000


def record(event_type: str, time: str, **data: str) -> bytes:
    body = {"specversion": "1.0", "id": f"{event_type}{time}", "source": "/desk", "type": event_type, "time": time}
    return json.dumps(body | {"data": {"promise_id": "p1", **data}}).encode()


def test_a_promise_kept_without_its_due_time_closes_it_where_it_was_opened() -> None:
    catalogue = load()
    key = catalogue.by_name["promise_due_soon"].key()
    ingest = IngestPartition(
        catalogue,
        "consultations",
        0,
        dedup_records=100,
        lateness_ms=30_000,
        late_limit_ms=7_200_000,
        future_limit_ms=300_000,
    )
    values = [
        record("promise.made", OPENED, due_at=DUE, kind="callback"),
        record("promise.kept", KEPT),
        record("promise.made", "2026-11-10T12:00:00+08:00"),  # moves the watermark on
    ]
    ingest.feed(RecordBatch("consultations", 0, range(3), [OPENED_MS, KEPT_MS, DUE_MS + 1_800_000], values, 3))
    flush = ingest.take_flush(1)
    cases = CasesPartition(catalogue, 0, {"consultations": 1})
    cases.apply(flush.cases[0])
    found = {
        (each.scopes[scope], component, slot): value
        for records in (flush.records, cases.take_cells(1, 0))
        for each in records[0].metrics
        if each.metric == key
        for scope, component, slot, value in zip(each.scope, each.component, each.slot, each.value, strict=True)
    }

    for scope in ((0, ()), (1, ("callback",))):
        assert found[scope, place_of(DUE_MS, OPENED_MS, 1), OPENED_MS // 10_000] == 1
        assert found[scope, place_of(DUE_MS, KEPT_MS, 0), KEPT_MS // 10_000] == 1
