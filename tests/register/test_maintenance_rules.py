"""Maintenance windows and chains of escalation that cannot be meant are said with place and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.configuration.load import configure
from streams.settings.secrets import ConfigurationError
from streams.settings.settings import EscalationSettings, StepSettings

if TYPE_CHECKING:
    from pathlib import Path

RECEIVERS = "receivers: [{name: duty, kind: console}, {name: lead, kind: console}]\n"
ONCE = "begins: 2026-11-20T01:00:00+08:00, ends: 2026-11-20T05:00:00+08:00"


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "pharos.yaml"
    file.write_text(RECEIVERS + text)
    return file


@pytest.mark.parametrize(
    ("window", "place", "remedy"),
    [
        ("{name: move, match: [warehouse=hz1]}", "maintenance[0]", "either `begins` and `ends`, or"),
        (f"{{name: move, match: [warehouse=hz1], {ONCE}, opens: '01:00'}}", "maintenance[0]", "either"),
        (f"{{name: move, match: [], {ONCE}}}", "maintenance[0].match", "matches everything"),
        (f"{{name: move, match: [warehous=hz1], {ONCE}}}", "maintenance[0].match[0]", 'did you mean "warehouse"?'),
        (f"{{name: ' ', match: [warehouse=hz1], {ONCE}}}", "maintenance[0].name", "1 to 80 characters"),
        ("{name: move, match: [warehouse=hz1], begins: tomorrow, ends: later}", "maintenance[0].begins", "RFC 3339"),
        (
            "{name: m, match: [warehouse=h], begins: 2026-11-20T05:00:00Z, ends: 2026-11-20T01:00:00Z}",
            "maintenance[0].ends",
            "must be after `begins`",
        ),
        ("{name: move, match: [warehouse=hz1], opens: 01:00, closes: 1}", "maintenance[0]", "expected `str`"),
        ("{name: m, match: [warehouse=h], days: [son], opens: 01:00, closes: 02:00}", "days[0]", 'did you mean "sun"?'),
        (
            f"{{name: m, match: [warehouse=h], {ONCE}}}\n- {{name: m, match: [warehouse=i], {ONCE}}}",
            "maintenance[1].name",
            "choose another name",
        ),
    ],
)
def test_a_wrong_window_is_said_with_place_and_remedy(tmp_path: Path, window: str, place: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configure(written(tmp_path, f"maintenance:\n- {window}\n"))

    assert place in str(caught.value)
    assert remedy in str(caught.value)


@pytest.mark.parametrize(
    ("chain", "place", "remedy"),
    [
        ("{steps: []}", "escalations[0].steps", "at least one step"),
        ("{steps: [{receivers: []}]}", "steps[0].receivers", "name the receivers of this step"),
        ("{steps: [{receivers: [leed]}]}", "steps[0].receivers[0]", 'did you mean "lead"?'),
        (
            "{steps: [{receivers: [lead], after_s: 900}, {receivers: [duty], after_s: 900}]}",
            "steps[1].after_s",
            "above 900",
        ),
        ("{steps: [{receivers: [lead]}, {receivers: [lead]}, {receivers: [lead]}]}", "steps[2].after_s", "above 900"),
        ("{match: [regon=a], steps: [{receivers: [lead]}]}", "match[0]", 'did you mean "region"?'),
        ("{steps: [{receivers: [lead]}]}\n- {steps: [{receivers: [lead]}]}", "escalations[0]", "make it the last"),
    ],
)
def test_a_wrong_chain_is_said_with_place_and_remedy(tmp_path: Path, chain: str, place: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configure(written(tmp_path, f"escalations:\n- {chain}\n"))

    assert place in str(caught.value)
    assert remedy in str(caught.value)


def test_right_ones_are_taken(tmp_path: Path) -> None:
    settings = configure(
        written(
            tmp_path,
            "maintenance:\n"
            f"- {{name: move, match: [warehouse=hz1], {ONCE}}}\n"
            "- {name: nightly, match: ['metric=~page_.*'], days: [sun], opens: 23:00, closes: 02:00}\n"
            "escalations:\n- {match: [severity=critical], steps: [{receivers: [duty]}, {receivers: [lead]}]}\n",
        )
    )

    assert [window.name for window in settings.maintenance] == ["move", "nightly"]
    assert settings.escalations == (
        EscalationSettings((StepSettings(("duty",)), StepSettings(("lead",))), ("severity=critical",)),
    )


def test_news_must_not_wait_until_they_are_old(tmp_path: Path) -> None:
    assert configure(written(tmp_path, "group_wait_s: 900\n"))
    with pytest.raises(ConfigurationError, match="group_interval_s: must not be above 900: news would be old"):
        configure(written(tmp_path, "group_interval_s: 901\n"))


def test_a_negative_time_between_repeats_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="repeat_s: must not be below 0"):
        configure(written(tmp_path, "repeat_s: -1\n"))
