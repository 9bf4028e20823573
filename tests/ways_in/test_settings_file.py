"""A settings file or a catalogue, whatever stands in it, is taken or refused with place and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.catalogue.load import SHIPPED, parse
from streams.cli.errors import explain
from streams.configuration.load import configure
from streams.settings.core_yaml import DEEPEST
from streams.settings.errors import WRONG
from streams.settings.located_yaml import LocatedError
from streams.settings.secrets import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("port: !!python/object/apply:os.system [ls]\n", ":1:7: port: the tag !!python/object/apply:os.system"),
        ("port: !!int x\n", ":1:7: port: is no int; correct it"),
        ("lateness_s: !!float x\n", ":1:13: lateness_s: is no float"),
        ("transactions: !!bool maybe\n", "is no bool"),
        ("evaluate_from: !!timestamp noon\n", "the tag !!timestamp is not known here; remove it"),
        ("worth: !!set {order}\n", "the tag !!set"),
        ("port: !x 5\n", "the tag !x"),
        ("broker: &a [*a]\n", "refers to what it is in; write the values out"),
        ("worth: &a {order: *a}\n", "refers to what it is in"),
        (LAUGHS, "aliases may repeat too much: write them out"),
        ("x: &x {order: 1}\nworth: {<<: *x}\n", ":2:9: worth: mappings are not merged here; write the keys out"),
        ("? [a]\n: 1\n", "a key must be a word"),
        ("1: 2\n", "a key must be a word"),
        ('? "a\\0"\n: 1\n', "U+0000"),
        (f"port: {'9' * 5_000}\n", ":1:7: port: the number is too large"),
        (f"lateness_s: 1{'0' * 400}\n", "the number is too large"),
        ("flush_interval_s: 1e400\n", "the number is too large"),
        ("flush_interval_s: .inf\n", "expected `float`"),
        ("flush_interval_s: .nan\n", "expected `float`"),
        ("port:\t1\n", ":1:6: not YAML"),
        ("worth: " + "[" * 5_000, f":1:{len('worth: ') + DEEPEST}: not YAML: nested more than 50 deep"),
        ("{a: " * 2_000 + "1" + "}" * 2_000, "nested more than 50 deep"),
        ("\n".join(" " * depth + "a:" for depth in range(500)), ":50:50: not YAML: nested more than 50 deep"),
        ('currency: "\\ud800"\n', "must not hold the character U+D800"),
        ('catalogue: "a\\0b"\n', "must not hold the character U+0000"),
        ('currency: "\\UFFFFFFFF"\n', "not YAML"),
        (f"%YAML 1.{'9' * 5_000}\n---\nport: 1\n", "not YAML"),
        ("evaluate_from: 2026-11-11\n", "write RFC 3339 with an offset"),
        ("evaluate_from: 2026-11-11 00:00:00\n", "write RFC 3339 with an offset"),
        ("session_timeout_s: 1.0e+300\n", "must not be above 1,800"),
        ("cells_partitions: 1000000000\n", "must not be above 1,000"),
        ("source_partitions: {orders: 1000000000}\n", ":1:21: source_partitions.orders: must not be above 1,000"),
        ("replication_factor: 100000\n", "must not be above 100"),
        ("max_series: 99999999999\n", "must not be above"),
        ("late_limit_s: 9223372036854775807\n", "must not be above"),
        ("repeat_s: 9223372036854775807\n", "must not be above"),
        ("escalations: [{steps: [{receivers: [console], after_s: 9000000000000}]}]\n", "steps[0].after_s: must not be"),
        (
            "receivers: [{name: a, kind: console, timeout_s: 1.0e+200}]\n",
            "receivers[0].timeout_s: must not be above 300",
        ),
        ('page_url: "http://[::1"\n', "page_url: write the whole address"),
        ('board_url: "http://a:99999999"\n', "board_url: write the whole address"),
        ("port: 1\n---\nport: 2\n", ":2:1: not YAML"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_place_and_remedy(tmp_path: Path, text: str, what: str) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text(text)

    with pytest.raises(ConfigurationError) as caught:
        configure(file)

    assert str(caught.value).startswith(f"{file}:")
    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ("port: 1\n".encode("utf-16"), "is not UTF-8 text; save it as UTF-8"),
        ("currency: \xe9\n".encode("latin-1"), "is not UTF-8 text; save it as UTF-8"),
        ("port: 1\n".encode("utf-16-le"), "not YAML"),
        (b"port: 1\0\n", "not YAML"),
    ],
)
def test_an_encoding_that_is_not_utf_8_is_said(tmp_path: Path, raw: bytes, what: str) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_bytes(raw)

    with pytest.raises(ConfigurationError, match=what):
        configure(file)


@pytest.mark.parametrize(
    "raw", [b"\xef\xbb\xbfport: 7000\n", b"port: 7000\r\n", b"---\nport: 7000\n", b'port: !!int "7000"\n']
)
def test_what_editors_add_does_no_harm(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_bytes(raw)

    assert configure(file).port == 7000


def test_an_alias_that_is_used_a_few_times_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text("routes:\n- {match: &m [region=hz], receivers: [console]}\n- {match: *m, receivers: []}\n")

    assert [route.match for route in configure(file).routes] == [("region=hz",), ("region=hz",)]


def test_a_tilde_is_the_home_folder_in_file_variables_and_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "pharos.yaml").write_text(
        "state_dir: ~/state\nsecurity: {protocol: SSL, ca_file: ~/ca.pem}\n"
        "receivers: [{name: hook, kind: webhook, url_file: ~/url}, {name: c, kind: console}]\n"
    )

    settings = configure(None, {"PHAROS_CONFIG": "~/pharos.yaml", "PHAROS_TOKENS_FILE": "~nobody-of-this-name/t"})

    assert settings.state_dir == str(tmp_path / "state")
    assert settings.security.ca_file == str(tmp_path / "ca.pem")
    assert settings.receivers[0].url_file == str(tmp_path / "url")
    assert settings.tokens_file == "~nobody-of-this-name/t"


@pytest.mark.parametrize(
    "text",
    [
        "metrics: !!python/tuple [1]\n",
        "metrics: &a [*a]\n",
        f"metrics: [{{id: a, minimum_effect: {'9' * 5_000}}}]\n",
        "metrics: " + "[" * 10_000,
        'metrics: [{id: "\\ud800"}]\n',
        LAUGHS,
        "",
        "5",
        "metrics: 5\n",
        "metrics: [5]\n",
        "metrics: [{}]\ncalendar: 5\n",
    ],
)
def test_a_catalogue_that_cannot_be_meant_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(LocatedError) as caught:
        parse(text, "catalogue.yaml")

    assert str(caught.value).startswith("catalogue.yaml:")
    assert explain(caught.value)[0] == WRONG


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("plus_s: 259200", "plus_s: 9000000000000000000", "plus_s: must not be above 7,776,000"),
        ("within_s: 604800", "within_s: 9000000000000000000", "within_s: must not be above 7,776,000"),
        ("settle_s: 60", "settle_s: 9000000000000000000", "settle_s: must not be above 7,776,000"),
        ("minimum_exposure: ", "minimum_exposure: 1.0e+308 #", "minimum_exposure: must not be above 1,000,000,000"),
        ("bins: [", "bins: [0.5, 1.0e+308] # [", "bins: write durations between 0.001 and"),
    ],
)
def test_a_number_of_a_catalogue_that_makes_no_sense_is_refused(old: str, new: str, what: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text

    with pytest.raises(LocatedError) as caught:
        parse(text.replace(old, new, 1), "catalogue.yaml")

    assert what in str(caught.value)


def test_a_message_stays_readable_whatever_stands_in_the_file() -> None:
    sentence = explain(LocatedError("pharos.yaml", 1, 1, "k" * 100_000, "the key is given twice; remove one of them"))[
        1
    ]

    assert len(sentence) < 1_000
    assert sentence.startswith("pharos.yaml:1:1: kkk")
    assert sentence.endswith("the key is given twice; remove one of them")
