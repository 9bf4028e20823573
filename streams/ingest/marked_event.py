"""What the key of a marked event holds: one key tells the marks of all roles that the event may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.catalogue.case_roles import Role

CASES = 2  # where the hashes begin: after the group's number and the event's ms


class MarkedRole(NamedTuple):
    """Where a role finds its own in a key.

    Attributes:
        role: whose marks these are.
        case: position of the hash, `NO_CASE` where the event lacks the field.
        scope: positions of the codes of its dimensions.
        value: position of the time it carries; None: it carries none.
        test: position of whether it marks the event; None: it marks every one of the type.

    """

    role: Role
    case: int
    scope: tuple[int, ...]
    value: int | None
    test: int | None


class MarkedEvent:
    """The layout of the keys of one event type: number, ms, hashes, codes of dimensions, times carried, tests.

    Args:
        event_type: whose events are marked.
        roles: those that mark it.

    Attributes:
        cases: (`by`, `also`) of the hashes, each once.
        dimensions, values: of any of the roles, each once.
        roles: the same, and where each finds its own.

    """

    def __init__(self, event_type: str, roles: Sequence[Role]) -> None:
        self.cases = list(dict.fromkeys((role.by, role.also) for role in roles))
        self.dimensions = tuple(sorted({name for role in roles for name in role.dimensions}))
        self.values = sorted({role.value for role in roles if role.value})
        tested = [role for role in roles if all(where for events, where in role.which if event_type in events)]
        codes = CASES + len(self.cases)
        values = codes + len(self.dimensions)
        tests = values + len(self.values)
        self.roles = [
            MarkedRole(
                role,
                CASES + self.cases.index((role.by, role.also)),
                tuple(codes + self.dimensions.index(name) for name in role.dimensions),
                values + self.values.index(role.value) if role.value else None,
                tests + tested.index(role) if role in tested else None,
            )
            for role in roles
        ]
