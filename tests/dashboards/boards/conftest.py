"""The plan that the shipped boards are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.boards.plan import Plan
from streams.catalogue.load import load
from streams.cli.rule_thresholds import thresholds_of
from streams.settings.settings import Settings


@pytest.fixture(scope="session")
def plan() -> Plan:
    """As `pharos boards build` makes it without any settings."""
    settings = Settings()
    catalogue = load()
    return Plan(catalogue, thresholds_of(settings, catalogue), timezone=settings.timezone)


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The folder of the built boards."""
    return Path(__file__).parents[3] / "deploy" / "grafana"
