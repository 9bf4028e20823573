"""A receiver from its settings. Secrets come from the environment or a file, and appear in no message."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.queue.budget import Allowance
from streams.alerts.queue.robot import Member
from streams.alerts.receivers import apprise as long_tail
from streams.alerts.receivers import dingtalk, email, feishu, pagerduty, slack, wecom
from streams.alerts.receivers.alertmanager import AlertmanagerReceiver
from streams.alerts.receivers.console import ConsoleReceiver
from streams.alerts.receivers.rules import NEEDS, Need
from streams.alerts.receivers.webhook import WebhookReceiver
from streams.alerts.words.voice import Voice
from streams.delivery.http_post import HttpPost
from streams.delivery.robot_address import address_fault
from streams.settings.addresses import is_web_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import tzinfo

    import aiohttp

    from streams.alerts.queue.receiver import Receiver
    from streams.records.anomaly import Anomaly
    from streams.settings.settings import ReceiverSettings

_ALLOWANCES = {
    "dingtalk": dingtalk.ALLOWANCE,
    "wecom": wecom.ALLOWANCE,
    "feishu": feishu.ALLOWANCE,
    "slack": slack.ALLOWANCE,
    "pagerduty": pagerduty.ALLOWANCE,
    "email": email.ALLOWANCE,
    "apprise": long_tail.ALLOWANCE,
    "alertmanager": Allowance(apart=True),
    "webhook": Allowance(apart=True),
}


_SHAPES: dict[str, tuple[Callable[[str], bool], str]] = {
    "dingtalk": (lambda secret: secret.startswith("SEC"), "begins with SEC"),
    "pagerduty": (lambda key: len(key) == 32, "has 32 characters"),
}


class ReceiverError(ValueError):
    """A receiver that cannot be made: `receiver name: field: what; remedy`, without any secret.

    Attributes:
        field: of its settings.
        what: the fault and the remedy.

    """

    def __init__(self, receiver: str, field: str, what: str) -> None:
        super().__init__(f"receiver {receiver}: {field}: {what}")
        self.field = field
        self.what = what


class Surroundings(NamedTuple):
    """What receivers are given to work with.

    Attributes:
        environment: variables.
        session: shared; closed by whoever made it.
        write: takes one line for people at the terminal.
        clock: seconds since the epoch, the wall's.
        zone: whose time is told.
        board_url: for links; empty without a board.
        open_anomalies: all that are open.
        installation: the setting `app` where it is not the default: what tells its incidents from those of another.

    """

    environment: Mapping[str, str]
    session: aiohttp.ClientSession
    write: Callable[[str], object]
    clock: Callable[[], float]
    zone: tzinfo
    board_url: str = ""
    open_anomalies: Callable[[], Iterable[Anomaly]] = tuple
    installation: str = ""


def member(settings: ReceiverSettings, around: Surroundings) -> Member:
    """The receiver with what its kind bears, in its group. Raises ReceiverError."""
    return Member(configured(settings, around), _ALLOWANCES.get(settings.kind, Allowance()), settings.group)


def configured(settings: ReceiverSettings, around: Surroundings) -> Receiver:
    """Raises ReceiverError where a secret is missing, an address is none, or a library is not installed."""
    needs = NEEDS[settings.kind]
    parts = _Parts(
        settings,
        around,
        _secret(settings, "url", needs.url, around.environment),
        _secret(settings, "secret", needs.secret, around.environment),
        HttpPost(around.session, settings.timeout_s, around.clock),
        Voice(settings.language, around.board_url, settings.keyword),
    )
    if parts.url and settings.kind != "apprise" and not is_web_address(parts.url):
        raise ReceiverError(settings.name, _place(settings, "url"), "no http or https URL is kept there; check it")
    if fault := address_fault(settings.kind, parts.url):
        raise ReceiverError(settings.name, _place(settings, "url"), fault)
    right, shape = _SHAPES.get(settings.kind, (bool, ""))
    if parts.secret and not right(parts.secret):
        raise ReceiverError(settings.name, _place(settings, "secret"), f"what is kept there is none: it {shape}")
    return _MAKERS[settings.kind](parts)


class _Parts(NamedTuple):
    """What a receiver may be made of."""

    settings: ReceiverSettings
    around: Surroundings
    url: str
    secret: str
    post: HttpPost
    voice: Voice

    @property
    def name(self) -> str:
        return self.settings.name


def _email(parts: _Parts) -> Receiver:
    settings, around = parts.settings, parts.around
    if settings.mail is None:
        raise ReceiverError(parts.name, "mail", "missing; name host, sender and recipients")
    return email.EmailReceiver(parts.name, settings.mail, parts.secret, settings.timeout_s, around.clock, parts.voice)


def _apprise(parts: _Parts) -> Receiver:
    try:
        notifier = long_tail.notifier_of(parts.url)
    except ValueError as error:
        raise ReceiverError(parts.name, _place(parts.settings, "url"), str(error)) from None
    return long_tail.AppriseReceiver(parts.name, notifier, parts.settings.timeout_s, parts.voice)


_MAKERS: dict[str, Callable[[_Parts], Receiver]] = {
    "console": lambda p: ConsoleReceiver(p.name, p.around.write, p.around.zone),
    "webhook": lambda p: WebhookReceiver(p.name, p.url, p.secret, p.post),
    "dingtalk": lambda p: dingtalk.DingTalkReceiver(p.name, p.url, p.secret, p.post, p.voice),
    "wecom": lambda p: wecom.WeComReceiver(p.name, p.url, p.post, p.voice),
    "feishu": lambda p: feishu.FeishuReceiver(p.name, p.url, p.secret, p.post, p.voice),
    "slack": lambda p: slack.SlackReceiver(p.name, p.url, p.post, p.voice),
    "pagerduty": lambda p: pagerduty.PagerDutyReceiver(
        p.name, p.secret, p.post, p.voice, p.url or pagerduty.URL, p.around.installation
    ),
    "email": _email,
    "alertmanager": lambda p: AlertmanagerReceiver(
        p.name, p.url, p.secret, p.post, p.around.open_anomalies, installation=p.around.installation
    ),
    "apprise": _apprise,
}


def _place(settings: ReceiverSettings, secret: str) -> str:
    return f"{secret}_file" if getattr(settings, f"{secret}_file") else f"{secret}_env"


def _secret(settings: ReceiverSettings, secret: str, need: Need, environment: Mapping[str, str]) -> str:
    """What is kept under `secret`_env or `secret`_file; "" where neither is named and none is needed."""
    variable: str = getattr(settings, f"{secret}_env")
    file: str = getattr(settings, f"{secret}_file")
    if variable:
        value = environment.get(variable, "").strip()
        what = f"the environment variable {variable} is empty; set it"
    elif file:
        value, what = _read(settings, secret, file), f"{file} is empty; write the secret into it"
    elif need is Need.MUST:
        value, what = "", f"missing; set {secret}_env or {secret}_file to the place where it is kept"
    else:
        return ""
    if not value:
        raise ReceiverError(settings.name, _place(settings, secret), what)
    return value


def _read(settings: ReceiverSettings, secret: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        what = f"{file} cannot be read ({type(error).__name__}); check path and rights"
        raise ReceiverError(settings.name, f"{secret}_file", what) from None
