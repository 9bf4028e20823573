"""What names the cases of events, numbered until the flush: many events of a flush share theirs, and a hash is dear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.events.case_hash import NO_CASE, CaseHash

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


class CaseNames(dict[str, int]):
    """Numbers from 1 on, by name. 0 stands for an event that names no case.

    >>> names = CaseNames(CaseHash().named("order_id"))
    >>> [names.setdefault(name, len(names) + 1) for name in ("TB1", "TB2", "TB1")]
    [1, 2, 1]
    >>> names.hashes()[[0, 1, 1]].tolist() == [NO_CASE, *[CaseHash().named("order_id")("TB1")] * 2]
    True
    """

    def __init__(self, hashed: Callable[[str], int]) -> None:
        """`hashed`: of a name."""
        super().__init__()
        self._hashed = hashed

    def hashes(self) -> NDArray[np.int64]:
        """int64[names + 1], by number: the hash of each."""
        return np.array([NO_CASE, *map(self._hashed, self)], np.int64)


class CaseBook(dict[tuple[str, str], CaseNames]):
    """Names of cases by the fields that name them."""

    def __init__(self, hashes: CaseHash | None = None) -> None:
        """`hashes`: keyed, where it matters."""
        super().__init__()
        self._hashes = hashes or CaseHash()

    def __missing__(self, fields: tuple[str, str]) -> CaseNames:
        names = self[fields] = CaseNames(self._hashes.named("/".join(filter(None, fields))))
        return names

    def forget(self) -> None:
        """At a flush: no number that was given is in use any longer."""
        for names in self.values():
            names.clear()
