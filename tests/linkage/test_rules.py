"""What must hold of rules of linkage, and where their secrets are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.cli import main
from streams.configuration.load import configure
from streams.linkage.rules import check_linkage
from streams.linkage.webhooks import way_of
from streams.settings.secrets import ConfigurationError
from streams.settings.settings import LinkageMatch, LinkageRule, LinkageWebhook

if TYPE_CHECKING:
    from pathlib import Path

HOOK = LinkageWebhook(url_env="HOOK_URL", secret_env="HOOK_SECRET")


@pytest.mark.parametrize(
    ("fields", "place", "said"),
    [
        ({"name": "a b"}, ("name",), "is a label"),
        ({"action": ""}, ("action",), "1 to 80"),
        ({"action": "ack"}, ("action",), "what people do"),
        ({"action": "approve"}, ("action",), "what people do"),
        ({"note": "a\nb"}, ("note",), "printable"),
        ({"valid_s": 0}, ("valid_s",), "above 0"),
        ({"valid_s": 90_000}, ("valid_s",), "a day"),
        ({"approval": "operator"}, ("approval",), "tokens_file"),
        ({"match": LinkageMatch(touchpoints=("ordr",))}, ("match", "touchpoints", 0), 'did you mean "order"'),
        ({"match": LinkageMatch(scope={"region": ()})}, ("match", "scope", "region"), '"*"'),
        ({"match": LinkageMatch(changes=())}, ("match", "changes"), "leave it out"),
        ({"webhook": LinkageWebhook(url_env="A")}, ("webhook",), "secret_env"),
        ({"webhook": LinkageWebhook("A", "B", "C")}, ("webhook", "url_file"), "keep one"),
    ],
)
def test_a_mistake_is_told_with_place_and_remedy(fields: dict[str, Any], place: tuple[Any, ...], said: str) -> None:
    faults = list(check_linkage([LinkageRule(**({"name": "r", "action": "act"} | fields))], tokens=False))

    assert [fault[:2] for fault in faults] == [(0, place)]
    assert said in faults[0][2]


def test_names_are_unique_and_a_good_rule_has_no_fault() -> None:
    good = LinkageRule("r", "act", approval="admin", webhook=HOOK)

    assert list(check_linkage([good], tokens=True)) == []
    assert [fault[1] for fault in check_linkage([good, good], tokens=True)] == [("name",)]


def test_a_file_of_settings_says_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text("linkage:\n  - name: r\n    action: act\n    match:\n      touchpoints: [ordr]\n")

    with pytest.raises(ConfigurationError, match=r"pharos.yaml:5:21.*did you mean"):
        configure(file)


def test_a_missing_secret_is_told_by_check_and_named_by_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text("linkage:\n  - {name: r, action: act, webhook: {url_env: HOOK_URL, secret_env: HOOK_SECRET}}\n")
    monkeypatch.setenv("HOOK_URL", "https://crm.example/act?key=confidential")
    first = main(["check", "--config", str(file)])
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    monkeypatch.setenv("HOOK_URL", "https://hooks.slack.com/services/T/B/confidential")
    chat = main(["check", "--config", str(file)])
    monkeypatch.setenv("HOOK_URL", "ftp://crm.example/confidential")
    second = main(["check", "--config", str(file)])
    said = capsys.readouterr().err

    assert (first, chat, second) == (2, 2, 2)
    assert "an address of slack is kept there, which takes no requests" in said
    assert "HOOK_SECRET is not set" in said
    assert "no http or https URL" in said
    assert "confidential" not in said
    assert "s3cret" not in said


def test_address_and_secret_come_from_the_environment() -> None:
    way = way_of(LinkageRule("r", "act"), HOOK, {"HOOK_URL": "https://crm.example/", "HOOK_SECRET": "s"})

    assert way == ("https://crm.example/", "s")
