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

from streams.delivery.http_post import Answer, garbage
from streams.delivery.result import CREDENTIALS_REST_S, DELIVERED, Cause, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Sequence


class Fault(enum.Enum):
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
    fault: Fault
    what: str
    cause: Cause
    rest_s: float | None = None
    words: tuple[str, ...] = ()

    def result(self, name: str) -> Result:
        """`name`: what the channel calls its code; empty: nothing."""
        reason = f"{name} {self.code}: {self.what}" if name else f"{self.code}: {self.what}"
        if self.fault is Fault.MESSAGE:
            return Result(Outcome.REJECTED, reason, cause=self.cause)
        if self.fault is Fault.ROBOT:
            return Result(Outcome.REJECTED, reason, CREDENTIALS_REST_S, self.cause)
        return Result(Outcome.RETRY, reason, self.rest_s, self.cause)


NO_KEYWORD: Final = "the message holds none of the robot's keywords; name one as `keyword` in the settings"

DINGTALK: Final = (
    Refusal(-1, Fault.SERVICE, "busy", Cause.OUT_OF_ORDER),
    Refusal(130101, Fault.RATE, "more than 20 messages a minute", Cause.THROTTLED, 600.0),
    Refusal(410100, Fault.RATE, "too many messages", Cause.THROTTLED, 600.0),
    Refusal(310000, Fault.MESSAGE, NO_KEYWORD, Cause.REFUSED, words=("keyword", "关键词")),
    Refusal(310000, Fault.ROBOT, "signature, its time, or address list", Cause.CREDENTIALS),
    Refusal(300001, Fault.ROBOT, "no such token", Cause.CREDENTIALS),
    Refusal(400013, Fault.ROBOT, "the group has been closed", Cause.CREDENTIALS),
    Refusal(400101, Fault.ROBOT, "no such token", Cause.CREDENTIALS),
    Refusal(400102, Fault.ROBOT, "the robot is switched off", Cause.CREDENTIALS),
    Refusal(400106, Fault.ROBOT, "no such robot", Cause.CREDENTIALS),
    Refusal(460101, Fault.MESSAGE, "too long", Cause.TOO_LONG),
    Refusal(101002, Fault.MESSAGE, "too long", Cause.TOO_LONG),
    Refusal(430101, Fault.MESSAGE, "a link that is not allowed", Cause.REFUSED),
    Refusal(430102, Fault.MESSAGE, "text that is not allowed", Cause.REFUSED),
    Refusal(430104, Fault.MESSAGE, "content that is not allowed", Cause.REFUSED),
)
WECOM: Final = (
    Refusal(-1, Fault.SERVICE, "busy", Cause.OUT_OF_ORDER),
    Refusal(45009, Fault.RATE, "more than 20 messages a minute", Cause.THROTTLED, 60.0),
    Refusal(45033, Fault.RATE, "too many at once", Cause.THROTTLED),
    Refusal(93000, Fault.ROBOT, "no such robot", Cause.CREDENTIALS),
    Refusal(93008, Fault.ROBOT, "not in the group", Cause.CREDENTIALS),
    Refusal(40058, Fault.MESSAGE, "too long, or a wrong parameter", Cause.TOO_LONG),
    Refusal(45002, Fault.MESSAGE, "too long", Cause.TOO_LONG),
)
FEISHU: Final = (
    Refusal(11232, Fault.RATE, "too many messages", Cause.THROTTLED, 5.0),
    Refusal(9499, Fault.RATE, "too many requests", Cause.THROTTLED, 5.0, words=("too many",)),
    Refusal(9499, Fault.MESSAGE, "bad request", Cause.REFUSED),
    Refusal(19001, Fault.ROBOT, "no such bot", Cause.CREDENTIALS),
    Refusal(19021, Fault.ROBOT, "signature, or its time", Cause.CREDENTIALS),
    Refusal(19022, Fault.ROBOT, "address list", Cause.CREDENTIALS),
    Refusal(19024, Fault.MESSAGE, NO_KEYWORD, Cause.REFUSED),
    Refusal(19036, Fault.MESSAGE, "too long", Cause.TOO_LONG),
)
SLACK: Final = (
    *(
        Refusal(word, Fault.ROBOT, "address, app or channel", Cause.CREDENTIALS)
        for word in (
            "invalid_token",
            "no_service",
            "no_service_id",
            "no_team",
            "no_active_hooks",
            "action_prohibited",
            "team_disabled",
            "channel_not_found",
            "channel_is_archived",
            "posting_to_general_channel_denied",
        )
    ),
    *(
        Refusal(word, Fault.MESSAGE, "the message as it is", Cause.REFUSED)
        for word in ("invalid_payload", "no_text", "user_not_found", "too_many_attachments", "invalid_blocks")
    ),
    Refusal("rollup_error", Fault.SERVICE, "out of order", Cause.OUT_OF_ORDER),
)
PAGERDUTY: Final = (
    Refusal(400, Fault.ROBOT, "routing key", Cause.CREDENTIALS, words=("routing key", "routing_key")),
    Refusal(400, Fault.MESSAGE, "invalid event", Cause.REFUSED),
)


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
