"""The page of a run: one file, nothing from elsewhere, both languages, and data that cannot become markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files
from typing import Any

import pytest

from dashboards.rehearsal import page
from dashboards.rehearsal.bundle import bundled
from dashboards.wallboard import pages
from streams.offline.report import Assessment

STORY: dict[str, Any] = {"file": "</script><script>alert(1)</script>", "anomalies": [], "{style}": "\u2028\ud800"}
FOLDER = files("dashboards.rehearsal")
HAN = re.compile(r"[\u4e00-\u9fff]")


def words(language: str) -> dict[str, Any]:
    code = FOLDER.joinpath(f"run_{language}.js").read_text(encoding="utf-8")
    body = "\n".join(line for line in code.splitlines() if not line.startswith("//"))
    found: dict[str, Any] = json.loads(body.removeprefix("export default ").strip().removesuffix(";"))
    return found


def texts(node: Any, path: str = "") -> dict[str, str]:
    if isinstance(node, str):
        return {path: node}
    return {place: text for key, child in node.items() for place, text in texts(child, f"{path}.{key}").items()}


@pytest.fixture(scope="module")
def html() -> str:
    return page(STORY).decode()


def test_nothing_is_asked_of_another_host(html: str) -> None:
    style_and_markup = html.partition('id="story"')[0]

    assert re.findall(r"(?:src|href)=\"(?!data:)", html) == []
    assert "@import" not in html
    assert "url(" not in style_and_markup


def test_the_policy_allows_this_script_and_style_and_nothing_else(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    for kind, text in (
        ("script", html.rpartition('<script type="module">')[2].partition("</script>")[0]),
        ("style", html.partition("<style>")[2].partition("</style>")[0]),
    ):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]


def test_what_events_say_stays_data(html: str) -> None:
    data = html.partition('<script type="application/json" id="story">')[2].partition("</script>")[0]

    assert json.loads(data) == STORY
    assert html.count("<script") == 2


def test_no_script_writes_markup(html: str) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", html)


def test_both_languages_say_the_same_things() -> None:
    english, chinese = texts(words("english")), texts(words("chinese"))
    places = re.compile(r"\{(\w+)\}")

    assert list(english) == list(chinese)
    assert [
        key for key, text in english.items() if set(places.findall(text)) != set(places.findall(chinese[key]))
    ] == []
    assert [key for key, text in chinese.items() if not HAN.search(text)] == []
    assert [key for key, text in english.items() if HAN.search(text)] == []


def test_every_ruling_of_the_report_has_words() -> None:
    assert set(words("english")["ruling"]) == {finding.value for finding in Assessment}


def test_every_word_that_is_asked_for_is_there_and_every_word_is_asked_for() -> None:
    scripts = "".join(
        file.read_text(encoding="utf-8") for file in FOLDER.iterdir() if file.name.endswith((".js", ".html"))
    )
    asked = set(re.findall(r'\bwords\.(\w+)|data-word="(\w+)"', scripts))
    common = set(re.findall(r"\btexts\.(?!js\b)(\w+)", scripts))
    shared = json.loads(
        re.sub(r"^//.*$", "", pages()["/english.js"][1].decode(), flags=re.MULTILINE)
        .strip()
        .removeprefix("export default ")
        .removesuffix(";")
    )

    assert {one or other for one, other in asked} - {"js"} == set(words("english"))
    assert common <= set(shared)


def test_a_bundle_runs_modules_in_the_order_of_their_imports() -> None:
    modules = {
        "last": 'import { one as first } from "./middle.js";\nimport table from "./data.js";\nuse(first, table);',
        "middle": 'import table from "./data.js";\nexport const one = table.one;\nexport async function two() {}',
        "data": 'export default {"one": 1};',
        "unused": "never();",
    }
    script = bundled("last", modules)

    assert [line for line in script.splitlines() if line.startswith("const $")] == [
        "const $data = (() => {",
        "const $middle = (() => {",
        "const $last = (() => {",
    ]
    assert "const { one: first } = $middle;" in script
    assert "return { one, two };" in script
    assert "import" not in script
    assert "export" not in script


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="gone"):
        bundled("last", {"last": 'import { one } from "./gone.js";'})
