"""What windows need to show, by the budget of false warnings and by what they have shown by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.alarm_budget import limit_of_window, looks_of_window
from detectors.chance_runs import LEVELS, ChanceRuns
from detectors.judgement import insufficient
from streams.evaluation.window_reader import LONG_S, QUARTER_MS, step_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detectors.judgement import Judgement

    Array = NDArray[np.float64]

# Nats of what is improbable to 1e-6 and 1e-4: tails of means and sums are models, and real ones are heavier, so what a
# small catalogue could afford by its budget is not taken, and what is seen raises limits only.
_LEAST, _LEAST_OF_WEEKS = 13.8, 9.2
_PREFIX = "windows."
_FOLLOWED = _PREFIX + "followed"


class WindowLimits:
    """Limits of the windows of a metric that are judged by what they show: those that are asked for. State.

    Each window counts how often its series pass lower levels than their limits: tails of means and sums are models.

    Args:
        windows: how many share what a series may have.

    Attributes:
        a_day: float64[n], false warnings a day that each series may have.

    """

    def __init__(self, windows: int) -> None:
        self._windows = windows
        self.a_day: Array = np.zeros(0)
        self._none: Array = np.zeros(0)  # limits that nothing reaches
        self._base: dict[int, tuple[Array, Array]] = {}  # limits, and looks by level: they follow from what is allowed
        self._chance: dict[int, ChanceRuns] = {}
        self._followed: dict[int, int] = {}

    def share(self, allowed: Array) -> None:
        """There are new series; `allowed` is `a_day` from now on."""
        self.a_day, self._base = allowed, {}
        self._none = np.full(len(allowed), np.inf)
        for chance in self._chance.values():
            chance.grow(len(allowed))

    def nats(self, window_s: int, whole: int) -> Array:
        """float64[n]: what a window needs."""
        base, _ = self._of(window_s)
        chance = self._chance.get(window_s)
        if chance is not None:
            base = base + np.maximum(chance.shift(base, whole), 0.0)
        return np.maximum(base, _LEAST if window_s <= LONG_S else _LEAST_OF_WEEKS)

    def follow(self, now_ms: int, window_s: int, judgement: Judgement, nats: Array, whole: int) -> None:
        """Takes in what a window shows, against the limits that it had."""
        chance = self._chance.get(window_s)
        if chance is None:
            chance = self._chance[window_s] = ChanceRuns()
            chance.grow(len(nats))
        elapsed_ms = min(now_ms - self._followed.get(window_s, now_ms), max(QUARTER_MS, step_of(window_s)))
        self._followed[window_s] = now_ms
        # Limits may lie as low as the levels: were what passes them left out, they would only fall.
        looks = self._of(window_s)[1] * ~insufficient(judgement.reason)
        chance.follow(judgement.score * nats, looks, self._none, whole, elapsed_ms / 1000)

    def _of(self, window_s: int) -> tuple[Array, Array]:
        if window_s not in self._base:
            step_s = step_of(window_s) / 1000
            limits = limit_of_window(self.a_day / self._windows, window_s, step_s)
            self._base[window_s] = limits, looks_of_window(np.array(LEVELS), window_s, step_s)[:, None]
        return self._base[window_s]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        windows = sorted(self._chance)
        state: dict[str, NDArray[Any]] = {
            f"{_PREFIX}{window_s}": np.frombuffer(self._chance[window_s].to_bytes(), dtype=np.uint8)
            for window_s in windows
        }
        return state | {_FOLLOWED: np.array([self._followed[window_s] for window_s in windows], dtype=np.int64)}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; other names are skipped."""
        names = [name for name in arrays if name.startswith(_PREFIX) and name != _FOLLOWED]
        windows = sorted(int(name.removeprefix(_PREFIX)) for name in names)
        self._chance = {window_s: ChanceRuns() for window_s in windows}
        for window_s, chance in self._chance.items():
            chance.restore(arrays[f"{_PREFIX}{window_s}"].tobytes())
        self._followed = dict(zip(windows, arrays[_FOLLOWED].tolist(), strict=True)) if windows else {}
