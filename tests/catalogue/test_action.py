"""What the front line does, as the catalogue says it; words that nothing fills in are refused with their place."""

from __future__ import annotations

import pytest

from streams.catalogue.action import chosen
from streams.catalogue.load import load, parse
from streams.settings.located_yaml import LocatedError
from tests.catalogue.test_load import METRIC


def refused(action: str) -> LocatedError:
    with pytest.raises(LocatedError) as caught:
        parse(METRIC.replace("    scopes", f'    action: "{action}"\n    scopes'), "mine.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("action", "what"),
    [
        ("Call {queue}.", 'nothing fills in "{queue}"; known are expected, value, where'),
        ("Call [queue {queue}|them].", 'nothing fills in "{queue}"; known are count, expected, region, value, where'),
        ("Call the {count} buyers.", '"{count}" is not always known: write [... {count} ...|words without it]'),
        ("Call [them|region {region}].", '"{region}" is not always known'),
        ("Call [region {regoin}|them].", 'did you mean "region"?'),
        ("Call [region {region}.", "close them"),
        ("Call {where.", "close them"),
    ],
)
def test_words_that_nothing_fills_in_are_refused_with_their_place(action: str, what: str) -> None:
    error = refused(action)

    assert error.key == "metrics[0].action"
    assert (error.file, error.line) == ("mine.yaml", 15)
    assert what in error.what


def test_an_action_with_choices_is_taken_and_changes_no_hash() -> None:
    written = METRIC.replace("    scopes", '    action: "Call [region {region}|them] ({where})."\n    scopes')

    assert parse(written, "a").hash == parse(METRIC, "a").hash


def test_a_choice_needs_all_of_its_figures_and_leaves_no_double_space() -> None:
    action = "Close the [{count} |]cases [of {queue} in {region} |]first."

    assert chosen(action, {"count", "queue"}) == "Close the {count} cases first."
    assert chosen(action, ()) == "Close the cases first."


def test_every_metric_that_is_judged_says_in_both_languages_what_is_done() -> None:
    assert [metric.name for metric in load().judged if not (metric.action and metric.action_zh)] == []
