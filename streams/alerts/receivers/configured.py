"""A receiver from its settings. Secrets come from the environment or a file, and appear in no message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts.queue.robot import Member
from streams.alerts.receivers.channel import Need, PartError, Parts, channels
from streams.alerts.words.voice import Voice
from streams.delivery.http_post import HttpPost
from streams.delivery.robot_address import address_fault
from streams.settings.addresses import is_web_address
from streams.settings.errors import InputError
from streams.settings.secrets import SecretError, find_secret

if TYPE_CHECKING:
    from streams.alerts.queue.receiver import Receiver
    from streams.alerts.receivers.channel import Channel, ReceiverContext
    from streams.settings.settings import ReceiverSettings


class ReceiverError(InputError):
    """A receiver that cannot be made: `receiver name: field: what; remedy`, without any secret.

    Attributes:
        field: of its settings.
        what: the fault and the remedy.

    """

    def __init__(self, receiver: str, field: str, what: str) -> None:
        super().__init__(f"receiver {receiver}: {field}: {what}")
        self.field = field
        self.what = what


def member(settings: ReceiverSettings, context: ReceiverContext) -> Member:
    """The receiver with what its kind bears, in its group. Raises ReceiverError."""
    channel = channels()[settings.kind]
    return Member(_made(settings, context, channel), channel.allowance, settings.group)


def configured(settings: ReceiverSettings, context: ReceiverContext) -> Receiver:
    """Raises ReceiverError where a secret is missing, an address is wrong, or a library is not installed."""
    return _made(settings, context, channels()[settings.kind])


def _made(settings: ReceiverSettings, context: ReceiverContext, channel: Channel) -> Receiver:
    try:
        parts = Parts(
            settings,
            context,
            _secret(settings, "url", channel.url, context),
            _secret(settings, "secret", channel.secret, context),
            HttpPost(context.session, settings.timeout_s, context.clock),
            Voice(settings.language, context.board_url, settings.keyword),
        )
        _check(channel, parts)
        return channel.make(parts)
    except PartError as error:
        field = _place(settings, error.field) if error.field in ("url", "secret") else error.field
        raise ReceiverError(settings.name, field, error.what) from None


def _check(channel: Channel, parts: Parts) -> None:
    if parts.url and channel.web_address and not is_web_address(parts.url):
        raise PartError("url", "no http or https URL is kept there; check it")
    if fault := address_fault(channel.kind, parts.url):
        raise PartError("url", fault)
    is_right, looks = channel.is_secret
    if parts.secret and not is_right(parts.secret):
        raise PartError("secret", f"what is kept there is not one of a {channel.kind} receiver: it {looks}")


def _place(settings: ReceiverSettings, secret: str) -> str:
    return f"{secret}_file" if getattr(settings, f"{secret}_file") else f"{secret}_env"


def _secret(settings: ReceiverSettings, secret: str, need: Need, context: ReceiverContext) -> str:
    """What is kept under `secret`_env or `secret`_file; "" where neither is named and none is needed."""
    variable, file = getattr(settings, f"{secret}_env"), getattr(settings, f"{secret}_file")
    if need is Need.MUST and not (variable or file):
        raise PartError(secret, f"missing; set {secret}_env or {secret}_file to the place where it is kept")
    try:
        return find_secret(variable, file, context.environment)
    except SecretError as error:
        raise PartError(secret, str(error)) from None
