"""The cells of one record and metric, by columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from streams.merge.ahead import Ints


class Cells(NamedTuple):
    """Columns of one length.

    Attributes:
        scope: which of the record's scopes.
        log_id: the same in the numbering of the metric's `SeriesTable`; -1 for none of its scopes.
        component: a component, a bin or a mark.
        slot: the time it counts for.
        late: whether it came behind its partition's watermark.
        value: what to add.

    """

    scope: Ints
    log_id: Ints
    component: Ints
    slot: Ints
    late: NDArray[np.bool_]
    value: Ints

    def chosen(self, rows: NDArray[np.bool_]) -> Cells:
        """Some of them."""
        scope, log_id, component, slot, late, value = self
        return Cells(scope[rows], log_id[rows], component[rows], slot[rows], late[rows], value[rows])
