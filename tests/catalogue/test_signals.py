"""The table of signals is all that is asked about a signal: a new one takes a row and a judge."""

from __future__ import annotations

import ast
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from dashboards.boards.description import described
from detectors.contributors import Contributions, of_count
from detectors.course import Course
from detectors.judgement import Judgement, Reason, nothing
from detectors.law import Law
from streams.catalogue.load import load, parse
from streams.catalogue.metric import Component, Metric
from streams.catalogue.page import page
from streams.catalogue.signals import SIGNALS, Traits
from streams.catalogue.term import Term
from streams.evaluation.judge import Finding
from streams.evaluation.judges import JUDGES
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.ingest.partition import IngestPartition
from streams.merge.partition import MergePartition
from streams.records.batch import RecordBatch
from streams.settings.located_yaml import LocatedError
from streams.settings.settings import Settings
from streams.web.merge_readings import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.evaluation.moment import CourseStep, Moment
    from streams.records.verdicts import Verdict

PROJECT = Path(__file__).parents[2]
START_MS = 1_794_326_400_000
MINUTE_MS = 60_000


class BurstJudge:
    """A toy: so many events as the minimum exposure are a burst, whatever is usual."""

    def __init__(self, metric: Metric) -> None:
        self._least = metric.minimum_exposure

    def learn(self, second_of_day: float, counts: Any, partner: Any, day: Any) -> None:
        """It learns nothing."""

    def grow(self, size: int) -> None:
        """It has no series of its own."""

    def largest_expected(self, window_s: int) -> float:
        return 0.0

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        for window_s in windows:
            events = moment.raw(Component.NUMERATOR, window_s)
            found = nothing(moment.size)
            found.value[:] = found.exposure[:] = events
            found.score[:] = np.where(events >= self._least, 2.0, 0.0)
            found.reason[:] = np.where(events >= self._least, Reason.SURGE, Reason.NORMAL)
            found.direction[:] = 1
            yield Finding(window_s, found)

    def in_unit(self, moment: Moment, judged: Judgement, windows: Any) -> Judgement:
        return judged

    def follow(self, moment: Moment, elapsed_s: float, calm: Any) -> None:
        """Nothing is followed."""

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        return None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        counts = moment.course(Component.NUMERATOR, series, step)
        return Course(counts, np.ones(len(counts)), rises=above)

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> Contributions:
        return of_count(*np.zeros((2, len(parts))))

    def to_bytes(self) -> bytes:
        return b"toy"

    def restore(self, payload: bytes) -> None:
        assert payload == b"toy"


CATALOGUE = """\
metrics:
  - id: T1
    name: order_bursts
    title: Bursts of orders
    touchpoint: order
    unit: number
    signal: bursts
    direction: up
    minimum_effect: 0.5
    minimum_exposure: 20
    windows: [60, 300]
    numerator:
      - {events: [order.created]}
    scopes: [[], [region]]
"""


@pytest.fixture
def bursts(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a new signal takes."""
    monkeypatch.setitem(SIGNALS, "bursts", Traits(units=("number",), law=Law.COUNT, words=("bursts of", "", "")))
    monkeypatch.setitem(JUDGES, "bursts", BurstJudge)


def orders(minute: int, count: int) -> RecordBatch:
    at_ms = START_MS + minute * MINUTE_MS
    events = [
        {
            "specversion": "1.0",
            "id": f"{minute}-{number}",
            "source": "/shop",
            "type": "order.created",
            "time": datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(),
            "data": {"order_id": f"{minute}-{number}", "region": "north"},
        }
        for number in range(count)
    ]
    offsets = range(minute * 1000, minute * 1000 + count)
    return RecordBatch("orders", 0, offsets, [at_ms] * count, [json.dumps(of).encode() for of in events], offsets.stop)


@pytest.mark.usefixtures("bursts")
def test_a_new_signal_takes_one_row_and_one_judge_from_the_catalogue_to_the_verdict() -> None:
    catalogue = parse(CATALOGUE, "toy.yaml")
    settings = Settings(cells_partitions=1)
    limits = {"dedup_records": 1000, "lateness_ms": 0, "late_limit_ms": 7_200_000, "future_limit_ms": 300_000}
    ingest = IngestPartition(catalogue, "orders", 0, **limits)

    def fresh() -> MergePartition:
        return MergePartition(catalogue, 0, {"orders": 1}, settings, lambda of: MetricEvaluator(of, settings))

    merge = fresh()
    verdicts: list[Verdict] = []
    for minute, count in enumerate((3, 3, 90, 3)):
        ingest.feed(orders(minute, count))
        merge.apply(ingest.take_flush(1).records[0])
        verdicts += [verdict for tick in merge.advance() for verdict in tick.verdicts]
    taken_over = fresh()
    *chunks, (_, manifest) = merge.snapshot(4)
    taken_over.restore(manifest, dict(chunks))

    assert {tuple(verdict.scope.items()) for verdict in verdicts} == {(), (("region", "north"),)}
    worst = max(verdicts, key=lambda verdict: verdict.value)
    assert (worst.metric, worst.score, worst.direction, worst.reason) == ("order_bursts", 2.0, "up", "SURGE")
    assert (worst.value, worst.good) == (90.0, False)
    assert [reading.value[0] for reading in judged(merge.readings())] == [90.0]
    assert "- bursts of: `order.created`" in page(catalogue)
    assert "Bursts of orders" in described(catalogue.metrics[0])


def test_a_signal_that_is_not_in_the_table_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(LocatedError, match=r'metrics\[0\]\.signal: "bursts" is not known here; known are cohort, coun'):
        parse(CATALOGUE, "toy.yaml")
    with pytest.raises(LocatedError, match='did you mean "count"'):
        parse(CATALOGUE.replace("bursts\n", "counts\n"), "toy.yaml")


def test_every_row_has_a_judge_and_every_judge_a_row() -> None:
    assert JUDGES.keys() == SIGNALS.keys()


def test_the_shipped_catalogue_uses_every_signal() -> None:
    assert {metric.signal for metric in load().metrics} == SIGNALS.keys()


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_row_names_keys_that_a_metric_or_a_term_has(signal: str) -> None:
    traits = SIGNALS[signal]
    keys = {*Metric.__struct_fields__, *Term.__struct_fields__}
    (unit,) = (field for field in msgspec.inspect.type_info(Metric).fields if field.name == "unit")

    assert traits.needs.keys() <= {"denominator", "exposure"}
    assert traits.takes <= keys
    assert not traits.takes & traits.needs.keys()
    assert set(traits.units) <= set(unit.type.values)
    assert "{" not in traits.formula.format_map(dict.fromkeys(keys, 0.5))


def _asks(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "signal" and ast.unparse(node.value) != "signal"


def names_compared(file: Path) -> Iterator[int]:
    """Lines that ask for the name of a signal otherwise than in one of the two tables."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare | ast.Match | ast.Subscript | ast.Call | ast.Dict):
            parts = list(ast.iter_child_nodes(node))
            tables = {part.id for part in parts if isinstance(part, ast.Name)} & {"SIGNALS", "JUDGES"}
            if not tables and any(_asks(part) for part in parts):
                yield node.lineno


def test_who_treats_signals_differently_reads_a_trait_and_compares_no_names() -> None:
    files = [file for package in ("streams", "detectors", "dashboards") for file in (PROJECT / package).rglob("*.py")]

    assert not [f"{file.relative_to(PROJECT)}:{line}" for file in files for line in names_compared(file)]
