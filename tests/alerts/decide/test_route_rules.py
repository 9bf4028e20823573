"""Routes that cannot be meant are said with place and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.configuration.load import configure
from streams.settings.secrets import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

RECEIVERS = """receivers:
- {name: duty, kind: console}
- {name: ding1, kind: dingtalk, url_env: U, group: chat}
- {name: ding2, kind: dingtalk, url_env: V, group: chat}
"""


def configured(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text(RECEIVERS + text)
    configure(file)


@pytest.mark.parametrize(
    ("route", "place", "remedy"),
    [
        ("{match: [regio=a], receivers: [duty]}", ":6:12: routes[0].match[0]", 'did you mean "region"?'),
        ("{match: [region], receivers: [duty]}", ":6:12: routes[0].match[0]", "write region=zhejiang"),
        ("{receivers: [dutty]}", ":6:16: routes[0].receivers[0]", 'did you mean "duty"?'),
        ("{receivers: [ding1]}", ":6:16: routes[0].receivers[0]", 'stands in the group "chat"; name the group'),
        ("{receivers: [duty], days: [mo]}", ":6:30: routes[0].days[0]", 'did you mean "mon"?'),
        ("{receivers: [duty], opens: 9:00}", ":6:23: routes[0].opens", "write HH:MM"),
        (
            "{receivers: [duty], opens: '09:00', closes: '09:00'}",
            ":6:39: routes[0].closes",
            "for a whole day write 00:00 and 24:00",
        ),
        ("{match: [region=a]}", ":6:3: routes[0]", "`receivers` is missing"),
        ("{receivers: [duty]}\n- {receivers: [chat]}", ":6:3: routes[0]", "make it the last"),
    ],
)
def test_a_wrong_route_is_said_with_place_and_remedy(tmp_path: Path, route: str, place: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configured(tmp_path, f"routes:\n- {route}\n")

    assert place in str(caught.value)
    assert remedy in str(caught.value)


def test_right_routes_are_taken(tmp_path: Path) -> None:
    configured(
        tmp_path,
        "routes:\n"
        "- {match: [severity=critical], receivers: [duty], continue: true}\n"
        "- {opens: 22:00, closes: 06:00, receivers: []}\n"
        "- {receivers: [chat]}\n",
    )
