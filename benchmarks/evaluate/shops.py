"""The zoo of shops, as `python -m benchmarks.zoo` measures it, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.evaluate.section import Figure, Section
from benchmarks.table import PROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TITLE = "The zoo of shops"
_LIMIT_S = 14_400
# name among the zoo's sums, what it is, goal, whether it is the least or the most
_GOALS = (
    ("recall", "recall of incidents whose D* is below half their length", 0.95, "least"),
    ("precision", "precision", 0.9, "least"),
    ("quiet_false_a_day", "false warnings a day of a quiet shop with 1,000 series", 1.0, "most"),
    ("cause_right", "right cause", 0.9, "least"),
    ("top_right", "top contributor right", 0.9, "least"),
)


def figures_of(sums: Mapping[str, Any]) -> list[Figure]:
    """The zoo's goals, and how soon it was.

    >>> figures_of({"recall": 0.5, "delay_over_bound": {"median": 1.5, "p90": 3.0}})[0].met
    False
    """
    found = []
    for name, what, limit, bound in _GOALS:
        value = sums.get(name)
        goal = f"at {bound} {limit:g}"
        if value is None:
            found.append(Figure(what, "nothing to make it of", goal))
        else:
            found.append(Figure(what, f"{value:.2f}", goal, value >= limit if bound == "least" else value <= limit))
    delay = sums["delay_over_bound"]
    if delay["median"] is not None:
        found.append(
            Figure("delay / D* of what was found, median and p90", f"{delay['median']:.1f}, {delay['p90']:.1f}")
        )
    return found


def measure(seeds: Sequence[int], *, quick: bool = False) -> Section:
    """The section. Raises CalledProcessError where the zoo fails."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "zoo.json"
        numbers = [str(seed) for seed in seeds]
        command = [sys.executable, "-m", "benchmarks.zoo", "--seeds", *numbers, "--report", str(report)]
        subprocess.run([*command, *(["--quick"] if quick else [])], check=True, cwd=PROJECT, timeout=_LIMIT_S)
        sums = json.loads(report.read_bytes())["sums"]
    title = f"{TITLE}: {sums['shops']} shops, {sums['incidents']} incidents, {sums['fair']} of them fair"
    return Section(title, figures_of(sums))
