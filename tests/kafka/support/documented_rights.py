"""The ACLs of docs/security.md, given to a cluster as kafka-acls.sh would."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path
from typing import Any

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "security.md"


def grants() -> list[list[str]]:
    """The words of the commands of docs/security.md."""
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("kafka-acls.sh")]
    assert lines
    return [shlex.split(line) for line in lines]


def granted(address: str, words: list[str]) -> list[Any]:
    """Does what kafka-acls.sh would do; returns an ACL for each pair of resource and operation."""
    pairs = list(itertools.pairwise(words))
    values = {flag: [value for name, value in pairs if name == flag] for flag in words if flag.startswith("--")}
    user = values["--allow-principal"][0].removeprefix("User:")
    prefixed = values.get("--resource-pattern-type") == ["prefixed"]
    made = []
    for flag in ("--topic", "--group", "--transactional-id"):
        kind = flag.removeprefix("--").replace("-", "_")
        for name, operation in itertools.product(values.get(flag, ()), values["--operation"]):
            spelled = re.sub(r"(?<=.)(?=[A-Z])", "_", operation)
            made += allow(address, user, kind, name, spelled, prefixed=prefixed)
    return made


def allow(address: str, user: str, kind: str, name: str, *operations: str, prefixed: bool = False) -> list[AclBinding]:
    """Adds ACLs; `kind` is topic, group, transactional_id or broker."""
    pattern = ResourcePatternType.PREFIXED if prefixed else ResourcePatternType.LITERAL
    bindings = [
        AclBinding(
            ResourceType[kind.upper()],
            name,
            pattern,
            f"User:{user}",
            "*",
            AclOperation[operation.upper()],
            AclPermissionType.ALLOW,
        )
        for operation in operations
    ]
    admin = AdminClient({"bootstrap.servers": address})
    for made in admin.create_acls(bindings).values():
        made.result(20.0)
    return bindings


def exactly(right: Any) -> AclBindingFilter:
    """What finds this ACL and no other."""
    fields = ("restype", "name", "resource_pattern_type", "principal", "host", "operation", "permission_type")
    return AclBindingFilter(*(getattr(right, field) for field in fields))


def implied(right: Any) -> bool:
    """Write holds Describe."""
    return right.operation is AclOperation.DESCRIBE
