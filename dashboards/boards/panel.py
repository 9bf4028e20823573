"""The panels of Pharos: a thin layer over the SDK that sets what every panel must have.

The SDK gives neither ids nor a text where there is no data, and takes overrides as raw pairs.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, GridPos

from dashboards.boards.query import datasource, targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grafana_foundation_sdk.builders.prometheus import Dataquery
    from grafana_foundation_sdk.models import dashboard
    from grafana_foundation_sdk.models.common import DataSourceRef

    from dashboards.boards.query import Query

COLUMNS: Final = 24
NO_DATA: Final = "no data"
_LARGEST_ID: Final = 2**31 - 1


class Builder(Protocol):
    """What the builders of all kinds of panels of the SDK share."""

    def id(self, number: int, /) -> Any: ...
    def title(self, title: str, /) -> Any: ...
    def description(self, description: str, /) -> Any: ...
    def datasource(self, datasource: DataSourceRef, /) -> Any: ...
    def grid_pos(self, grid_pos: GridPos, /) -> Any: ...
    def targets(self, targets: list[Any], /) -> Any: ...
    def no_value(self, no_value: str, /) -> Any: ...
    def build(self) -> dashboard.Panel: ...


@dataclass(frozen=True)
class Panel:
    """A panel before it has its place.

    Attributes:
        key: unique on its board, and stable: the panel's id is made from it, so links to it outlive new metrics.
        width, height: in columns of the grid (24 in all) and in rows.

    """

    key: str
    builder: Builder
    width: int
    height: int

    @property
    def id(self) -> int:
        """Stable over all changes of the board but that of the key.

        >>> Panel("lag", None, 8, 8).id == Panel("lag", None, 24, 4).id > 0
        True
        """
        return zlib.crc32(self.key.encode()) % _LARGEST_ID + 1

    def sized(self, width: int, height: int) -> Self:
        return type(self)(self.key, self.builder, width, height)

    def built(self, x: int, y: int) -> dashboard.Panel:
        """At its place."""
        self.builder.id(self.id)
        self.builder.grid_pos(GridPos(h=self.height, w=self.width, x=x, y=y))
        return self.builder.build()


def finished(
    builder: Builder, key: str, title: str, description: str, queries: Sequence[Query], size: tuple[int, int]
) -> Panel:
    """Sets what every panel has: title, description, data source, queries, and a word for no data."""
    asked: list[Dataquery] = targets(queries)
    builder.title(title).description(description).datasource(datasource()).targets(asked).no_value(NO_DATA)
    return Panel(key, builder, *size)


def overriding(**values: Any) -> list[DynamicConfigValue]:
    """Properties of one series: `custom_` and camelCase stand for the dots of Grafana's own names.

    >>> [value.id_val for value in overriding(unit="s", custom_lineWidth=0)]
    ['unit', 'custom.lineWidth']
    """
    return [DynamicConfigValue(id_val=name.replace("_", ".", 1), value=value) for name, value in values.items()]


def coloured(colour: str) -> dict[str, str]:
    """The value of the property `color` for a fixed one."""
    return {"mode": "fixed", "fixedColor": colour}
