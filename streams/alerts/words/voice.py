"""How one receiver speaks: its language, and where the board is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from streams.alerts.words.phrases import LANGUAGES
from streams.alerts.words.wording import Link

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification
    from streams.alerts.words.wording import Text


SENDER: Final = "Pharos"  # what a robot that goes by keywords can always look for


class Voice(NamedTuple):
    """`language` is a key of `LANGUAGES`; `board_url` is empty where there is no board.

    `keyword`: what the robot looks for in each message beside `SENDER`; empty: nothing.
    """

    language: str = "en"
    board_url: str = ""
    keyword: str = ""

    @property
    def sender(self) -> str:
        """The last line of each message to a robot that may go by keywords; nothing may cut it.

        >>> Voice(keyword="告警").sender, Voice().sender
        ('Pharos · 告警', 'Pharos')
        """
        return SENDER if self.keyword in SENDER else f"{SENDER} · {self.keyword}"

    def text(self, notification: Notification) -> Text:
        """What to say; a digest has a link to the board, where the rest is."""
        text = notification.text(self.language)
        if text.links or not self.board_url:
            return text
        return msgspec.structs.replace(text, links=(Link(LANGUAGES[self.language].board, self.board_url),))

    def more(self, count: int) -> str:
        """Says how many lines are missing."""
        return LANGUAGES[self.language].more.format(count=count)


def markdown_link(link: Link) -> str:
    """An address of ours in markdown; brackets in it would end it early.

    >>> markdown_link(Link("Runbook", "https://wiki/Payment_(alipay)"))
    '[Runbook](https://wiki/Payment_%28alipay%29)'
    """
    return f"[{link.label}]({link.url.translate({40: '%28', 41: '%29', 32: '%20', 60: '%3C', 62: '%3E'})})"
