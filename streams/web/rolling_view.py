"""What the page shows of windows of 30, 60 and 90 days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.catalogue.told import DAY_S

if TYPE_CHECKING:
    from streams.records.day_figures import DayFigures
    from streams.records.verdicts import TickVerdicts


class RollingView:
    """The last figures of the whole of each metric, by window."""

    def __init__(self) -> None:
        self._told: dict[str, dict[int, tuple[int, DayFigures]]] = {}

    def tick(self, tick: TickVerdicts) -> None:
        """Takes what a tick says; an older one changes nothing."""
        for told in tick.figures:
            windows = self._told.setdefault(told.metric, {})
            if not told.dimension and windows.get(told.window_s, (-1,))[0] <= tick.time:
                windows[told.window_s] = tick.time, told

    def of(self, metric: str) -> list[dict[str, Any]]:
        """By window, the shortest first: the figure, of how many cases and days, and what it will be tonight."""
        return [
            {
                "time": time,
                "days": window_s // DAY_S,
                "covered": told.days,
                "value": _shown(told.value[0]),
                "cases": told.cases[0],
                "tonight": _shown(told.tonight[0]),
            }
            for window_s, (time, told) in sorted(self._told.get(metric, {}).items())
            if told.value
        ]


def _shown(figure: float | None) -> float | None:
    return None if figure is None else float(f"{figure:.6g}")
