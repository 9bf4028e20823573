"""What channels are told: ordinary, hostile, and in digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from streams.alerts.words.bundle import bundle_of
from streams.alerts.words.message import Notification, Titles, compose
from streams.records.anomaly import Change
from tests.support.http_channel import NOW, Channel, authority, channel, post, untrusted

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.queue.receiver import Receiver
    from streams.delivery.result import Result
    from streams.records.anomaly import Transition

__all__ = ["authority", "channel", "post", "untrusted"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOSTILE = (
    "*b* _i_ `c` [x](http://e.vil) ![p](http://e.vil/p.png) <@all> <!channel> @所有人 </font> # \x1b[31m\r\n| ~s~ &lt;"
)


@pytest.fixture
def told(transition: Callable[..., Transition]) -> Callable[..., Notification]:
    """A notification as the worker composes it."""

    def make(change: Change = Change.OPENED, **fields: Any) -> Notification:
        titles = Titles({"payment_success": "Payment success"}, {"payment_success": "支付成功率"})
        return compose(transition(change, **fields), titles, {}, SHANGHAI)

    return make


@pytest.fixture
def hostile(told: Callable[..., Notification]) -> Notification:
    """Whose scope says all that a chat might take for something else."""
    return told(scope={"store": HOSTILE}, contributors=[])


@pytest.fixture
def digest(told: Callable[..., Notification]) -> Callable[[int], Notification]:
    """Of so many anomalies, in stores with Chinese names."""

    def make(count: int) -> Notification:
        return bundle_of([told(fingerprint=f"f{n}", scope={"store": f"旗舰店{n}"}) for n in range(count)])

    return make


async def outcome(receiver: Receiver, served: Channel, notification: Notification) -> Result:
    """Of one delivery; whatever comes of it, it tells nobody the address."""
    result = await receiver.deliver(notification)
    for secret in (served.url.rpartition("/")[2], "t0ken", "s3cret"):
        assert secret not in result.reason
        assert secret not in repr(receiver)
    return result


@pytest.fixture(scope="session", name="outcome")
def _outcome() -> Callable[..., Any]:
    return outcome


@pytest.fixture(scope="session")
def now() -> float:
    return NOW
