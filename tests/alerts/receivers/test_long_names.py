"""However long names are: what matters is told first, whole, and within what the channel takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.alerts.receivers import alertmanager, pagerduty
from streams.alerts.words.bundle import bundle_of, together_of
from streams.alerts.words.fitting import shown, size
from streams.alerts.words.line import Line, Name, Title, fill
from streams.alerts.words.markup import slack_escaped, unmarked, widened
from streams.alerts.words.message import Titles, compose, maintenance_of
from streams.alerts.words.plain_text import plain
from streams.alerts.words.voice import Voice
from streams.records.anomaly import Change
from tests.support.renderings import RENDERINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification
    from streams.records.anomaly import Transition

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLES = Titles({"payment_success": "Payment success"}, {"payment_success": "支付成功率"})
LONG = "旗舰店" * 300
SAID = {
    "en": ("CRITICAL", "Payment success", "71.0%", "expected 97.0%"),
    "zh": ("严重", "支付成功率", "71.0%", "预期 97.0%"),
}
CHANNELS = [
    (kind, language)
    for kind in RENDERINGS
    for language in (("en",) if kind in ("console", "webhook") else ("en", "zh"))
]
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).flatmap(
    lambda text: st.integers(1, 400).map(lambda times: text * times)
)


def check(kind: str, language: str, told: Notification) -> None:
    rendering = RENDERINGS[kind](told, Voice(language, "https://board/", "告警"))
    for word in SAID[language]:
        assert word in rendering.headline, rendering.headline
        assert word in rendering.shown
    assert "https://board/" in rendering.shown
    if kind in ("dingtalk", "feishu", "apprise"):
        assert rendering.shown.count("Pharos · 告警") >= 1
    for what, (taken, most) in rendering.sizes.items():
        assert taken <= most, what


@settings(max_examples=15, deadline=None)
@given(scope=st.dictionaries(st.sampled_from(["store", "region", "payment_method"]), names, min_size=1), part=names)
def test_severity_title_value_and_expectation_come_first_whatever_names_are(
    transition: Callable[..., Transition], scope: dict[str, str], part: str
) -> None:
    other = transition(fingerprint="f2", scope={"store": part}).anomaly
    told = compose(transition(scope=scope, cause_of=["f2"]), TITLES, {"f2": other}, SHANGHAI)
    for kind, language in CHANNELS:
        check(kind, language, told)


@pytest.mark.parametrize(("kind", "language"), CHANNELS)
@pytest.mark.parametrize("change", [Change.OPENED, Change.UPDATED])
def test_a_name_of_thousands_of_bytes_is_cut_in_its_middle(
    transition: Callable[..., Transition], kind: str, language: str, change: Change
) -> None:
    told = compose(transition(change, scope={"store": f"杭州{LONG}西湖"}), TITLES, {}, SHANGHAI)
    check(kind, language, told)
    rendering = RENDERINGS[kind](told, Voice(language, "https://board/"))

    if kind not in ("console", "webhook"):
        assert re.search("杭州旗.*…(.*店)?西湖", rendering.headline), rendering.headline
        assert max(taken / most for taken, most in rendering.sizes.values()) < 1.01


@pytest.mark.parametrize(("kind", "language"), CHANNELS)
def test_each_line_of_a_digest_says_what_matters_of_its_anomaly(
    transition: Callable[..., Transition], kind: str, language: str
) -> None:
    told = [
        compose(transition(fingerprint=f"f{n}", name=f"t{n}", scope={"store": f"{n}{LONG}"}), TITLES, {}, SHANGHAI)
        for n in range(3)
    ]
    for digest in (bundle_of(told), together_of(told)):
        rendering = RENDERINGS[kind](digest, Voice(language, "https://board/"))
        assert rendering.shown.count(SAID[language][3]) >= 3, rendering.shown
        for what, (taken, most) in rendering.sizes.items():
            assert taken <= most, what


@pytest.mark.parametrize("kind", ["dingtalk", "wecom", "feishu", "slack", "email", "apprise"])
def test_a_window_of_maintenance_with_a_long_name_still_says_until_when(kind: str) -> None:
    told = maintenance_of("m1", LONG, [f"store={LONG}"], 0, 3_600_000, None, TITLES, SHANGHAI)
    rendering = RENDERINGS[kind](told, Voice("en", "https://board/"))

    assert "Maintenance begins: 旗舰店" in rendering.headline
    assert "until 1970-01-01 09:00:00 +08:00" in rendering.headline
    assert all(taken <= most for taken, most in rendering.sizes.values())


@pytest.mark.parametrize("escape", [plain, widened, slack_escaped, unmarked])
@given(name=names, title=st.text(max_size=200), most=st.integers(0, 300))
def test_what_is_shown_fits_and_what_fits_is_whole(
    escape: Callable[[str], str], name: str, title: str, most: int
) -> None:
    line = fill("[X] {title}: 1, expected 2 ({name})", title=Title(title), name=Name(name))
    text = shown(line, most, escape)

    assert size(text) <= most
    assert text == escape(line) if size(escape(line)) <= most else text != escape(line)
    assert most < 120 or len(escape(title)) > 30 or ": 1, expected 2 (" in text


def test_a_title_is_cut_only_where_cutting_names_does_not_help() -> None:
    line = fill("{title}: 1 ({name})", title=Title("t" * 100), name=Name("n" * 100))

    assert shown(line, 150).startswith("t" * 100 + ": 1 (nnn")
    assert shown(line, 100).startswith("t" * 35)
    assert shown(line, 100).endswith(": 1 (nnnnnn…nnnnn)")
    assert isinstance(line, Line)


STEERING = "a\x1b[31m\r\n\u202e\u2066\u200b\u2028\x85\ufeffb @all <!channel> <@all>"


@pytest.mark.parametrize(("kind", "language"), CHANNELS)
def test_no_name_steers_a_terminal_turns_text_round_or_breaks_a_line(
    transition: Callable[..., Transition], kind: str, language: str
) -> None:
    told = compose(transition(scope={"store": STEERING, STEERING: "x"}, metric=STEERING), TITLES, {}, SHANGHAI)
    rendering = RENDERINGS[kind](told, Voice(language, "https://board/"))

    if kind != "webhook":  # a system gets the names as they are, in JSON
        assert not re.search(
            "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", rendering.shown
        )
        assert "\n" not in rendering.headline
    if kind in ("dingtalk", "wecom", "apprise"):
        assert "＠all" in rendering.headline
        assert not re.search(r"@all|<!channel|<@", rendering.shown)
    if kind == "slack":
        assert not re.search(r"<[!@]", rendering.shown)


def test_pagerduty_and_alertmanager_get_clean_text_beside_the_summary_too(
    transition: Callable[..., Transition],
) -> None:
    hostile = transition(scope={"store": STEERING}, metric=STEERING, summary=STEERING)
    event = pagerduty.event_of(compose(hostile, TITLES, {}, SHANGHAI), Voice())
    alert = alertmanager.alert_of(hostile.anomaly, 0)

    for text in (event["payload"]["class"], *event["payload"]["custom_details"]["scope"].values()):
        assert text.isprintable()
    assert alert["annotations"]["summary"].isprintable()
    assert alert["labels"]["store"] == STEERING  # the identity stays as it is
