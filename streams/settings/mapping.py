"""What the settings say of a mapping: which records become events of ours, and how (docs/mapping.md)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from streams.settings.bounds import Bounds

_Skew = Annotated[int, Bounds(above=0, most=3_600)]


class SignatureSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a sender signs the body of a webhook: HMAC-SHA256 with a secret that both know.

    Attributes:
        header: where the signature stands; empty: all but the secret is as the shipped mapping has it.
        secret_env, secret_file: where the secret is kept; one of them.
        encoding: of the signature.
        prefix: what stands before it in the header, such as `sha256=`.
        timestamp_header: of the time stamp that is signed with the body; empty where the body alone is signed.
        separator: between time stamp and body in what is signed.
        tolerance_s: how far a time stamp may be from this machine's clock.

    """

    header: str = ""
    secret_env: str = ""
    secret_file: str = ""
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    timestamp_header: str = ""
    separator: str = ""
    tolerance_s: _Skew = 300


class MappingRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of event that a record holds. All texts but `type` and `ignore` are JMESPath expressions.

    Attributes:
        when: the condition; empty: always.
        each: an array of the record, one event for each of its elements; expressions then see `item` and `record`.
        type: a type of event, or an expression that gives one.
        id, source: together the same whenever the same event is sent again.
        time: of the event.
        subject: of the event; empty: none.
        data: fields of the event.
        ignore: why records that fit are none of ours; such a rule has nothing else but `when`.

    """

    when: str = ""
    each: str = ""
    type: str = ""
    id: str = ""
    source: str = ""
    time: str = ""
    subject: str = ""
    data: dict[str, str] = {}
    ignore: str = ""


class MappingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mapping.

    Attributes:
        extends: a shipped mapping whose rules, tables and values this one takes over; empty: the one of the same name,
            where there is one and no `events` are given.
        topics: topics whose records it is for, beside the one that its webhook fills.
        intake: whether POST /intake/NAME takes bodies for it, into the topic pharos-raw-NAME.
        signature: how the sender signs; without it a token with the role `intake` is asked for.
        timezone: of times without an offset; empty: the shop's.
        values: what expressions read by value('name'); they win over those of the shipped mapping.
        tables: by name, what lookup('name', text) finds.
        all: whether all rules that fit give events; otherwise two that fit are a mistake.
        events: the rules, in order; before those of the shipped mapping.

    """

    extends: str = ""
    topics: tuple[str, ...] = ()
    intake: bool = True
    signature: SignatureSettings | None = None
    timezone: str = ""
    values: dict[str, str] = {}
    tables: dict[str, dict[str, str]] = {}
    all: bool = False
    events: tuple[MappingRule, ...] = ()
