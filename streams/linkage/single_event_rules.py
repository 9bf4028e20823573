"""What must hold of the setting `on` beyond types and names of events (`streams.catalogue.single_events`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.linkage.rules import NAME, check_asked
from streams.records.action import LONGEST_NAME
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from streams.settings.located_yaml import Path
    from streams.settings.settings import OwnerTable, SingleEventRule

MOST_RULES: Final = 20
MOST_PER_MINUTE: Final = 200  # of all rules: the ledger keeps what was asked for longer than events stay young


def check_single_events(
    rules: Sequence[SingleEventRule], *, tokens: bool, receivers: Collection[str]
) -> Iterator[tuple[int, Path, str]]:
    """All faults: which rule, which of its settings, and what to do about it.

    Args:
        rules: in their order.
        tokens: whether anybody is asked for one.
        receivers: the names of those, or of groups of them, that take messages which are about no anomaly.

    """
    names: set[str] = set()
    for index, rule in enumerate(rules):
        if not NAME.fullmatch(rule.name):
            yield index, ("name",), "is a label: 1 to 60 letters, digits, dots, _ and -"
        if rule.name in names:
            yield index, ("name",), "needs a name that no other rule has"
        names.add(rule.name)
        owners = _check_owner(rule.owner, receivers if rule.message else None)
        for key, what in (*check_asked(rule, tokens=tokens), *owners):
            yield index, key, what
    if len(rules) > MOST_RULES:
        yield MOST_RULES, (), f"there may be {MOST_RULES} rules: combine some of them with lists of events"
    asked = sum(rule.per_minute for rule in rules)
    if asked > MOST_PER_MINUTE:
        what = f"all rules together may ask {MOST_PER_MINUTE} times a minute, and these ask {asked} times"
        yield len(rules) - 1, ("per_minute",), what


def _check_owner(owner: OwnerTable, receivers: Collection[str] | None) -> Iterator[tuple[Path, str]]:
    names = {("default",): owner.default} | {("table", value): name for value, name in owner.table.items()}
    for place, name in names.items():
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            yield ("owner", *place), f"name the owner in 1 to {LONGEST_NAME} printable characters"
        elif receivers is not None and name not in receivers:
            what = f'no receiver that takes messages about single events, and no group of them, is named "{name}"'
            yield ("owner", *place), what + suggestion(name, receivers)
