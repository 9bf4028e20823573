"""What docs/closed-loop.md tells to write is taken, and what it says of limits is so."""

from __future__ import annotations

import re
from pathlib import Path

import orjson

from streams.configuration.load import configure
from streams.configuration.name_rules import check_with_catalogue
from streams.linkage.clerk import MOST_OPEN
from streams.linkage.single_event_clerk import MOST_LISTED, Reception
from streams.linkage.single_event_rules import MOST_PER_MINUTE, MOST_RULES

PAGE = (Path(__file__).parents[2] / "docs" / "closed-loop.md").read_text(encoding="utf-8")


def test_the_settings_of_the_page_are_taken_by_the_shipped_catalogue(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "pharos.yaml"
    file.write_text(text)
    detractor, review = configure(file, rules=check_with_catalogue).on

    assert (detractor.name, detractor.owner.table["outlet"], detractor.message) == ("detractor", "outlet-desk", True)
    assert (review.events, review.per_minute, review.message) == (("review.posted",), 20, False)


def test_the_body_of_the_page_is_json_of_a_request_with_its_records() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    data = orjson.loads(text)["data"]

    assert data["request"] == data["records"][0]["request"]
    assert data["events"]["owner"] == data["records"][0]["owner"]


def test_the_outcomes_and_limits_of_the_page_are_those_of_the_code() -> None:
    told = set(re.findall(r"\| `(\w+)` \|$", PAGE, re.MULTILINE))

    assert told == {each.value for each in Reception if each is not Reception.NO_RULE}
    assert f"There may be {MOST_RULES} rules, which together ask {MOST_PER_MINUTE} times a minute" in PAGE
    assert f"the {MOST_LISTED + 1}st in one digest; with {MOST_OPEN:,} requests open" in PAGE
