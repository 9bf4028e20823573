"""What must hold of the setting `receivers` beyond types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts.receivers.channel import Need, channels
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.alerts.receivers.channel import Channel
    from streams.settings.located_yaml import Path
    from streams.settings.settings import ReceiverSettings

_LONGEST_KEYWORD = 64


def check_receivers(receivers: Sequence[ReceiverSettings]) -> Iterator[tuple[int, Path, str]]:
    """All faults: which receiver, which of its settings, and what to do about it."""
    known = channels()
    names: set[str] = set()
    for index, receiver in enumerate(receivers):
        if not receiver.name or receiver.name in names:
            yield index, ("name",), "needs a name that no other receiver has"
        names.add(receiver.name)
        channel = known.get(receiver.kind)
        if channel is None:
            yield index, ("kind",), f'no kind of receiver is named "{receiver.kind}"{suggestion(receiver.kind, known)}'
            continue
        for key, what in _check_receiver(receiver, channel):
            yield index, key, what
    for index, receiver in enumerate(receivers):
        others = [other for other in receivers if other.group == receiver.group and other is not receiver]
        channel = known.get(receiver.kind)
        if channel is not None and not channel.stands_in and receiver.group and others:
            what = f"{receiver.kind} stands in for nobody, for what it opened must be closed there"
            yield index, ("group",), f"{what}: remove it, and name the receiver in `routes` or `escalations`"
        if receiver.group in names:
            yield index, ("group",), f'a receiver is named "{receiver.group}" already; choose another name'


def _check_receiver(receiver: ReceiverSettings, channel: Channel) -> Iterator[tuple[Path, str]]:
    yield from _check_place(receiver, "url", channel.url, "its address: addresses are secrets")
    yield from _check_place(receiver, "secret", channel.secret, channel.secret_meaning)
    yield from _check_keyword(receiver, channel)
    if receiver.mail is not None and not channel.mail:
        yield ("mail",), f"{receiver.kind} sends no mail: remove it, or set kind to email"
    yield from channel.faults(receiver)


def _check_keyword(receiver: ReceiverSettings, channel: Channel) -> Iterator[tuple[Path, str]]:
    keyword = receiver.keyword
    if keyword and not channel.keywords:
        yield ("keyword",), f"{receiver.kind} goes by no keywords: remove it"
    elif keyword != keyword.strip() or not keyword.isprintable() or len(keyword) > _LONGEST_KEYWORD:
        what = f"write one of the robot's keywords: at most {_LONGEST_KEYWORD} characters, no space around it"
        yield ("keyword",), what


def _check_place(receiver: ReceiverSettings, secret: str, need: Need, meaning: str) -> Iterator[tuple[Path, str]]:
    variable, file = f"{secret}_env", f"{secret}_file"
    named = [field for field in (variable, file) if getattr(receiver, field)]
    if need is Need.MUST and not named:
        yield (), f"{receiver.kind} needs `{variable}` or `{file}`, the place of {meaning}"
    if need is Need.NEVER and named:
        yield (named[0],), f"{receiver.kind} takes none: remove it"
    if need is not Need.NEVER and len(named) > 1:
        yield (file,), f"{variable} names another place for it: keep one of them"
