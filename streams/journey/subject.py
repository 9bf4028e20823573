"""Whose journey is asked for: an order's, or that of a customer who is known by a hash."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from streams.events.customer import CustomerKey

LONGEST_ID: Final = 200
_HASH: Final = re.compile("[0-9a-f]{32}")


class SubjectKind(enum.StrEnum):
    """What the id names."""

    ORDER = "order"
    CUSTOMER = "customer"


class Subject(NamedTuple):
    """An order by its id, or a customer by the hash that events are given where they are read."""

    kind: SubjectKind
    id: str


class SubjectFault(enum.Enum):
    """Why a text names nobody. The text is not repeated: it may be the id of a person."""

    ORDER = f"An order is named by 1 to {LONGEST_ID} printable characters."
    CUSTOMER = "A customer is named by a hash of 32 hexadecimal digits: pharos journey --customer ID --hash prints it."


def read_subject(kind: SubjectKind, text: str) -> Subject | SubjectFault:
    """The subject that a text names, or why it names none.

    >>> read_subject(SubjectKind.ORDER, "TB1")
    Subject(kind=<SubjectKind.ORDER: 'order'>, id='TB1')
    >>> read_subject(SubjectKind.CUSTOMER, "C-1029").name
    'CUSTOMER'
    """
    if kind is SubjectKind.CUSTOMER:
        return Subject(kind, text) if _HASH.fullmatch(text) else SubjectFault.CUSTOMER
    return Subject(kind, text) if 0 < len(text) <= LONGEST_ID and text.isprintable() else SubjectFault.ORDER


def mark_of(subject: Subject, key: CustomerKey) -> str:
    """What the audit log has instead of the id: a keyed hash, the same for the same subject; "" without a key."""
    return str(key.hashed(f"journey {subject.kind.value} {subject.id}"))
