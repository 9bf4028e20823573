"""Writes, for a topic, the function that says into which groups (`streams.ingest.group`) its events fall.

It is written as source text, since it runs for every event: one loop, attribute look-ups and constants only. Names of
fields come from the structs of the events, values of the catalogue enter as bound constants, never as text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from streams.catalogue.single_values import OWN_TIME
from streams.cells.gauge import packed
from streams.cells.histogram import edges
from streams.cells.lead import place_of
from streams.cells.record import SLOT_MS
from streams.cells.squares import packed_moments
from streams.events.case_hash import CaseHash
from streams.events.event_time import KNOWN_MINUTES, KNOWN_TAILS, SECONDS_OF_MINUTE, event_time_ms
from streams.events.vocabulary import TOPIC, type_of
from streams.ingest.amounts import cut, scaled
from streams.ingest.group import Group, GroupKey, is_own_time
from streams.ingest.marking import Marking

if TYPE_CHECKING:
    from streams.catalogue.single_values import Difference
    from streams.catalogue.term import Condition
    from streams.events.fields import Event
    from streams.events.vocabulary import Vocabulary
    from streams.ingest.codes import Codes
    from streams.ingest.routes import Gate, Measure

Keys = Sequence[GroupKey]  # of one event; each adds 1
Sum = tuple[int, GroupKey, int]  # position of the event, key, what is added
Service = Callable[[int, int], int]  # ms, seconds of service time -> ms
Grouping = Callable[[Sequence["Event"], Iterable[int]], tuple[list[Keys], list[Sum]]]


def always_open(start_ms: int, seconds: int) -> int:
    """Of a service that never closes: so many seconds later."""
    return start_ms + seconds * 1000


class WrongTimeError(ValueError):
    """A time is not RFC 3339; the argument is its place."""


def compile_grouping(
    groups: Mapping[type[Event], Sequence[tuple[int, Group]]],
    codes: Mapping[str, Codes],
    vocabulary: Vocabulary,
    topic: str,
    cases: CaseHash | None = None,
    service: Service = always_open,
) -> Grouping:
    """The function (events, their times in ms) -> (the keys of each event, sums of values).

    `groups` are the numbered groups by struct of event, `codes` those of the dimensions that they use, `service` says
    when so many seconds of service time have passed since a moment in ms. The function
    raises WrongTimeError for a time field that is not RFC 3339, used by a metric or not, and KeyError never: events of
    other structs have no keys.
    """
    names: dict[str, Any] = {
        "event_time_ms": event_time_ms,
        "minutes": KNOWN_MINUTES,
        "seconds": SECONDS_OF_MINUTE,
        "tails": KNOWN_TAILS,
        "scaled": scaled,
        "cut": cut,
        "bisect": bisect_right,
        "packed": packed,
        "packed_moments": packed_moments,
        "place_of": place_of,
        "service": service,
        "WrongTimeError": WrongTimeError,
        **{f"codes_{name}": each for name, each in codes.items()},
    }
    lines = ["def grouping(events, times):", " keys, sums = [], []", " add = keys.append"]
    lines += [" for event, ms in zip(events, times):", "  data, kind = event.data, type(event)"]
    for number, (event, numbered) in enumerate(groups.items()):
        names[f"event_{number}"] = event
        lines.append(f"  {'el' if number else ''}if kind is event_{number}:")
        lines += [f"   {line}" for line in _Writer(type_of(event), names, vocabulary, topic, cases).lines(numbered)]
    lines += ["  else:", "   add(())", " return keys, sums"]
    exec("\n".join(lines), names)  # noqa: S102 - our own text, see the module's docstring
    grouping: Grouping = names["grouping"]
    return grouping


class _Writer:
    """The lines for one type of event: they add its keys, once."""

    def __init__(
        self, event_type: str, names: dict[str, Any], vocabulary: Vocabulary, topic: str, cases: CaseHash | None
    ) -> None:
        self._type = event_type
        self._names = names
        self._vocabulary = vocabulary
        self._topic = topic
        self._cases = cases or CaseHash()

    def lines(self, groups: Sequence[tuple[int, Group]]) -> list[str]:
        lines = [line for field in sorted(self._vocabulary.time_fields[self._type]) for line in self._time(field)]
        used = sorted({name for _, group in groups for name in group.dimensions})
        lines += [f"d_{name} = codes_{name}[{self._dimension(name)}]" for name in used]
        lines += _service_times({route.gate for _, group in groups for route in group.routes})
        always: list[str] = []
        later: list[str] = []
        single_values: dict[Measure, str] = {}
        marking = Marking(self._type, self._tests, self._constant, self._cases)
        lines += [line for number, group in groups if group.measure.roles for line in marking.lines(number, group)]
        for number, group in [pair for pair in groups if not pair[1].measure.roles]:
            elements = {gate: f"g{number}_{index}" for index, gate in enumerate(group.gates)}
            own_slot = group.measure.lead is not None
            lines += [f"{name} = {self._gate(gate, own_slot=own_slot)}" for gate, name in elements.items()]
            own = [str(number), f"ms // {SLOT_MS}"]
            key = f"({', '.join([*own, *(f'd_{name}' for name in group.dimensions), *elements.values()])})"
            needs = []
            if all(route.gate in elements for route in group.routes):
                needs.append(f"({' or '.join(f'{name} is not False' for name in elements.values())})")
            measure = group.measure
            if measure.placed:
                told, place = self._place(group)
                needs += told
                key = f"{key[:-1]}, {place})"
                (later if needs else always).append(f"if {' and '.join(needs)}: mine.append({key})" if needs else key)
            elif measure.largest:
                lines += self._single_value(measure, single_values)
                name = single_values[measure._replace(cut=False)]
                if measure.cut:
                    later.append(f"if {' and '.join([*needs, f'v{name} != r{name}'])}: mine.append({key})")
                else:
                    test = " and ".join([*needs, f"v{name} is not None"])
                    lines.append(f"if {test}: sums.append((len(keys), {key}, packed_moments(v{name})))")
            elif measure.value:
                needs.append(f"data.{measure.value} is not None")
                amount = f"scaled(data.{measure.value}, {self._vocabulary.scales[self._type][measure.value]})"
                amount = f"packed(ms, {amount})" if measure.gauge else amount
                lines.append(f"if {' and '.join(needs)}: sums.append((len(keys), {key}, {amount}))")
            elif needs:
                later.append(f"if {' and '.join(needs)}: mine.append({key})")
            else:
                always.append(key)
        if not later:
            return [*lines, f"add(({''.join(f'{key},' for key in always)}))"]
        return [*lines, f"mine = [{', '.join(always)}]", *later, "add(mine)"]

    def _place(self, group: Group) -> tuple[list[str], str]:
        """What a number in the place of the component needs, and the expression for it."""
        measure, gate = group.measure, next(iter(group.routes)).gate
        if measure.lead is not None:
            lead = f"place_of({_counts_for(gate)}, ms, {int(measure.lead)})"
            return [], lead if gate.at == OWN_TIME else f"0 if t_{gate.at} is None else {lead}"
        told, duration = self._duration(measure)
        return told, f"bisect({self._constant(edges(*measure.bins))}, {duration})"

    def _duration(self, measure: Measure) -> tuple[list[str], str]:
        """What a duration needs, and the expression for it in seconds."""
        if measure.difference is None:
            return [f"data.{measure.value} is not None"], f"data.{measure.value}"
        return _told(measure.difference), f"({_between(measure.difference)}) / 1000"

    def _single_value(self, measure: Measure, known: dict[Measure, str]) -> list[str]:
        """The lines that make a value, once: `v...` as it counts, None where it is absent; `r...` as it was told."""
        measure = measure._replace(cut=False)
        if measure in known:
            return []
        name = known[measure] = f"{len(known)}"
        if measure.difference is None:
            told, amount = f"data.{measure.value} is not None", f"scaled(data.{measure.value}, {measure.scale})"
        else:
            told, amount = " and ".join(_told(measure.difference)), _between(measure.difference)
        return [
            f"r{name} = {amount} if {told} else None",
            f"v{name} = r{name} if r{name} is None else cut(r{name}, {measure.largest})",
        ]

    def _time(self, field: str) -> list[str]:
        name = f"t_{field}"
        return [
            f"{name} = data.{field}",
            f"if {name} is not None:",
            # Nearly always all parts of the text are known: the call of event_time_ms costs as much as the look-ups.
            f" try: {name} = minutes[{name}[:16]] + seconds[{name}[16:19]] + tails[{name}[19:]]",
            " except KeyError:",
            f"  {name} = event_time_ms({name})",
            f"  if {name} is None: raise WrongTimeError('$.data.{field}')",
        ]

    def _gate(self, gate: Gate, *, own_slot: bool) -> str:
        """The expression for what a gate says: a slot, True for that of the event, False, or None for a time it lacks.

        `own_slot`: it is counted in the slot of the event, whatever time it counts for.
        """
        where = (
            " and ".join(test for field, condition in gate.where for test in self._tests(field, condition)) or "True"
        )
        if is_own_time(gate):
            return where
        counts_for = _counts_for(gate)
        limits = [f"({where})"]
        if gate.within_s is not None:
            limits.append(f"ms - {counts_for} <= {gate.within_s * 1000}")
        if gate.no_later is not None:
            limits.append(f"ms {'<=' if gate.no_later else '>'} {counts_for}")
        opened = f"{True if own_slot else f'{counts_for} // {SLOT_MS}'} if {' and '.join(limits)} else False"
        if gate.at == "time":
            return opened
        return f"(False if not ({where}) else None) if t_{gate.at} is None else ({opened})"

    def _tests(self, field: str, condition: Condition) -> list[str]:
        if difference := condition.difference(field):
            return self._duration_tests(difference, condition)
        if field not in self._vocabulary.fields[self._type]:
            operand, absent = "None", None
        elif field in self._vocabulary.text_fields[self._type]:
            operand, absent = f'(data.{field} or "")', ""
        else:
            operand, absent = f"data.{field}", None
        tests = []
        if condition.equals is not None:
            tests.append(f"{operand} == {self._constant(condition.equals)}")
        if condition.any_of:
            wanted = tuple(absent if value is None else value for value in condition.any_of)
            tests.append(f"{operand} in {self._constant(wanted)}")
        if condition.at_most is not None:
            tests.append(f"{operand} is not None and {operand} <= {self._constant(condition.at_most)}")
        if condition.above is not None:
            tests.append(f"{operand} is not None and {operand} > {self._constant(condition.above)}")
        if condition.present is not None:
            tests.append(f"{operand} {'!=' if condition.present else '=='} {self._constant(absent)}")
        return tests

    def _duration_tests(self, difference: Difference, condition: Condition) -> list[str]:
        told, duration = " and ".join(_told(difference)), f"({_between(difference)}) / 1000"
        tests = []
        if condition.present is not None:
            tests.append(f"({told})" if condition.present else f"not ({told})")
        if condition.at_most is not None:
            tests.append(f"{told} and {duration} <= {self._constant(condition.at_most)}")
        if condition.above is not None:
            tests.append(f"{told} and {duration} > {self._constant(condition.above)}")
        return tests

    def _dimension(self, name: str) -> str:
        if name == TOPIC:
            return self._constant(self._topic)
        return f"data.{name}" if name in self._vocabulary.dimensions[self._type] else '""'

    def _constant(self, value: Any) -> str:
        name = f"c{len(self._names)}"
        self._names[name] = value
        return name


def _counts_for(gate: Gate) -> str:
    """The expression for the ms that a gate counts for, where the event has that time."""
    if gate.plus_service_s:
        return f"w_{gate.at}_{gate.plus_service_s}"
    return f"({'ms' if gate.at == OWN_TIME else f't_{gate.at}'} + {gate.plus_s * 1000})"


def _service_times(gates: Iterable[Gate]) -> list[str]:
    """The lines that work out deadlines in service hours, each once; None where the event lacks the time."""
    told = sorted({(gate.at, gate.plus_service_s) for gate in gates if gate.plus_service_s})
    return [
        f"w_{at}_{seconds} = service(ms, {seconds})"
        if at == OWN_TIME
        else f"w_{at}_{seconds} = None if t_{at} is None else service(t_{at}, {seconds})"
        for at, seconds in told
    ]


def _told(difference: Difference) -> list[str]:
    """The tests that both of its times are there, of which there is one at least."""
    return [f"t_{time} is not None" for time in difference.fields]


def _between(difference: Difference) -> str:
    """The expression for its ms."""
    start, to = ("ms" if time == OWN_TIME else f"t_{time}" for time in (difference.start, difference.to))
    return f"{to} - {start}"
