"""Backtests of real data with the catalogues of docs/examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from streams.catalogue.load import Catalogue, load
from streams.merge.ticks import milliseconds
from streams.offline.backtest import Backtest
from streams.offline.events_file import read
from streams.offline.scenario import for_scenario
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.imports.imported import Imported
    from streams.records.anomaly import Anomaly

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "examples"


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., list[Anomaly]]:
    """Anomalies as they open between two moments, after a history: every judged day costs 8,640 ticks."""

    def backtest(
        imported: Imported, catalogue: str, history: str, judged_from: str, until: str, metrics: tuple[str, ...] = ()
    ) -> list[Anomaly]:
        """All metrics of the catalogue, or only those named."""
        known = load(EXAMPLES / catalogue)
        kept = tuple(metric for metric in known.metrics if not metrics or metric.name in metrics)
        imported.write(tmp_path / "events.jsonl")
        scenario, lines = read(tmp_path / "events.jsonl")
        scenario["evaluate_from"] = judged_from
        from_ms, end_ms = milliseconds(history), milliseconds(until)
        run = Backtest(Catalogue.of(kept, known.calendar), for_scenario(Settings(), scenario), partitions=1)
        for line in lines:
            if from_ms <= line.at_ms < end_ms:
                run.add(line)
        run.finish()
        return [transition.anomaly for transition in run.transitions if transition.why.value == "opened"]

    return backtest
