"""Changes of one's own: what is wrong with them is said with the place and what to do."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest

from streams.catalogue.load import load
from streams.configuration.load import configure
from streams.configuration.name_rules import check_names
from streams.configuration.rules import check_settings
from streams.settings.secrets import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

AT = "at: 2026-11-05T10:00:00+08:00"


@pytest.mark.parametrize(
    ("entry", "place", "remedy"),
    [
        (f"{{name: '', {AT}, metrics: [pick_up]}}", "changes[0].name", "must not be empty"),
        ("{name: a, at: yesterday, metrics: [pick_up]}", "changes[0].at", "RFC 3339"),
        (f"{{name: a, {AT}, metrics: []}}", "changes[0].metrics", "name the metrics that should be better"),
        (f"{{name: a, {AT}, metrics: [pick_up], days: 15}}", "changes[0].days", "from 1 to 14"),
        (f"{{name: a, {AT}, metrics: [pickup]}}", "changes[0].metrics[0]", 'did you mean "pick_up"?'),
        (f"{{name: a, {AT}, metrics: [asa]}}", "changes[0].metrics[0]", "only ratios, cohorts and counts"),
        (
            f"{{name: a, {AT}, metrics: [pick_up]}}, {{name: a, {AT}, metrics: [pick_up]}}",
            "changes[1].name",
            "give each a name of its own",
        ),
    ],
)
def test_what_cannot_be_compared_is_said(tmp_path: Path, entry: str, place: str, remedy: str) -> None:
    file, catalogue = tmp_path / "pharos.yaml", load()
    file.write_text(f"changes: [{entry}]")

    with pytest.raises(ConfigurationError) as caught:
        configure(file, rules=lambda settings: chain(check_settings(settings), check_names(settings, catalogue)))

    assert "pharos.yaml:1:" in str(caught.value)
    assert place in str(caught.value)
    assert remedy in str(caught.value)
