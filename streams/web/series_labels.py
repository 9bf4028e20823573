"""The labels of a metric's series as Prometheus reads them, each text made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.telemetry.metrics import dimensions, main_scope

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from streams.catalogue.metric import Metric

_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def escaped(text: str) -> str:
    r"""What stands between the quotes of a label, or behind `# HELP`.

    >>> escaped('say "so"')
    'say \\"so\\"'
    """
    return text.translate(_ESCAPES)


class SeriesLabels:
    """The label text of a metric's series: without the opening brace, ready for a value behind it.

    Attributes:
        texts: by series; "" for one that is not shown.

    """

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.scopes: list[tuple[int, tuple[str, ...]]] = []
        self.texts: list[str] = []
        self._main: list[int] = []
        self._main_scope = main_scope(metric)
        self._looked_at = 0
        self._dimensions = dimensions(metric)

    def keep_if_same(self, scopes: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        """Series only ever join, unless a snapshot came in: then the texts are those of others."""
        if list(scopes[: len(self.scopes)]) != self.scopes[: len(scopes)]:
            self.scopes, self.texts = [], []
            self._main, self._looked_at = [], 0

    def cover(self, scopes: Sequence[tuple[int, tuple[str, ...]]], count: int) -> None:
        """Makes the texts of the first `count` series."""
        for scope in scopes[len(self.scopes) : count]:
            self.scopes.append(scope)
            self.texts.append(self._text(*scope))

    def main(self, scopes: Sequence[tuple[int, tuple[str, ...]]], count: int) -> list[int]:
        """Which of the first `count` series are of the main scope; their texts are made."""
        if count < self._looked_at:  # a snapshot with fewer series came in
            self._main, self._looked_at = [], 0
        for series in range(self._looked_at, count):
            if scopes[series][0] == self._main_scope:
                self._main.append(series)
        self._looked_at = count
        if self._main:
            self.cover(scopes, self._main[-1] + 1)
        return self._main

    def _text(self, index: int, values: tuple[str, ...]) -> str:
        if index >= len(self.metric.scopes):
            return ""
        names = self.metric.scopes[index]
        by_name = dict(zip(names, values, strict=True))
        labels = [f'scope="{"+".join(names)}"']
        labels += [f'{name}="{escaped(by_name.get(name, ""))}"' for name in self._dimensions]
        return ",".join(labels) + "} "


class LabelsByMetric:
    """The labels of each metric whose series are written. One kind of reading needs one of these."""

    def __init__(self) -> None:
        self._labels: dict[str, SeriesLabels] = {}

    def keep(self, names: Container[str]) -> None:
        """Forgets all other metrics."""
        self._labels = {name: labels for name, labels in self._labels.items() if name in names}

    def of(self, metric: Metric, scopes: Sequence[tuple[int, tuple[str, ...]]]) -> SeriesLabels:
        """Of a metric that has these series now."""
        labels = self._labels.get(metric.name)
        if labels is None or labels.metric != metric:
            labels = self._labels[metric.name] = SeriesLabels(metric)
        labels.keep_if_same(scopes)
        return labels
