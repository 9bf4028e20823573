"""Rivals on the series of the power curve: what finds a change how soon, at the z people use and at our false alarms.

Every rival sees the counts of whole minutes, after the same seven days, and D* is rounded up to them. Thresholds are
the usual ones, and those that let each rival be wrong no more often than once in all the quiet time of the run, which
is still more than we are. River's trees run where `make bench` has installed them; else the row says why it is empty.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.evaluate import within_hours
from benchmarks.evaluate.bound import NATS, shortest_delay_along
from benchmarks.evaluate.plain_rivals import RIVALS
from benchmarks.evaluate.power import LEARN_DAYS, LONGEST_MIN, WATCHED, Cell, Power, figures
from benchmarks.evaluate.power_kinds import KINDS
from benchmarks.evaluate.rhythm import QUARTERS_A_DAY
from benchmarks.evaluate.section import Figure, Section
from benchmarks.table import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from benchmarks.evaluate.power_kinds import Shop

    Array = NDArray[np.float64]

_TREES = PROJECT / "benchmarks" / "rivals" / "half_space_trees.py"
_PYTHON = PROJECT / ".cache" / "bench" / "rivals" / "bin" / "python"
_DAY_MIN = 1_440
_GAP_MIN = 20
KINDS_OF_PARTS = tuple(within_hours.KINDS)[:3]  # the others have too few days for a rule over a week
_TREES_LIMIT_S = 1_200


class Minutes(NamedTuple):
    """The series of one seed by minutes.

    Attributes:
        counts: float64[minutes, parts].
        onset: int64[parts], the minute at which each changes, or the last.
        shortest_min: float64[parts]: D* in whole minutes, infinite where nothing changes.

    """

    shop: Shop
    counts: Array
    onset: NDArray[np.int64]
    shortest_min: Array

    def quiet(self) -> NDArray[np.bool_]:
        """bool[minutes, parts]: the last day before anything changes."""
        minute = np.arange(len(self.counts))[:, None]
        return (minute >= (LEARN_DAYS - 1) * _DAY_MIN) & (minute < self.onset)


def minutes(kind: str, seed: int, draws: int, longest_min: float = LONGEST_MIN) -> Minutes:
    """One shop of the power curve; changes begin in the tenth hour of the eighth day."""
    rng = np.random.default_rng((seed, 53))
    begin = (LEARN_DAYS * 24 + 10) * 60
    quarters = np.arange((LEARN_DAYS + 1) * QUARTERS_A_DAY)
    shop = KINDS[kind].shop(rng, quarters + seed % 7 * QUARTERS_A_DAY, begin // 15, draws)
    parts = shop.parts
    shortest = np.full(len(parts), np.inf)
    onset = begin + rng.integers(0, 15, len(parts))
    for number, part in enumerate(parts):
        if part.size:
            slots = np.arange(onset[number] * 6, (onset[number] + int(LONGEST_MIN)) * 6 + 1)
            shortest[number] = shortest_delay_along(shop.nats_a_minute(number, slots // 90))
    shortest = np.where(shortest > longest_min, np.inf, np.ceil(shortest))
    last = begin + 15 + int(np.ceil(WATCHED * shortest[np.isfinite(shortest)].max()))
    minute = np.arange(last)
    onset = np.where(np.isfinite(shortest), onset, last)
    counts = shop.counts(minute // 15, 1.0, minute[:, None] >= onset)
    whole = np.concatenate([next(iter(of.values())) for of in counts], axis=1).astype(np.float64)
    return Minutes(shop, whole, onset, shortest)


def episodes(past: NDArray[np.bool_]) -> int:
    """How often a threshold is passed, with gaps of up to twenty minutes.

    >>> episodes(np.array([[1, 0, 1, *[0] * 25, 1]], dtype=bool).T)
    2
    """
    count = 0
    for series in past.T:
        at = np.flatnonzero(series)
        count += int(np.count_nonzero(np.diff(at) > _GAP_MIN)) + (len(at) > 0)
    return count


def matched(z: Array, quiet: NDArray[np.bool_]) -> float:
    """The threshold that is passed once in the quiet time."""
    highest = np.where(quiet, np.abs(z), -np.inf)
    peaks = np.sort(np.nanmax(highest, axis=0))
    return float(peaks[-2]) + 1e-9


def fared(of: Minutes, z: Array, threshold: float, signed: bool) -> Power:
    """What a rival found, and how often it was wrong."""
    power = Power()
    quiet = of.quiet()
    with np.errstate(invalid="ignore"):
        past = np.abs(z) >= threshold
    power.false = episodes(past & quiet)
    power.quiet_days = float(np.count_nonzero(quiet)) / _DAY_MIN
    for number, part in enumerate(of.shop.parts):
        if not np.isfinite(of.shortest_min[number]):
            continue
        cell = power.cells.setdefault((part.rate, part.size), Cell())
        cell.shortest_min.append(float(of.shortest_min[number]))
        begin = int(of.onset[number])
        right = past[begin:, number]
        if signed:
            right = right & (np.sign(z[begin:, number]) == (1 if part.direction == "up" else -1))
        at = np.flatnonzero(right)
        ratio = (at[0] + 1) / of.shortest_min[number] if len(at) else np.inf
        cell.ratios.append(float(ratio) if ratio <= WATCHED else np.inf)
    return power


def all_knowing(of: Minutes) -> Array:
    """Nats of Page's CUSUM that is told the true level of every minute and the size of the change: as near as one gets.

    Reference: E. Page, Continuous inspection schemes, Biometrika 41 (1954).
    """
    minute = np.arange(len(of.counts))
    level = of.shop.usual[minute // 15] * of.shop.factors[minute // 15]
    factor = np.array([part.factor for part in of.shop.parts])
    with np.errstate(divide="ignore"):
        an_event = np.maximum(np.log(factor), -1e9)
    told = of.counts * an_event - level * (factor - 1)
    nats = np.zeros(told.shape)
    for at in range(1, len(told)):
        nats[at] = np.maximum(nats[at - 1] + told[at], 0.0)
    return nats * np.where(factor > 1, 1.0, -1.0)


def of_trees(counts: Array) -> Array:
    """Scores of river's half-space trees. Raises FileNotFoundError where it is not installed."""
    if not _PYTHON.exists():
        raise FileNotFoundError("river is not installed: `make bench` does it")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "counts.npz", Path(folder) / "scores.npz"
        np.savez(source, counts=counts)
        done = subprocess.run(
            [_PYTHON, _TREES, source, target], check=False, capture_output=True, text=True, timeout=_TREES_LIMIT_S
        )
        if done.returncode:
            raise FileNotFoundError(f"river does not run: {done.stderr.strip().splitlines()[-1]}")
        scores: Array = np.load(target)["scores"]
        return scores


def of_kinds(name: str, rival: Callable[[Array], Array], usual: float, seeds: Sequence[int]) -> list[Figure]:
    """How a rival fares with the incidents of hours that were missed, in the series of the part itself."""
    found = []
    for kind in KINDS_OF_PARTS:
        make, limit_min = within_hours.KINDS[kind]
        hours = make()
        pairs = [[hours.minutes(seed, quiet) for seed in seeds] for quiet in (False, True)]
        z = [[rival(counts[:, None])[:, 0] for counts, _ in group] for group in pairs]
        quiet = [*z[1], *(of[:onset] for of, (_, onset) in zip(z[0], pairs[0], strict=True))]
        peak = max(float(np.nanmax(np.abs(of[-_DAY_MIN:]))) for of in quiet)
        for label, threshold in {f"z {usual:g}": usual, "matched": peak + 1e-9}.items():
            sign = 1 if hours.direction == "up" else -1
            late = [
                np.flatnonzero(sign * of[onset:] >= threshold)[:1] + 1
                for of, (_, onset) in zip(z[0], pairs[0], strict=True)
            ]
            in_time = sum(len(one) > 0 and one[0] <= limit_min for one in late)
            disturbed = sum(
                bool(np.nanmax(np.abs(of[onset:])) >= threshold) for of, (_, onset) in zip(z[1], pairs[1], strict=True)
            )
            value = f"{in_time} of {len(seeds)}; {len(seeds) - disturbed} of {len(seeds)} twins quiet"
            found.append(Figure(f"{kind}: {name}, {label}", f"{value} (threshold {threshold:.3g})"))
            print(f"{found[-1].what}: {found[-1].value}", flush=True)
    return found


def measure(
    seed: int = 1, draws: int = 8, longest_min: float = LONGEST_MIN, trees: int = 2, kinds: int = 20
) -> Section:
    """The section; `trees`: series a cell for river, which takes them one by one; `kinds`: seeds of each kind."""
    of = minutes("own day", seed, draws, longest_min)
    found: list[Figure] = []
    for name, (rival, usual) in RIVALS.items():
        found += _rows(name, of, rival, {f"z {usual:g}": usual})
    found += _rows("CUSUM that knows level and size", of, lambda _: all_knowing(of), {f"{NATS:.1f} nats": NATS})[:1]
    few = minutes("own day", seed, trees, longest_min)
    try:
        found += _rows("half-space trees (river)", few, of_trees, {}, signed=False)
    except FileNotFoundError as error:
        found.append(Figure("half-space trees (river)", f"left out: {error}"))
    for name, (rival, usual) in RIVALS.items():
        found += of_kinds(name, rival, usual, range(seed, seed + kinds))
    return Section("Rivals, on the series of the power curve (own day) and of the kinds of hours", found)


def _rows(
    name: str, of: Minutes, rival: Callable[[Array], Array], usual: dict[str, float], *, signed: bool = True
) -> list[Figure]:
    z = rival(of.counts)
    thresholds = usual | {"matched": matched(z, of.quiet())}
    rows = []
    for label, threshold in thresholds.items():
        median, p90, of_all, false = figures("", fared(of, z, threshold, signed))
        value = f"median in {median.value} cells, p90 in {p90.value}; of all {of_all.value}; false {false.value}"
        rows.append(Figure(f"{name}, {label}", f"{value} (threshold {threshold:.3g})"))
        print(f"{rows[-1].what}: {rows[-1].value}", flush=True)
    return rows


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=8)
    flags = parser.parse_args(None if arguments is None else list(arguments))
    measure(flags.seed, flags.draws)


if __name__ == "__main__":
    main()
