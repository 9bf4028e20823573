"""docs/metrics.md is what the catalogue says."""

from __future__ import annotations

from pathlib import Path

from streams.catalogue.load import load
from streams.catalogue.page import page

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_page_of_the_metrics_is_made_from_the_catalogue() -> None:
    assert (DOCS / "metrics.md").read_text(encoding="utf-8") == page(load()), (
        "run: pharos check --markdown > docs/metrics.md"
    )


def test_every_link_of_the_table_leads_to_a_heading() -> None:
    text = page(load())

    for metric in load().metrics:
        assert f"(#{metric.runbook})" in text
        assert f"\n## {metric.runbook.replace('-', ' ').capitalize()}\n" in text
