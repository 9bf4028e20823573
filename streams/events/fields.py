"""The kinds of fields that events are made of. null counts as absent; numbers beyond the bounds are wrong."""

from __future__ import annotations

import enum
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from streams.events.customer import Customer

Name = Annotated[str, Meta(min_length=1)]
Seconds = Annotated[float, Meta(ge=-1e9, le=1e9, description="seconds")] | None
_TIME = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


_CUSTOMER = Annotated[Customer, Meta(extra_json_schema={"type": "string"}, description="hashed where it is read")]


class Kind(enum.StrEnum):
    """What a field of `data` holds."""

    ID = "id"  # names a case: an order, a parcel
    DIMENSION = "dimension"  # a text by which events are counted
    TEXT = "text"
    TIME = "time"
    SECONDS = "seconds"
    MONEY = "money"  # in the shop's currency
    NUMBER = "number"
    COUNT = "count"
    FLAG = "flag"
    CUSTOMER = "customer"  # hashed where it is read


FIRST_KINDS: Final = frozenset({Kind.ID, Kind.DIMENSION})
"""What the first field of an event can be, which is mandatory."""

DECLARED_KINDS: Final = tuple(kind for kind in Kind if kind is not Kind.CUSTOMER)
"""The kinds that a catalogue may give to fields."""

SCALE: Final[dict[Kind, int]] = {Kind.SECONDS: 1000, Kind.MONEY: 100, Kind.NUMBER: 100, Kind.COUNT: 1}
"""The factor by which sums keep a number as an integer."""

TEXTS: Final = frozenset({Kind.ID, Kind.DIMENSION, Kind.TEXT, Kind.CUSTOMER})

OPTIONAL: Final[dict[Kind, tuple[Any, Any]]] = {
    Kind.ID: (str | None, None),
    Kind.DIMENSION: (str | None, ""),
    Kind.TEXT: (str | None, None),
    Kind.TIME: (_TIME | None, None),
    Kind.SECONDS: (Seconds, None),
    Kind.MONEY: (Annotated[float, Meta(ge=-1e11, le=1e11, description="in the shop's currency")] | None, None),
    Kind.NUMBER: (Annotated[float, Meta(ge=-1e6, le=1e6)] | None, None),
    Kind.COUNT: (Annotated[int, Meta(ge=-(10**12), le=10**12)] | None, None),
    Kind.FLAG: (bool | None, None),
    Kind.CUSTOMER: (_CUSTOMER | None, None),
}
"""The type of an optional field by its kind, and what stands for one that is absent."""


class Data(Struct, gc=False):
    """The data of an event. The first field is mandatory, all others are optional; unknown fields are ignored."""


class Event(Struct, gc=False, kw_only=True, tag_field="type"):
    """The attributes of CloudEvents 1.0 that are read. Each type of event is a subclass, distinguished by `type`."""

    id: Name
    source: Name
    time: _TIME
    specversion: Literal["1.0"]
    data: Data
    subject: str | None = None
