"""Shops of the zoo that have a name, because each shows something that must hold.

python -m benchmarks.zoo.members opening --seed 1
python -m benchmarks.zoo.members business --seed 1 --days 2 --report report.json
python -m benchmarks.zoo.members foreign94 --seed 1 --out events.jsonl --truth truth.json
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from benchmarks.zoo.drawing import draw
from benchmarks.zoo.judging import judged
from benchmarks.zoo.named import business, double_saturdays, opening
from benchmarks.zoo.shop import DAY_MS
from benchmarks.zoo.showing import shown
from benchmarks.zoo.telling import told
from benchmarks.zoo.troubled import foreign94, four_kinds, new_store, refunds_tenfold
from benchmarks.zoo.troubles import with_troubles
from streams.offline.events_file import EventsWriter
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.zoo.telling import Told


def drawn(seed: int) -> Told:
    """The shop that `python -m benchmarks.zoo` draws from a seed."""
    return with_troubles(draw(seed))


MEMBERS: Final[dict[str, Callable[[int], Told]]] = {
    member.__name__: member
    for member in (drawn, opening, business, double_saturdays, foreign94, new_store, refunds_tenfold, four_kinds)
}


def cut(whole: Told, from_day: float | None, days: float | None) -> Told:
    """Judged from a day on, and ended after so many days."""
    shop = whole.shop
    if from_day is not None:
        shop = replace(shop, judged_from_ms=shop.begin_ms + int(from_day * DAY_MS) if from_day else None)
    if days is not None:
        shop = replace(shop, end_ms=min(shop.end_ms, shop.begin_ms + int(days * DAY_MS)))
    return told(shop, [one for one in whole.incidents if one.end_ms <= shop.end_ms])


def write(whole: Told, out: Path, truth: Path | None) -> None:
    """The events file and truth.json that `pharos backtest` reads."""
    with EventsWriter(out, whole.scenario) as file:
        for line in whole.stream:
            assert line.event is not None
            file.write(line.topic, line.event, rfc3339(line.at_ms))
    if truth is not None:
        truth.write_bytes(orjson.dumps(whole.truth, option=orjson.OPT_INDENT_2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=MEMBERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=float, help="end after so many days")
    parser.add_argument("--from-day", type=float, help="judge from this day on; 0: from the first event")
    parser.add_argument("--metrics", nargs="+", default=(), help="judge only these; by default the whole catalogue")
    parser.add_argument("--out", type=Path, help="write the events file instead of judging")
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--report", type=Path)
    flags = parser.parse_args()
    member = MEMBERS[flags.name](flags.seed)
    if flags.days is not None or flags.from_day is not None:
        member = cut(member, flags.from_day, flags.days)
    if flags.out is not None:
        write(member, flags.out, flags.truth)
        return
    figures = judged(member, flags.metrics)
    print("\n".join(shown(figures)))
    if flags.report is not None:
        flags.report.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
