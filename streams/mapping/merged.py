"""A mapping together with the shipped one that it extends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from streams.settings.mapping import MappingSettings, SignatureSettings


class Merged(NamedTuple):
    """A mapping that has all its rules.

    Attributes:
        settings: all rules, the own ones first.
        own: how many of the rules are its own.
        extends: the shipped mapping that the others are of; empty: none.

    """

    settings: MappingSettings
    own: int
    extends: str


def extended(name: str, settings: MappingSettings, shipped: Container[str]) -> str:
    """The shipped mapping that one extends; empty: none. What `extends` says may not be there."""
    if settings.extends or settings.events:
        return settings.extends
    return name if name in shipped else ""


def merged(
    name: str, settings: MappingSettings, names: Container[str], shipped: Callable[[str], MappingSettings]
) -> Merged:
    """The mapping with the rules, tables and values of the shipped one; its own win.

    Tables are merged entry by entry. Raises KeyError where `extends` names a mapping that is not shipped.
    """
    extends = extended(name, settings, names)
    if not extends:
        return Merged(settings, len(settings.events), "")
    base = shipped(extends)
    whole = msgspec.structs.replace(
        settings,
        extends=extends,
        signature=_signature(settings.signature, base.signature),
        timezone=settings.timezone or base.timezone,
        values={**base.values, **settings.values},
        tables={
            table: {**base.tables.get(table, {}), **settings.tables.get(table, {})}
            for table in (*base.tables, *settings.tables)
        },
        all=settings.all or base.all,
        events=(*settings.events, *base.events),
    )
    return Merged(whole, len(settings.events), extends)


def _signature(own: SignatureSettings | None, base: SignatureSettings | None) -> SignatureSettings | None:
    """How the sender signs is known of a shipped mapping; the secret never is."""
    if own is None or own.header or base is None:
        return own
    return msgspec.structs.replace(base, secret_env=own.secret_env, secret_file=own.secret_file)
