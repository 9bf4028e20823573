"""What docs/scorecards.md shows is run, and what it says of limits is so."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from detectors.judgement import Reason
from streams.catalogue.load import load
from streams.configuration.load import configure
from streams.configuration.name_rules import check_with_catalogue
from streams.merge.told_days import FIGURES_MS, MOST_PARTS
from streams.records.score import Score
from streams.scorecards import points
from streams.scorecards.levels import SURE
from streams.scorecards.scorer import TOLD_AGAIN_MS

PAGE = (Path(__file__).parents[2] / "docs" / "scorecards.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(yaml|python|json)\n(.*?)```", PAGE, re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [text for found, text in BLOCKS if found == kind]


def test_the_shipped_scorecards_are_taken_by_name(tmp_path: Path) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text(blocks("yaml")[0], encoding="utf-8")
    settings = configure(file, rules=check_with_catalogue)
    cards = load(settings.catalogue, settings.scorecards).scorecards

    assert [(card.name, card.example, card.of) for card in cards] == [
        ("shopee", True, "store"),
        ("lighthouse_example", True, ""),
    ]
    assert load().scorecards == ()


def test_a_scorecard_of_ones_own_is_taken_beside_the_shipped_catalogue(tmp_path: Path) -> None:
    file = tmp_path / "house.yaml"
    file.write_text(blocks("yaml")[1], encoding="utf-8")
    cards = load(None, (str(file),)).scorecards

    assert [(card.name, card.valid_from, len(card.indicators)) for card in cards] == [
        ("house", "2026-10-01", 2),
        ("house", "2026-11-01", 1),
    ]


@pytest.mark.parametrize("text", blocks("python"))
def test_the_examples_hold(text: str) -> None:
    exec(text, {})


def test_the_record_is_a_score() -> None:
    score = msgspec.json.decode(blocks("json")[0], type=Score)

    assert (score.key, score.missing[0].metric) == ("house|store=flagship", "refund_rate")


def test_the_reasons_and_numbers_are_those_of_the_code() -> None:
    told = set(re.findall(r"\| `(LEVEL_\w+)` \|", PAGE))

    assert told == {Reason.LEVEL_AT_RISK.name, Reason.LEVEL_LOST.name}
    assert f"with a chance of {SURE:.0%}".replace("%", " %") in PAGE
    assert f"at most {MOST_PARTS:,} parts" in PAGE
    assert (FIGURES_MS, TOLD_AGAIN_MS) == (300_000, 900_000)


def test_shopees_targets_are_kept_up_to_the_target_and_not_beyond() -> None:
    card = next(card for card in load(None, ("shopee",)).scorecards)

    kept = {"shipped_in_time": (0.951, 0.949), "orders_unfulfilled": (49.9, 50.1), "orders_cancelled": (24.9, 25.1)}
    kept |= {"refund_rate": (24.9, 25.1), "reply_rate": (0.70, 0.699), "preparation_time": (172_800, 172_801)}
    assert {
        one.metric: tuple(points.score(one, x) for x in kept[one.metric]) for one in card.indicators
    } == dict.fromkeys(kept, (1.0, 0.0))
