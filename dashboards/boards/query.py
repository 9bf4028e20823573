"""One query of a panel, of an annotation or of a variable."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

DATASOURCE = "datasource"
"""The variable by which every query names its data source."""


@dataclass(frozen=True)
class Query:
    """An expression, and how its series are called.

    Attributes:
        legend: a name, or labels in double braces.
        now: only the value at the end of the time range; else the course over it.
        shape: what Grafana makes of the answer.

    """

    expr: str
    legend: str = ""
    now: bool = False
    shape: PromQueryFormat = PromQueryFormat.TIME_SERIES

    def target(self, ref_id: str) -> Dataquery:
        """As the panel holds it."""
        query = Dataquery().ref_id(ref_id).datasource(datasource()).expr(self.expr).format(self.shape)
        if self.legend:
            query = query.legend_format(self.legend)
        return query.instant() if self.now else query.range()


def datasource() -> DataSourceRef:
    return DataSourceRef(type_val="prometheus", uid=f"${{{DATASOURCE}}}")


def targets(queries: Sequence[Query]) -> list[Dataquery]:
    """With the letters that Grafana gives them, A to Z."""
    return [query.target(letter) for letter, query in zip(ascii_uppercase, queries, strict=False)]
