"""The zoo of shops: `python -m benchmarks.zoo --seeds 1 2 3 [--quick] [--jobs 2] [--report out.json]`.

Seeds 1 to 99 are for development. Those from 1000 on are for measuring what is finished, once.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.zoo.scores import judged_seeds, summed
from benchmarks.zoo.showing import shown, shown_sums


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--quick", action="store_true", help="fewer events and hours, for a look")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--report", type=Path, help="a JSON file for all figures")
    flags = parser.parse_args()
    found = []
    for figures in judged_seeds(flags.seeds, quick=flags.quick, jobs=flags.jobs):
        print("\n".join(shown(figures)), flush=True)
        found.append(figures)
        if flags.report is not None:
            text = json.dumps({"sums": summed(found), "seeds": found}, indent=1)
            flags.report.write_text(text + "\n", encoding="utf-8")
    print("\n".join(shown_sums(summed(found))))


if __name__ == "__main__":
    main()
