"""The commands of Apache Kafka that put right what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from streams.topics.wanted import Right


class Remedies(NamedTuple):
    """Commands for one cluster.

    Attributes:
        broker: bootstrap servers.
        secured: whether the tools need a file of their own with credentials.
        principal: the user of the worker, as ACLs name it.

    """

    broker: str
    secured: bool = False
    principal: str = "User:pharos"

    def set(self, topic: str, key: str, value: str) -> str:
        """Change a topic's configuration."""
        return f"{self._tool('kafka-configs.sh')} --alter --topic {topic} --add-config {key}={value}"

    def delete(self, topic: str) -> str:
        return f"{self._tool('kafka-topics.sh')} --delete --topic {topic}"

    def copy(self) -> str:
        """Copies are moved by a plan, which only the operator can make."""
        return f"{self._tool('kafka-reassign-partitions.sh')} --execute --reassignment-json-file PLAN"

    def allow(self, rights: tuple[Right, ...], *resource: str) -> str:
        """`resource` is one of `--topic NAME`, `--group NAME`, `--transactional-id NAME` and what belongs to it."""
        operations = " ".join(f"--operation {right}" for right in rights)
        principal = f"--allow-principal '{self.principal}'"
        return f"{self._tool('kafka-acls.sh')} --add {principal} {operations} {' '.join(resource)}"

    def _tool(self, name: str) -> str:
        return f"{name} --bootstrap-server {self.broker}" + (" --command-config FILE" if self.secured else "")
