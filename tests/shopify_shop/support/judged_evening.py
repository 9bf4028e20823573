"""An evening of the shop of webhooks, judged with the settings of docs/tutorial-shopify.md."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

from streams.catalogue.load import load
from streams.configuration.load import configure
from streams.offline.backtest import Backtest
from streams.offline.events_file import record
from streams.offline.report import final_anomalies, score
from streams.offline.scenario import for_scenario
from streams.records.instant import rfc3339
from streams.topics.sources import sources_of
from streams.web.merge_readings import judged

if TYPE_CHECKING:
    from typing import Any

    from streams.settings.settings import Settings
    from tests.support.shopify_shop.shop import ShopifyShop

PROJECT = Path(__file__).parents[3]
PAGE = PROJECT / "docs" / "tutorial-shopify.md"


class Judged(NamedTuple):
    """What came of an evening.

    Attributes:
        report: as report.json has it.
        outcomes: records by outcome.
        values: the names of metrics whose whole had a value at the end.

    """

    report: dict[str, Any]
    outcomes: dict[str, int]
    values: set[str]


def settings_of_the_page(folder: Path) -> Settings:
    """As a user saves them, but with the place of the catalogue written out and without secrets, which nobody asks."""
    text = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    written = yaml.safe_load(text)
    written["catalogue"] = str(PROJECT / written["catalogue"])
    for mapping in written["mappings"].values():
        del mapping["signature"]
    file = folder / "pharos.yaml"
    file.write_text(yaml.safe_dump(written))
    return configure(file)


def judge(shop: ShopifyShop, settings: Settings) -> Judged:
    """A backtest, with a look at what the wall would show at its end."""
    settings = for_scenario(settings, shop.scenario)
    catalogue = load(settings.catalogue, settings.scorecards)
    topics = [source.name for source in sources_of(settings, catalogue.vocabulary)]
    run = Backtest(catalogue, settings, 2)
    lines = shop.lines()
    next(lines)
    for number, line in enumerate(lines, 2):
        run.add(record(line, number, "shop", topics=topics))
    run.finish()
    anomalies = final_anomalies(run.transitions)
    report = {"anomalies": anomalies} | score(anomalies, shop.truth, settings.evaluate_from, rfc3339(run.clock_ms))
    readings = [reading for merge in run._merges for reading in judged(merge.readings())]
    values = {
        reading.metric.name
        for reading in readings
        for scope, value in zip(reading.scopes, reading.value, strict=True)
        if scope == (0, ()) and math.isfinite(value)
    }
    return Judged(report, {outcome.value: count for outcome, count in run.outcomes().items()}, values)
