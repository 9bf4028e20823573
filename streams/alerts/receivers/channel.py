"""What a channel's file registers: one `CHANNEL`, found by its kind. A new channel takes one file beside this one."""

from __future__ import annotations

import enum
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from streams.alerts import receivers
from streams.alerts.queue.budget import Allowance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import tzinfo

    import aiohttp

    from streams.alerts.queue.receiver import Receiver
    from streams.alerts.words.voice import Voice
    from streams.delivery.http_post import HttpPost
    from streams.records.anomaly import Anomaly
    from streams.settings.located_yaml import Path
    from streams.settings.settings import ReceiverSettings


class Need(enum.Enum):
    """Whether a channel takes a setting."""

    MUST = enum.auto()
    MAY = enum.auto()
    NEVER = enum.auto()


class ReceiverContext(NamedTuple):
    """What receivers are given to work with.

    Attributes:
        environment: variables.
        session: shared; closed by whoever made it.
        write: takes one line for people at the terminal.
        clock: seconds since the epoch, the wall's.
        zone: whose time is shown.
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


class Parts(NamedTuple):
    """What a receiver may be made of. `url` and `secret` are credentials; empty where the settings name none."""

    settings: ReceiverSettings
    context: ReceiverContext
    url: str
    secret: str
    post: HttpPost
    voice: Voice

    @property
    def name(self) -> str:
        return self.settings.name


class PartError(ValueError):
    """A receiver cannot be made of these parts: `what` says why, without any secret.

    Attributes:
        field: the setting, `url` and `secret` for whichever of their two places is named.

    """

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field
        self.what = what


def _no_faults(_settings: ReceiverSettings) -> Iterator[tuple[Path, str]]:
    return iter(())


class Channel(NamedTuple):
    """One kind of receiver.

    Attributes:
        kind: its name in the settings.
        make: the receiver; raises PartError.
        url, secret: whether it takes an address and a secret.
        secret_meaning: what the secret is, in words.
        allowance: what it bears.
        is_secret: what every secret of this kind looks like, and that in words.
        web_address: whether the address is one of HTTP.
        keywords: whether its robots may go by keywords.
        mail: whether it takes the setting `mail`.
        stands_in: whether it may stand in for the others of its group.
        faults: mistakes in settings that only this kind takes: where, and what to do about it.

    """

    kind: str
    make: Callable[[Parts], Receiver]
    url: Need
    secret: Need
    secret_meaning: str = "the secret of the signature"  # noqa: S105 - the word for it, no secret
    allowance: Allowance = Allowance()
    is_secret: tuple[Callable[[str], bool], str] = (bool, "is not empty")
    web_address: bool = True
    keywords: bool = False
    mail: bool = False
    stands_in: bool = True
    faults: Callable[[ReceiverSettings], Iterator[tuple[Path, str]]] = _no_faults


def channels() -> dict[str, Channel]:
    """By kind: the `CHANNEL` of each file of this package that has one."""
    names = sorted(module.name for module in pkgutil.iter_modules(receivers.__path__))
    modules = (import_module(f"{receivers.__name__}.{name}") for name in names)
    return {module.CHANNEL.kind: module.CHANNEL for module in modules if hasattr(module, "CHANNEL")}
