"""A run as OpenMetrics: the very lines of /metrics, minute by minute."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from streams.catalogue.load import Catalogue, load
from streams.offline.backtest import Played, play
from streams.offline.events_file import record
from streams.offline.minutes import MINUTE_MS, Minutes
from streams.offline.openmetrics import write_openmetrics
from streams.settings.settings import Settings
from streams.web.exposition import Exposition
from streams.web.merge_readings import judged
from tests.offline.support.payments import MINUTES, START, days_before, lines, payment

if TYPE_CHECKING:
    from streams.merge.partition import MergePartition

NAMES = ("payment_success", "orders_paid", "refund_requests", "events_received")
SCENARIO = {"evaluate_from": "2026-11-11T00:20:00Z"}
LINE = re.compile(r"(?P<sample>(?P<name>\w+)(?:\{.*\})? \S+) (?P<second>\d+)")


class Evening(msgspec.Struct):
    """A run, its OpenMetrics, and by second what /metrics showed of the catalogue, and of the pipeline."""

    played: Played
    text: str
    scraped: dict[int, set[str]]
    pipeline: dict[int, set[str]]


def samples(text: str) -> dict[int, set[str]]:
    """By second: the lines without their time."""
    found: dict[int, set[str]] = defaultdict(set)
    for line in text.splitlines():
        if not line.startswith("#"):
            match = LINE.fullmatch(line)
            assert match is not None, line
            assert match["sample"] not in found[int(match["second"])]
            found[int(match["second"])].add(match["sample"])
    return found


def written(played: Played, catalogue: Catalogue) -> str:
    out = io.BytesIO()
    assert played.run.minutes is not None
    write_openmetrics(out, played.run.minutes, played.run.transitions, catalogue.metrics)
    return out.getvalue().decode()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of(tuple(metric for metric in load().metrics if metric.name in NAMES))


@pytest.fixture(scope="module")
def evening(catalogue: Catalogue) -> Evening:
    scraped: dict[int, set[str]] = defaultdict(set)
    pipeline: dict[int, set[str]] = {}
    noting, counting = Minutes.judged, Minutes._note
    encode = choose_encoder("application/openmetrics-text;version=1.0.0")[0]

    def also_scraped(self: Minutes, merge: MergePartition, tick: int) -> None:
        noting(self, merge, tick)
        if tick % MINUTE_MS == 0:
            page = Exposition(CollectorRegistry(), lambda: judged(merge.readings()), list, catalogue.metrics)
            text = b"".join(page.render()[1]).decode()
            scraped[tick // 1000] |= {line for line in text.splitlines() if not line.startswith("#")}

    def also_encoded(self: Minutes, minute: int) -> None:
        counting(self, minute)
        live = CollectorRegistry()
        live.register(self._collector)
        text = encode(live).decode() + encode(self._registry).decode()
        pipeline[minute // 1000] = set(text.splitlines())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Minutes, "judged", also_scraped)
        patch.setattr(Minutes, "_note", also_encoded)
        records = chain(days_before(), lines())
        played = play(
            records, SCENARIO, Settings(), catalogue, partitions=2, progress=None, minutes=io.BytesIO(), truth=None
        )
    return Evening(played, written(played, catalogue), scraped, pipeline)


def test_every_minute_holds_the_very_lines_of_metrics(evening: Evening) -> None:
    own = ("pharos_records", "pharos_watermark", "pharos_cells", "pharos_series", "pharos_dead_letters")
    own += ("pharos_values_cut", "pharos_deadlines_expired", "pharos_anomaly_state")
    found = {
        second: {sample for sample in lines if not sample.startswith(own)}
        for second, lines in samples(evening.text).items()
    }

    assert len(found) == MINUTES - 20
    assert any("pharos_expected_lower{" in sample for sample in found[max(found)])
    assert found == evening.scraped


def test_the_parser_of_openmetrics_reads_families_of_ordered_series(evening: Evening) -> None:
    families = list(text_string_to_metric_families(evening.text))
    names = [family.name for family in families]

    assert len(names) == len(set(names))
    assert evening.text.endswith("# EOF\n")
    for family in families:
        times: dict[Any, list[float]] = defaultdict(list)
        for sample in family.samples:
            times[sample.name, tuple(sorted(sample.labels.items()))].append(float(sample.timestamp or 0))
        assert all(one == sorted(set(one)) for one in times.values())


def test_the_pipeline_is_told_in_the_very_lines_of_the_live_encoder(evening: Evening) -> None:
    own = ("pharos_cells", "pharos_records", "pharos_dead_letters", "pharos_watermark", "pharos_series")
    told = {
        second: {sample for sample in lines if sample.startswith(own)}
        for second, lines in samples(evening.text).items()
    }
    heads = {
        line for line in evening.text.splitlines() if line.startswith(("# HELP pharos_rec", "# TYPE pharos_cells"))
    }

    assert min(map(len, told.values())) > 40
    assert all(lines <= evening.pipeline[second] for second, lines in told.items())
    assert heads
    assert heads <= evening.pipeline[max(told)]


def test_an_anomaly_is_there_from_its_detection_to_its_end(evening: Evening) -> None:
    anomaly = next(a for a in evening.played.report["anomalies"] if a["metric"] == "payment_success")
    labels = f'metric="payment_success",severity="{anomaly["severity"]}"'
    seconds = [second for second, lines in samples(evening.text).items() if any(labels in line for line in lines)]
    detected = int(anomaly_ms(anomaly["detected_at"]) // 1000)

    assert detected <= min(seconds) < detected + 60
    assert seconds == list(range(min(seconds), max(samples(evening.text)) + 1, 60))


def anomaly_ms(text: str) -> float:
    return 1000 * msgspec.convert(text, type=type(START)).timestamp()


def test_records_are_counted_by_outcome_and_only_ever_grow(evening: Evening) -> None:
    counted = 'pharos_records_total{outcome="counted",topic="orders"} '
    numbers = [
        float(sample.rpartition(" ")[2])
        for _, lines in sorted(samples(evening.text).items())
        for sample in lines
        if sample.startswith(counted)
    ]

    assert len(numbers) == MINUTES - 20
    assert numbers == sorted(numbers)
    assert numbers[0] < numbers[-1] <= evening.played.report["events_counted"]


def test_nothing_of_the_wall_clock_is_written(evening: Evening) -> None:
    assert "_created" not in evening.text
    assert "process_" not in evening.text


def test_an_hour_without_events_repeats_what_was_said_last(catalogue: Catalogue) -> None:
    events = [payment(1, START, ok=True), payment(2, START.replace(hour=5, minute=7), ok=True)]
    records = [
        record(msgspec.json.encode({"topic": "orders", "event": event}), number, "test")
        for number, event in enumerate(events, 1)
    ]
    played = play(
        records, {"evaluate_from": "2026-11-11T00:00:00Z"}, Settings(), catalogue, progress=None, minutes=io.BytesIO()
    )
    seconds = list(samples(written(played, catalogue)))
    assert played.run.minutes is not None
    frames = played.run.minutes.frames.span("orders_paid", 0, 1).minutes.tolist()

    assert sorted(seconds) == list(range(min(seconds), max(seconds) + 1, 60))
    assert frames == list(range(frames[0], frames[-1] + 1, MINUTE_MS))
    assert max(seconds) - min(seconds) > 4 * 3600
