"""One shop's figures in words: what was found, what was missed, and which metrics cried wolf."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmarks.zoo.scores import GOALS, met

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def shown(figures: Mapping[str, Any]) -> list[str]:
    """Lines: a head, one for each incident, one for the false warnings by metric."""
    days = figures["judged_days"]
    head = (
        f"{figures['name']}, seed {figures['seed']}: {figures['series']:,} series, {figures['events']:,} events,"
        f" {days * 24:.0f} h judged, {figures['cpu_s']:.0f} s of CPU,"
        f" {len(figures['false'])} false warnings, {len(figures['false']) / days:.2f} a day"
    )
    return [head, *map(_incident, figures["incidents"]), *wolves(figures["false"])]


def wolves(false: Iterable[Mapping[str, Any]]) -> list[str]:
    """The false warnings by metric, the most frequent first; nothing where there are none."""
    counted = Counter(one["metric"] for one in false)
    text = ", ".join(f"{metric} {count}" for metric, count in counted.most_common())
    return [f"  false: {text}"] if text else []


def _incident(one: Mapping[str, Any]) -> str:
    place = ", ".join(f"{name}={value}" for name, value in one["place"].items())
    bound = "none" if one["bound_s"] is None else f"{one['bound_s'] / 60:.0f} min"
    fate = "missed"
    if one["hit"]:
        marks = "".join(
            f", {what} wrong" for what, right in (("cause", one["cause_right"]), ("top", one["top_right"])) if not right
        )
        fate = f"found after {one['delay_s'] / 60:.1f} min by {one['by'][0][0]}{marks}"
    fair = "" if one["fair"] else " (not counted: D* beyond half its length)"
    size = f"{one['size']:.2g}{' creeping' if one['creeps'] else ''}"
    return f"  {one['what']} at {place} to {size}, {one['length_s'] / 60:.0f} min, D* {bound}: {fate}{fair}"


def shown_sums(sums: Mapping[str, Any]) -> list[str]:
    """The sums over seeds, each with its goal where it has one."""
    fate = met(sums)
    lines = [
        f"{sums['shops']} shops ({sums['quiet_shops']} quiet), {sums['incidents']} incidents ({sums['fair']} fair)"
    ]
    for name in ("recall", "recall_all", "precision", "quiet_false_a_day", "quiet_worst", "cause_right", "top_right"):
        bound = " {} {:g}: {}".format(*GOALS[name], "met" if fate[name] else "not met") if name in fate else ""
        lines.append(f"  {name}: {_figure(sums[name])}{bound}")
    slow = sums["delay_over_bound"]
    lines.append(f"  delay / D*: median {_figure(slow['median'])}, p90 {_figure(slow['p90'])}")
    lines.append(
        f"  false by metric: {', '.join(f'{name} {count}' for name, count in sums['wolves'].items()) or 'none'}"
    )
    lines.append(f"  {sums['cpu_s']:.0f} s of CPU for {sums['judged_days']:.2f} judged days, {sums['events']:,} events")
    return lines


def _figure(number: float | None) -> str:
    return "-" if number is None else f"{number:.2f}"
