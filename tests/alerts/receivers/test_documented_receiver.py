"""The receiver that docs/receivers.md shows how to write works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.alerts.words.voice import Voice
from streams.delivery.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification
    from streams.delivery.http_post import HttpPost

PAGE = Path(__file__).parents[3] / "docs" / "receivers.md"


@pytest.fixture
def receiver(channel: Any, post: HttpPost) -> Any:
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["MattermostReceiver"]("mattermost", f"{channel.url}/hooks/t0ken", post, Voice())


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((200, b"ok"), Outcome.DELIVERED),
        ((200, b"<html>"), Outcome.RETRY),
        ((429, b"", {"Retry-After": "7"}), Outcome.RETRY),
        ((403, b"no"), Outcome.REJECTED),
        ("hang", Outcome.RETRY),
    ],
)
async def test_it_judges_what_the_channel_answers(
    receiver: Any, channel: Any, told: Callable[..., Notification], answer: Any, outcome: Outcome
) -> None:
    channel.answers(answer)

    assert (await receiver.deliver(told())).outcome is outcome


async def test_a_hostile_name_stays_inside_its_block_of_code(
    receiver: Any, channel: Any, told: Callable[..., Notification]
) -> None:
    channel.answers((200, b"ok"))

    await receiver.deliver(told(scope={"store": "```\n@all"}))

    said = channel.got[0].json["text"]
    assert said.count("```") == 2
    assert said.startswith("```")
    assert said.endswith("```")
    assert "@all" in said


async def test_a_digest_of_a_thousand_fits(receiver: Any, channel: Any, digest: Callable[[int], Notification]) -> None:
    channel.answers((200, b"ok"))

    await receiver.deliver(digest(1_000))

    assert len(channel.got[0].json["text"].encode()) < 16_383
