"""The comparison of two runs as people read it in a terminal: a table, then what came and what went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Entry = Mapping[str, Any]
    Row = tuple[str, str, str]

MOST_LISTED: Final = 20


def in_words(against: Entry, names: tuple[str, str]) -> str:
    """The section `against` of report.json. `names`: what the two runs are called."""
    rows: list[Row] = [("", *names), *_rows(against["this"], against["other"])]
    rows += _incidents(against.get("incidents", ()))
    width = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [f"{what:<{width[0]}}  {one:>{width[1]}}  {other:>{width[2]}}".rstrip() for what, one, other in rows]
    return "\n".join([*lines, *_came_and_went(against, names)])


def _rows(this: Entry, other: Entry) -> Iterator[Row]:
    yield ("anomalies", str(this["anomalies"]), str(other["anomalies"]))
    yield ("warnings and critical a day", _number(this["alarms_a_day"]), _number(other["alarms_a_day"]))
    yield ("of them critical", _number(this["critical_a_day"]), _number(other["critical_a_day"]))
    for name in {**this["messages"], **other["messages"]}:
        yield (f"messages to {name}", str(this["messages"].get(name, 0)), str(other["messages"].get(name, 0)))
    if "recall" in this:
        yield ("incidents found (recall)", _number(this["recall"]), _number(other["recall"]))
        yield ("precision", _number(this["precision"]), _number(other["precision"]))
        yield ("false alarms a day", _number(this["false_alarms_a_day"]), _number(other["false_alarms_a_day"]))
        for figure in ("median", "p95"):
            found = [_seconds(side["time_to_detect_s"][figure]) for side in (this, other)]
            yield (f"time to detect, {figure}", found[0], found[1])


def _incidents(incidents: Sequence[Entry]) -> Iterator[Row]:
    """Those of which the two say another thing."""
    for one in incidents:
        if one["this"] != one["other"]:
            yield (f"  {one['id']} found after", _seconds(one["this"], "missed"), _seconds(one["other"], "missed"))


def _came_and_went(against: Entry, names: tuple[str, str]) -> Iterator[str]:
    moved = [one for one in against["both"] if one["later_s"]]
    same = len(against["both"]) - len(moved)
    yield f"in both at the same moment: {same}"
    yield from _listed(
        "in both, at another moment", [f"{_named(one)}: {_seconds(abs(one['later_s']))} {_when(one)}" for one in moved]
    )
    for name, key in zip(names, ("only_this", "only_other"), strict=True):
        yield from _listed(f"only in {name}", [f"{one['detected_at']} {_named(one)}" for one in against[key]])


def _listed(what: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"{what}: {len(lines)}"
    yield from (f"  {line}" for line in lines[:MOST_LISTED])
    if len(lines) > MOST_LISTED:
        yield f"  and {len(lines) - MOST_LISTED} more, see the report"


def _when(one: Entry) -> str:
    return "later" if one["later_s"] > 0 else "earlier"


def _named(one: Entry) -> str:
    scope = ", ".join(f"{name} {value}" for name, value in one["scope"].items()) or "the whole"
    severities = one["severity"] if isinstance(one["severity"], list) else [one["severity"]]
    text = f"{' -> '.join(dict.fromkeys(severities))} {one['metric']} {one['direction']} ({scope})"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _seconds(value: float | None, missing: str = "-") -> str:
    return missing if value is None else f"{value:.0f} s"
