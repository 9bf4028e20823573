"""What each channel's refusals mean: whose fault it is, so that one message that is refused holds up no other.

Sources:

- DingTalk: https://open.dingtalk.com/document/robots/custom-robot-access (the codes). 310000 is one code for
  signature, address and keyword, and only its words tell them apart; those of today are in
  https://github.com/mggger/chatgpt-bot-dingding/issues/2, those of before in
  https://github.com/zhuifengshen/DingtalkChatbot/issues/44.
- WeCom: https://developer.work.weixin.qq.com/document/path/90313
- Feishu: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
- Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
- PagerDuty: https://developer.pagerduty.com/docs/events-api-v2-overview#response-codes--retry-logic
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.delivery.answer import Answer, garbage
from streams.delivery.result import CREDENTIALS_REST_S, DELIVERED, Cause, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Sequence


class RefusalKind(enum.Enum):
    """Whose it is that a message was not taken, and so what becomes of it and of the next."""

    MESSAGE = enum.auto()  # this one is offered to a stand-in, or given up; the next goes at once
    ROBOT = enum.auto()  # address, key, signature, address list: a person must put it right, so all rest
    RATE = enum.auto()  # too many: all wait for as long as the channel wants
    SERVICE = enum.auto()  # the channel has a fault of its own: the same again, a little later


class Refusal(NamedTuple):
    """One row of a channel's table.

    Attributes:
        code: what the channel answers: a number, or a word.
        what: in our words; those of the answer may hold addresses.
        rest_s: with RATE and SERVICE; None: as long as backing off takes.
        words: at least one is in the answer, in small letters; empty: whatever it says. For codes that mean two things.

    """

    code: int | str
    kind: RefusalKind
    what: str
    cause: Cause
    rest_s: float | None = None
    words: tuple[str, ...] = ()

    def result(self, name: str) -> Result:
        """`name`: what the channel calls its code; empty: nothing."""
        reason = f"{name} {self.code}: {self.what}" if name else f"{self.code}: {self.what}"
        if self.kind is RefusalKind.MESSAGE:
            return Result(Outcome.REJECTED, reason, cause=self.cause)
        if self.kind is RefusalKind.ROBOT:
            return Result(Outcome.REJECTED, reason, CREDENTIALS_REST_S, self.cause)
        return Result(Outcome.RETRY, reason, self.rest_s, self.cause)


NO_KEYWORD: Final = "the message holds none of the robot's keywords; name one as `keyword` in the settings"


def refusal_of(table: Sequence[Refusal], code: int | str, said: str = "") -> Refusal | None:
    """The first row of that code whose words fit what the channel said; None where the table has none."""
    lowered = said.lower()
    return next(
        (row for row in table if row.code == code and (not row.words or any(word in lowered for word in row.words))),
        None,
    )


def judged_by_code(answer: Answer, name: str, code: int | None, table: Sequence[Refusal], said: object) -> Result:
    """Of a channel whose code decides: 0 delivers, one that its table does not have refuses the message.

    `name`: what the channel calls its code; `code`: None where the answer has none; `said`: its words beside the code.
    """
    if code is None:
        return garbage(answer)
    if code == 0:
        return DELIVERED
    refusal = refusal_of(table, code, str(said))
    return refusal.result(name) if refusal else Result(Outcome.REJECTED, f"{name} {code}", cause=Cause.REFUSED)
