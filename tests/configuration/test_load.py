"""Settings come from file, variables and flags, and a wrong one is said with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.configuration.load import configure, refuse_open_binding
from streams.settings.secrets import ConfigurationError, read_secret
from streams.settings.settings import OpeningHours, Settings

if TYPE_CHECKING:
    from pathlib import Path


def pharos_yaml(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "pharos.yaml"
    file.write_text(text)
    return file


def test_without_anything_the_defaults_hold() -> None:
    assert configure() == Settings()


def test_flags_win_over_variables_and_variables_over_the_file(tmp_path: Path) -> None:
    file = pharos_yaml(tmp_path, "port: 1\nbroker: a:1\nlateness_s: 40\n")

    settings = configure(file, {"PHAROS_PORT": "2", "PHAROS_BROKER": "b:2"}, {"port": 3, "host": None})

    assert (settings.port, settings.broker, settings.lateness_s, settings.host) == (3, "b:2", 40, "127.0.0.1")


def test_a_variable_names_the_file(tmp_path: Path) -> None:
    file = pharos_yaml(tmp_path, "port: 7000\n")

    assert configure(None, {"PHAROS_CONFIG": str(file)}).port == 7000


def test_variables_hold_lists_pairs_and_truth() -> None:
    settings = configure(
        environment={
            "PHAROS_ALLOWED_HOSTS": "a.example, b.example",
            "PHAROS_SOURCE_PARTITIONS": "orders=12, visits=3",
            "PHAROS_TRANSACTIONS": "false",
            "PHAROS_FLUSH_INTERVAL_S": "0.5",
        }
    )

    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.source_partitions == {"orders": 12, "visits": 3}
    assert settings.transactions is False
    assert settings.flush_interval_s == 0.5


def test_opening_hours_keep_their_clock_times(tmp_path: Path) -> None:
    file = pharos_yaml(tmp_path, "opening_hours:\n  - {days: [mon, sat], opens: 09:00, closes: 24:00}\n")

    assert configure(file).opening_hours == (OpeningHours(("mon", "sat"), "09:00", "24:00"),)


def test_a_moment_needs_no_quotes(tmp_path: Path) -> None:
    file = pharos_yaml(tmp_path, "evaluate_from: 2026-11-11T00:00:00+08:00\n")

    assert configure(file).evaluate_from == "2026-11-11T00:00:00+08:00"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("port: 6066\nbrokr: a:1\n", ":2:1: brokr", 'did you mean "broker"?'),
        ("port: many\n", ":1:1: port", "int"),
        ("port: 70000\n", ":1:1: port", "65535"),
        ("port: 1\nport: 2\n", ":2:1: port", "twice"),
        ("- 1\n", ":1:1", "key: value"),
        ("broker: [\n", ":2:1", "not YAML"),
        ("broker: localhost\n", ":1:1: broker", "host:port"),
        ("timezone: Mars/Base\n", ":1:1: timezone", "Asia/Shanghai"),
        ("holidays: [CN, Brazil]\n", ":1:16: holidays[1]", 'did you mean "BR"?'),
        ("evaluate_from: monday\n", ":1:1: evaluate_from", "RFC 3339"),
        ("source_partitions: {order: 3}\n", ":1:21: source_partitions.order", 'did you mean "orders"?'),
        ("worth: {ordr: 260}\n", ":1:9: worth.ordr", 'did you mean "order"?'),
        ("worth: {order: 0}\n", ":1:9: worth.order", "above 0"),
        ("worth: {order: -3}\n", ":1:9: worth.order", "above 0"),
        ("behind_proxy: true\n", ":1:1: behind_proxy", "tokens_file"),
        ("lateness_s: 0\n", ":1:1: lateness_s", "above 0"),
        ("heartbeat_interval_s: 9\n", ":1:1: heartbeat_interval_s", "third"),
        ("opening_hours:\n- {days: [mon], opens: 9, closes: 17:00}\n", ":2:17: opening_hours[0].opens", "str"),
        ("opening_hours:\n- {days: [moon], opens: 09:00, closes: 17:00}\n", ":2:11: opening_hours[0].days[0]", '"mon"'),
        ("opening_hours:\n- {days: [mon], opens: 17:00, closes: 09:00}\n", ":2:31: opening_hours[0].closes", "after"),
        ("calendar:\n- {name: a, begins: b, ends: c, activity: [1, 2]}\n", ":2:13: calendar[0].begins", "RFC 3339"),
        ("calendar:\n- {name: a, begins: b, ends: c, activity: 2}\n", ":2:33: calendar[0].activity", "array"),
        ("receivers:\n- {name: hook, kind: webhook}\n", ":2:3: receivers[0]", "url_env"),
        ("receivers:\n- {name: hook, kind: dingtak}\n", ":2:16: receivers[0].kind", 'did you mean "dingtalk"?'),
        ("receivers:\n- {name: d, kind: dingtalk}\n", ":2:3: receivers[0]", "`url_env` or `url_file`"),
        ("receivers:\n- {name: p, kind: pagerduty}\n", ":2:3: receivers[0]", "the routing key"),
        (
            "receivers:\n- {name: w, kind: wecom, url_env: U, secret_env: S}\n",
            ":2:38: receivers[0].secret_env",
            "takes none",
        ),
        (
            "receivers:\n- {name: s, kind: slack, url_env: U, url_file: F}\n",
            ":2:38: receivers[0].url_file",
            "keep one of them",
        ),
        ("receivers:\n- {name: m, kind: email}\n", ":2:3: receivers[0]", "mail: {host:"),
        ("receivers:\n- {name: c, kind: console, group: c}\n", ":2:28: receivers[0].group", "choose another name"),
        (
            "receivers:\n- {name: c, kind: console, group: d}\n- {name: p, kind: pagerduty, secret_env: S, group: d}\n",
            ":3:45: receivers[1].group",
            "stands in for nobody",
        ),
        ("receivers:\n- {name: c, kind: console, keyword: x}\n", ":2:28: receivers[0].keyword", "no keywords"),
        ("receivers:\n- {name: c, kind: console, language: fr}\n", ":2:28: receivers[0].language", "known are en, zh"),
        ("receivers:\n- {name: c, kind: console, timeout_s: 0}\n", ":2:28: receivers[0].timeout_s", "above 0"),
        (
            "receivers:\n- {name: m, kind: email, mail: {host: h, sender: s, recipients: []}}\n",
            ":2:42: receivers[0].mail.sender",
            "is not an address",
        ),
        (
            "receivers:\n- {name: m, kind: email, mail: {hst: h, sender: a@b, recipients: [c@d]}}\n",
            ":2:33: receivers[0].mail.hst",
            'did you mean "host"?',
        ),
        ("receivers:\n- {name: hook, kind: webhook, url: http://x}\n", ":2:31: receivers[0].url", '"url_env"'),
    ],
)
def test_a_mistake_in_the_file_is_said_with_line_column_key_and_remedy(
    tmp_path: Path, text: str, place: str, what: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configure(pharos_yaml(tmp_path, text))

    assert f"pharos.yaml{place}" in str(caught.value)
    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "what"),
    [
        ({"PHAROS_PORT": "many"}, "PHAROS_PORT: .*whole number"),
        ({"PHAROS_PORT": "70000"}, "PHAROS_PORT: 70000 is not a port"),
        ({"PHAROS_TRANSACTIONS": "perhaps"}, "PHAROS_TRANSACTIONS: .*true or false"),
        ({"PHAROS_SOURCE_PARTITIONS": "orders"}, "orders=12"),
        ({"PHAROS_SOURCE_PARTITIONS": "orders=x"}, "PHAROS_SOURCE_PARTITIONS: .*list of pairs"),
        ({"PHAROS_RECEIVERS": "x"}, "write it into the file"),
        ({"PHAROS_BROKERS": "a:1"}, "did you mean PHAROS_BROKER"),
        ({"PHAROS_CONFIG": "none.yaml"}, "none.yaml: cannot be read"),
    ],
)
def test_a_wrong_variable_is_named(variables: dict[str, str], what: str) -> None:
    with pytest.raises(ConfigurationError, match=what):
        configure(environment=variables)


def test_a_wrong_flag_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"--broker: .*host:port"):
        configure(flags={"broker": "localhost"})


def test_other_variables_of_the_prefix_are_let_be() -> None:
    assert configure(environment={"PHAROS_EVALUATION_DATA": "/x", "PHAROS_WEBHOOK_URL": "https://x"}) == Settings()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "shop.example"])
def test_binding_beyond_loopback_without_a_token_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError, match="tokens_file"):
        refuse_open_binding(Settings(host=host))


def test_loopback_or_a_token_may_bind() -> None:
    refuse_open_binding(Settings(host="127.0.0.1"))
    refuse_open_binding(Settings(host="::1"))
    refuse_open_binding(Settings(host="0.0.0.0", tokens_file="tokens"))


def test_a_secret_comes_from_a_variable_or_a_file_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-file\n")
    (tmp_path / "empty").write_text("\n")

    assert read_secret("x", "VARIABLE", "", {"VARIABLE": "from-variable"}) == "from-variable"
    assert read_secret("x", "", str(file), {}) == "from-file"
    assert read_secret("x", "", "", {}) == ""
    with pytest.raises(ConfigurationError, match="receiver hook: the variable VARIABLE is not set"):
        read_secret("receiver hook", "VARIABLE", "", {})
    with pytest.raises(ConfigurationError, match="empty"):
        read_secret("x", "", str(tmp_path / "empty"), {})
    with pytest.raises(ConfigurationError, match="check the path"):
        read_secret("x", "", str(tmp_path / "none"), {})
