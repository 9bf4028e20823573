"""From a record of another system to events of ours, or to the reason why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from msgspec import convert

from streams.events.customer import NOBODY, CustomerKey
from streams.events.dead_letter import Reason, Rejection
from streams.mapping.event_types import types_of
from streams.mapping.failure import MappingError
from streams.mapping.functions import MappingFunctions
from streams.mapping.place import Place
from streams.mapping.refusal import of_field, of_struct
from streams.mapping.rule import MOST_EVENTS, FieldError, ReadRule, RuleCode, RuleCompiler
from streams.mapping.shape import narrow_decoder
from streams.mapping.times import Times
from streams.mapping.written import NotPlainError

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.events.fields import Event
    from streams.events.vocabulary import Vocabulary
    from streams.settings.mapping import MappingSettings

"""Hashes no customer: those that records name are left out."""
_plain = msgspec.json.Decoder(Any).decode


class _Program(NamedTuple):
    """The rules for records that are decoded in one way."""

    decode: Callable[[bytes], Any]
    codes: tuple[RuleCode, ...]


class RecordMapper:
    """Makes the events of records. It keeps nothing of a record.

    Attributes:
        name: of the mapping.
        reads: what its expressions read of records.
        types: those that its events can have.

    """

    def __init__(
        self,
        name: str,
        mapping: MappingSettings,
        vocabulary: Vocabulary,
        customers: CustomerKey,
        own: int,
        extends: str,
    ) -> None:
        self.name = name
        self.reads = Place()
        self._structs = vocabulary.types
        self._hook = customers.decode
        self._own = own
        self._extends = extends
        self._all = mapping.all
        self._ignored = tuple(bool(rule.ignore) for rule in mapping.events)
        self._rules = tuple(ReadRule.of(rule, vocabulary.types) for rule in mapping.events)
        self.types = frozenset(
            kind for rule in self._rules for kind in types_of(rule, mapping.tables, vocabulary.types)
        )
        for rule in self._rules:
            rule.mark(self.reads)
        self._times = Times(ZoneInfo(mapping.timezone) if mapping.timezone else None)
        self._functions = MappingFunctions(mapping.tables, mapping.values, self._times)
        self._kinds = {kind: vocabulary.kinds[kind] for kind in vocabulary.types}
        self._wide = _Program(_plain, self._codes(None))
        self._narrow = self._narrow_program()

    def events(self, value: bytes) -> list[Event]:
        """The events of a record; none where it is ignored. All or nothing: raises MappingError and nothing else."""
        record, codes = self._decoded(value)
        events: list[Event] = []
        try:
            for rule in self._fitting(codes, record):
                made: list[dict[str, Any]] = []
                codes[rule].make(record, made.append)
                if len(made) > MOST_EVENTS:
                    raise self._failed(rule, f"gives more than {MOST_EVENTS:,} events")
                for event in made:
                    try:
                        events.append(convert(event, self._structs[event["type"]], dec_hook=self._hook))
                    except msgspec.ValidationError as error:
                        raise self._failed(rule, of_struct(event, str(error))) from None
        except FieldError as error:
            raise self._failed(error.rule, of_field(error.field, error.error)) from None
        return events

    def rule_name(self, rule: int) -> str:
        """How messages call a rule, which has a number from 0: rules of a shipped mapping by its name.

        A rule that a shipped mapping brings has its number there.
        """
        return f"rule {rule + 1}" if rule < self._own else f"{self._extends} rule {rule - self._own + 1}"

    def _decoded(self, value: bytes) -> tuple[Any, tuple[RuleCode, ...]]:
        try:
            if not value.isascii():
                value.decode()  # the decoder passes over what it does not read
            if self._narrow is not None:
                try:
                    return self._narrow.decode(value), self._narrow.codes
                except msgspec.ValidationError:  # of another shape, which may be right
                    pass
            return self._wide.decode(value), self._wide.codes
        except UnicodeDecodeError:
            what = "not UTF-8"
        except RecursionError:
            what = "nested too deeply"
        except msgspec.DecodeError:
            what = "not JSON"
        raise MappingError(Rejection(Reason.NOT_JSON, what))

    def _fitting(self, codes: tuple[RuleCode, ...], record: Any) -> list[int]:
        """The rules that give the events. Those of a shipped mapping are asked where no own one fits, or with `all`."""
        fitting = [rule for rule, code in enumerate(codes[: self._own]) if code.fits(record)]
        if self._all or not fitting:
            fitting += [rule for rule, code in enumerate(codes[self._own :], self._own) if code.fits(record)]
        if not fitting:
            raise MappingError(Rejection(Reason.UNMAPPED, "no rule fits"))
        if len(fitting) > 1 and not self._all:
            first, number = self.rule_name(fitting[0]), self.rule_name(fitting[1]).rpartition(" ")[2]
            what = f"{first.replace('rule ', 'rules ')} and {number} both fit; narrow one `when`, or set all: true"
            raise MappingError(Rejection(Reason.MAPPING_FAILED, what))
        return [rule for rule in fitting if not self._ignored[rule]]

    def _failed(self, rule: int, what: str) -> MappingError:
        return MappingError(Rejection(Reason.MAPPING_FAILED, f"{self.rule_name(rule)}: {what}"))

    def _codes(self, record: Place | None) -> tuple[RuleCode, ...]:
        compiler = RuleCompiler(self._functions, self._times, self._kinds, record)
        return tuple(compiler.compile(number, rule) for number, rule in enumerate(self._rules))

    def _narrow_program(self) -> _Program | None:
        decode = narrow_decoder(self.reads)
        if decode is None:
            return None
        try:
            return _Program(decode, self._codes(self.reads))
        except NotPlainError:
            return None


def compile_mapping(
    name: str,
    mapping: MappingSettings,
    vocabulary: Vocabulary,
    customers: CustomerKey = NOBODY,
    *,
    own: int | None = None,
    extends: str = "",
) -> RecordMapper:
    """The mapper of a mapping that has all its rules, of which `check_mapping` has no fault.

    Args:
        name: of the mapping.
        mapping: its settings, as `merged` gives them.
        vocabulary: the types of events.
        customers: hashes those that records name.
        own: how many of the rules are its own; None: all of them. The others are of the shipped mapping `extends`.
        extends: name of that one.

    Raises NotAnExpressionError for a text that is no expression.

    """
    return RecordMapper(name, mapping, vocabulary, customers, len(mapping.events) if own is None else own, extends)
