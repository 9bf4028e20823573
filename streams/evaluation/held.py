"""What was judged over long windows, until they are due again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.judgement import COLUMNS, Judgement, Reason, insufficient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from streams.evaluation.judge import Finding

SHORT_S = 900  # windows up to here are judged at every tick


class HeldFindings:
    """Findings over windows longer than 15 minutes, with the rows that could be judged only. Part of the state."""

    def __init__(self) -> None:
        self._held: dict[int, list[tuple[NDArray[np.intp], Judgement]]] = {}

    def forget(self, window_s: int) -> None:
        """The window is due: what it said last time no longer counts."""
        self._held.pop(window_s, None)

    def quieten(self, rows: NDArray[np.intp]) -> None:
        """Of these series nothing is held any more: something else is expected of them, and long windows look again."""
        for kept in self._held.values():
            for held_rows, judgement in kept:
                here = np.isin(held_rows, rows)
                judgement.score[here] = 0.0
                judgement.reason[here] = Reason.NORMAL

    def hold(self, finding: Finding) -> None:
        """Keeps a finding over a long window; others are not kept."""
        if finding.windows is not None or finding.window_s <= SHORT_S:
            return
        rows = np.flatnonzero(~insufficient(finding.judgement.reason))
        self._held.setdefault(finding.window_s, []).append((rows, finding.judgement.taken(rows)))

    def stale(self, fresh: set[int]) -> Iterator[tuple[int, NDArray[np.intp], Judgement]]:
        """What is held of windows that are not fresh, shortest first: the window, the rows that could be judged."""
        for window_s in sorted(self._held):
            if window_s not in fresh:
                for rows, judgement in self._held[window_s]:
                    yield window_s, rows, judgement

    def put(
        self, best: Judgement, best_windows: NDArray[np.int32], fresh: set[int], past: NDArray[np.int64], end_ms: int
    ) -> None:
        """Lets what is held of windows that are not fresh compete with what was found at this tick.

        What a window holds from before `past` (ms, by series) is over: such a window has no say.
        """
        for window_s, rows, judgement in self.stale(fresh):
            if len(rows) == 0:
                continue
            wins = judgement.beats(best.taken(rows)) & (end_ms - window_s * 1000 >= past[rows])
            best.put(rows[wins], judgement.taken(np.flatnonzero(wins)))
            best_windows[rows[wins]] = window_s

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        state: dict[str, NDArray[Any]] = {}
        for window_s, entries in sorted(self._held.items()):
            for place, (rows, judgement) in enumerate(entries):
                state[f"held.{window_s}.{place}.rows"] = rows
                for name in COLUMNS:
                    state[f"held.{window_s}.{place}.{name}"] = getattr(judgement, name)
        return state

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Takes over the state that `arrays` described; other names are skipped."""
        self._held = {}
        found: dict[tuple[int, int], dict[str, NDArray[Any]]] = {}
        for name, array in arrays.items():
            if name.startswith("held."):
                _, window, place, column = name.split(".")
                found.setdefault((int(window), int(place)), {})[column] = array
        for (window_s, _), columns in sorted(found.items()):
            rows = columns.pop("rows")
            self._held.setdefault(window_s, []).append((rows, Judgement(**columns)))
