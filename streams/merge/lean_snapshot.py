"""What a snapshot holds of lean scopes: names, and of each metric its quarters of an hour, days and verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.merge.snapshot import Part, pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from streams.merge.ahead import Ahead
    from streams.merge.day_sums import DaySums
    from streams.merge.evaluator import Evaluator
    from streams.merge.lean_names import LeanBook
    from streams.merge.lean_series import LeanSeries
    from streams.merge.snapshot import SnapshotReader

_NAMES_IN_PART = 4_096


class LeanNamesSnapshot:
    """The names of a cells partition; knows how many the last snapshot held."""

    def __init__(self, book: LeanBook) -> None:
        self._book = book
        self._written: dict[tuple[str, ...], int] = {}

    def parts(self, full: bool) -> Iterator[Part]:
        for dimensions, names in self._book.by_dimensions.items():
            written, count = 0 if full else self._written.get(dimensions, 0), len(names)
            for first in range(0, count, _NAMES_IN_PART):
                last = min(first + _NAMES_IN_PART, count)
                listed = names.listed(first, last) if last > written else []
                name = f"names/{'+'.join(dimensions)}/{first}"
                yield Part(name, last > written, lambda listed=listed: pack({"names": listed}))  # type: ignore[misc] # mypy infers no lambda with a default
            self._written[dimensions] = count

    def restore(self, reader: SnapshotReader) -> None:
        """Fills a fresh book. Raises SnapshotError for parts missing or damaged."""
        for dimensions, names in self._book.by_dimensions.items():
            for part in reader.names(f"names/{'+'.join(dimensions)}/"):
                names.load(reader.part(part)[0]["names"])


class LeanSnapshot:
    """The lean scopes of one metric.

    Args:
        prefix: of the names, unique to the metric.
        series: by number of the scope set.
        evaluator: of the metric.

    """

    def __init__(self, prefix: str, series: Mapping[int, LeanSeries], evaluator: Evaluator) -> None:
        self._prefix = prefix
        self._series = series
        self._evaluator = evaluator

    def stores(self) -> list[tuple[str, Ahead]]:
        """What waits, by name."""
        return [
            (f"lean{place}/{name}", store)
            for place, series in self._series.items()
            for name, store in (("ahead", series.ahead), ("late", series.late))
        ]

    def parts(self, full: bool) -> Iterator[Part]:
        for place, series in self._series.items():
            prefix, month = f"{self._prefix}lean{place}/", series.month
            plain = {
                "following": series.following,
                "closing": series.closing,
                "missed": series.missed,
                "quarters": [series.quarters.today, series.quarters.began],
                "days": [month.days.today, month.days.began],
            }
            yield Part(f"{prefix}state", True, lambda plain=plain: pack(plain))  # type: ignore[misc] # as above
            first_changed, month.first_changed = month.first_changed, False
            yield Part(f"{prefix}first", first_changed, lambda month=month: pack(first=month.first))  # type: ignore[misc] # as above
            yield from _sums_parts(f"{prefix}quarters/", series.quarters)
            yield from _sums_parts(f"{prefix}days/", month.days)
            for name, changed, make in self._evaluator.lean(place).parts(series, full):
                yield Part(f"{prefix}judged/{name}", changed, make)

    def restore(self, reader: SnapshotReader) -> None:
        """Fills fresh series, whose names are there. Raises SnapshotError for parts missing or damaged."""
        for place, series in self._series.items():
            prefix = f"{self._prefix}lean{place}/"
            if not reader.has(f"{prefix}state"):
                continue
            plain, month = reader.part(f"{prefix}state")[0], series.month
            series.following, series.closing, series.missed = (plain[key] for key in ("following", "closing", "missed"))
            series.quarters.today, series.quarters.began = plain["quarters"]
            month.days.today, month.days.began = plain["days"]
            month.first = reader.part(f"{prefix}first")[1]["first"]
            for name, sums in (("quarters", series.quarters), ("days", month.days)):
                for part in reader.names(f"{prefix}{name}/"):
                    sums.restore(int(part.rsplit("/", 1)[1]), reader.part(part)[1])
            series.recount()
            judged = reader.names(f"{prefix}judged/")
            parts = {name.rsplit("/", 1)[1]: reader.raw(name) for name in judged}
            self._evaluator.lean(place).restore(parts, len(series.names))


def _sums_parts(prefix: str, sums: DaySums) -> Iterator[Part]:
    changed = frozenset(sums.changed)
    for number in sums.numbers():
        yield Part(f"{prefix}{number}", number in changed, lambda number=number: pack(None, **sums.packed(number)))  # type: ignore[misc] # as above
