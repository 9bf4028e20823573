"""What a worker must be allowed to do, and which of it is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.topics.check_result import CheckResult, Level
from streams.topics.wanted import Right

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from streams.settings.settings import Settings
    from streams.topics.remedy import Remedies

SINGLE_EVENTS: Final = "single-events"
"""The purpose of the group that reads what rules on single events found."""


class Resource(NamedTuple):
    """Something that ACLs speak of. `kind` is topic, group or transactional-id."""

    kind: str
    name: str
    needed: tuple[Right, ...]
    prefixed: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """As kafka-acls names it."""
        pattern = ("--resource-pattern-type prefixed",) if self.prefixed else ()
        return (f"--{self.kind} {self.name}", *pattern)


def groups(settings: Settings) -> tuple[Resource, ...]:
    """The groups of a worker: the one that counts, the one that notifies, and those that ask systems to act."""
    names = (settings.app, *(f"{settings.app}-{purpose}" for purpose in ("notify", "linkage", SINGLE_EVENTS)))
    return tuple(Resource("group", name, (Right.READ,)) for name in names)


def transactions(settings: Settings) -> Resource:
    """The transactional ids of a worker: one for each partition that it reads."""
    return Resource("transactional-id", f"{settings.app}-", (Right.WRITE, Right.DESCRIBE), prefixed=True)


def missing_rights(
    resource: Resource, allowed: Collection[Right], who: str, remedies: Remedies
) -> Iterable[CheckResult]:
    """One finding where something is missing."""
    lacking = tuple(right for right in resource.needed if right not in allowed)
    if lacking:
        what = f"{who} may not {' or '.join(right.value for right in lacking)} {resource.kind} {resource.name}"
        yield CheckResult(
            Level.WRONG, what + ("*" if resource.prefixed else ""), remedies.allow(lacking, *resource.flags)
        )
