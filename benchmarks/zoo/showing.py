"""One shop's figures in words: what was found, what was missed, and which metrics cried wolf."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

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
