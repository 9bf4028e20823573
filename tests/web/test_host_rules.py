"""Hosts that may ask, and addresses for links: what no browser sends or opens is said with its remedy."""

from __future__ import annotations

import pytest

from streams.settings.settings import Settings
from streams.web.host_rules import check_hosts


@pytest.mark.parametrize(
    ("host", "remedy"),
    [
        ("https://pharos.example", 'write "pharos.example"'),
        ("http://pharos.example:6066/", 'write "pharos.example:6066"'),
        ("pharos.example/board", 'write "pharos.example"'),
        ("https://", "write pharos.example"),
        ("http://[", "write pharos.example"),
        ("*.example", "write each name out"),
        ("pharos.example:", "is not a host name"),
        ("pharos.example:99999", "is not a host name"),
        ("pharos.example:http", "is not a host name"),
        ("pharos example", "is not a host name"),
        ("user@pharos.example", "is not a host name"),
        ("", "is not a host name"),
        ("fd00::1", 'write "[fd00::1]"'),
        ("[fd00::1", "is not a host name"),
        ("[fd00::1]x", "is not a host name"),
    ],
)
def test_a_host_that_no_browser_sends_is_refused(host: str, remedy: str) -> None:
    ((place, what),) = check_hosts(Settings(allowed_hosts=("fine.example", host)))

    assert place == ("allowed_hosts", 1)
    assert remedy in what


@pytest.mark.parametrize(
    "host",
    [
        "pharos.example",
        "PHAROS",
        "pharos.example:6066",
        "10.1.2.3",
        "10.1.2.3:80",
        "[fd00::1]",
        "[fd00::1]:6066",
        "a_b.svc",
    ],
)
def test_a_name_with_or_without_a_port_is_right(host: str) -> None:
    assert not list(check_hosts(Settings(allowed_hosts=(host,))))


@pytest.mark.parametrize("field", ["page_url", "board_url", "runbook_base_url"])
@pytest.mark.parametrize("url", ["pharos.example", "//pharos.example", "https://", "ftp://pharos.example", "http://["])
def test_a_link_needs_a_whole_address(field: str, url: str) -> None:
    ((place, what),) = check_hosts(Settings(**{field: url}))  # type: ignore[arg-type]

    assert place == (field,)
    assert "write the whole address" in what
