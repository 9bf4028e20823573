"""English and Chinese: the same keys, nothing left untranslated, and a word for all that the server can say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest

from dashboards.wallboard import pages
from detectors.judgement import Reason
from streams.alerts.words import phrases
from streams.catalogue.load import load
from streams.catalogue.metric import Metric, Severity, Touchpoint
from streams.events.dead_letter import Reason as DeadLetterReason
from streams.events.fields import Kind
from streams.events.vocabulary import SHIPPED
from streams.incidents.alert import State
from streams.journey.deadline import DeadlineState
from streams.journey.deadline_table import DEADLINES
from streams.journey.etas import Told
from streams.journey.legs import Leg
from streams.journey.reading import Stopped
from streams.journey.subject import SubjectKind
from streams.records.anomaly import Change, Why
from streams.settings.settings import SOURCE_TOPICS
from streams.web.journey import JourneyRefusal
from streams.web.security import Refusal
from streams.web.touchpoints import SourceCondition, TouchpointCondition

if TYPE_CHECKING:
    from collections.abc import Iterator

HAN = re.compile(r"[\u4e00-\u9fff]")
# Numbers, signs and what is written the same everywhere.
SAME = re.compile(r"[\s\d%/.,:()\u2014-]|\{\w+\}|API|JSON|JavaScript|P\d\d|NPS|CES|api/v1/anomalies")


def table(name: str) -> dict[str, Any]:
    """What a table exports: data only, so that it reads as JSON."""
    body = pages()[f"/{name}.js"][1].decode()
    code = "\n".join(line for line in body.splitlines() if not line.startswith("//"))
    assert code.startswith("export default {")
    found: dict[str, Any] = json.loads(code.removeprefix("export default ").strip().removesuffix(";"))
    return found


ENGLISH, CHINESE = table("english"), table("chinese")


def texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield path, node
        return
    for key, child in node.items():
        yield from texts(child, f"{path}.{key}")


def test_both_languages_have_the_same_keys() -> None:
    assert [path for path, _ in texts(ENGLISH)] == [path for path, _ in texts(CHINESE)]


def test_both_languages_fill_the_same_places() -> None:
    chinese = dict(texts(CHINESE))
    places = re.compile(r"\{(\w+)\}")

    assert {
        path for path, text in texts(ENGLISH) if set(places.findall(text)) != set(places.findall(chinese[path]))
    } == set()


def test_nothing_is_left_untranslated() -> None:
    english = dict(texts(ENGLISH))
    same = {path for path, text in texts(CHINESE) if text == english[path] and SAME.sub("", text)}
    without = {path for path, text in texts(CHINESE) if SAME.sub("", text) and not HAN.search(text)}

    assert same == set()
    assert without <= {".dates", ".comma", ".between", ".handOn"}
    assert [path for path, text in texts(ENGLISH) if HAN.search(text)] == []


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_there_is_a_word_for_all_that_the_server_can_say(language: dict[str, Any]) -> None:
    catalogue = load()
    dimensions = {name for metric in catalogue.metrics for scope in metric.scopes for name in scope}
    dimensions |= SHIPPED.all_dimensions
    units = set(get_args(get_type_hints(Metric)["unit"]))

    assert dimensions <= set(language["dimension"])
    assert units - {"ratio", "seconds"} <= set(language["unit"])
    assert set(get_args(Touchpoint)) == set(language["touchpoint"])
    assert {severity.value for severity in Severity} == set(language["severity"])
    assert {state.value for state in State} == set(language["anomalyState"])
    assert {condition.value for condition in TouchpointCondition} == set(language["state"])
    assert {condition.value for condition in SourceCondition} == set(language["feed"])
    assert {reason.name for reason in Reason} == set(language["reason"])
    assert {why.value for why in Why} | {change.value.rpartition(".")[2] for change in Change} <= set(
        language["happened"]
    )
    assert set(SOURCE_TOPICS) == set(language["topic"])
    assert {refusal.name.lower() for refusal in Refusal} <= set(language["refusal"])
    assert {reason.value for reason in DeadLetterReason} == set(language["deadLetterReason"])


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_there_is_a_word_for_all_that_a_journey_can_say(language: dict[str, Any]) -> None:
    kinds = (Kind.TEXT, Kind.CUSTOMER)
    types = set(SHIPPED.types)
    fields = {field for name in types for field, kind in SHIPPED.kinds[name].items() if kind not in kinds}

    assert types == set(language["journeyEvent"])
    assert fields <= set(language["journeyField"]) | set(language["dimension"])
    assert {rule.name for rule in DEADLINES} <= set(language["journeyDeadline"])
    assert {state.value for state in (*DeadlineState, *Told)} <= set(language["journeyState"])
    assert {leg.value for leg in Leg} == set(language["journeyLeg"])
    assert {kind.value for kind in SubjectKind} == set(language["journeyKind"]) == set(language["journeyName"])
    assert {stopped.name.lower() for stopped in Stopped} - {"complete"} == set(language["journeyStopped"])
    assert {refusal.name.lower() for refusal in JourneyRefusal} <= set(language["journeyRefusal"])


def test_messages_and_pages_call_the_dimensions_by_the_same_words() -> None:
    assert dict(phrases.CHINESE.dimensions) == CHINESE["dimension"]
    assert {name: word for name, word in ENGLISH["dimension"].items() if word.lower() != name.replace("_", " ")} == {}


def test_every_metric_has_a_title_in_both_languages() -> None:
    assert [
        metric.name for metric in load().metrics if not HAN.search(metric.title_zh) or HAN.search(metric.title)
    ] == []


def test_every_word_that_a_page_or_script_asks_for_is_there() -> None:
    asked: set[str] = set()
    for path, (_, body) in pages().items():
        text = body.decode()
        asked |= set(re.findall(r'data-(?:text|label)="(\w+)"', text))
        if path.endswith(".js"):
            asked |= set(re.findall(r"\btexts\.(?!js\b)(\w+)", text))

    assert asked <= set(ENGLISH)
    assert set(ENGLISH) <= asked
