"""The kinds of fields that events are made of. null counts as absent; numbers beyond the bounds are wrong."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Dimension = str | None
Name = Annotated[str, Meta(min_length=1)]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})] | None
Seconds = Annotated[float, Meta(ge=-1e9, le=1e9, description="seconds")] | None
Money = Annotated[float, Meta(ge=-1e11, le=1e11, description="in the shop's currency")] | None
Score = Annotated[float, Meta(ge=-1e6, le=1e6)] | None
Whole = Annotated[int, Meta(ge=-(10**12), le=10**12)] | None
Flag = bool | None


class Data(Struct, gc=False):
    """The data of an event. The first field is mandatory, all others are optional; unknown fields are ignored."""


class Event(Struct, gc=False, kw_only=True, tag_field="type"):
    """The attributes of CloudEvents 1.0 that are read. Each type of event is a subclass, distinguished by `type`."""

    id: Name
    source: Name
    time: Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
    specversion: Literal["1.0"]
    data: Data
    subject: str | None = None
