"""YAML as settings need it: the scalars of YAML 1.2, no objects, and bounds that no file made by people reaches."""

from __future__ import annotations

import math
import re
from typing import Any, Final

import yaml

DEEPEST: Final = 50
MOST_VALUES: Final = 50_000  # counted where they are used: a chain of aliases doubles with every line
_WORDS: Final = {"true": True, "false": False}
_PREFIX: Final = "tag:yaml.org,2002:"
_PATTERNS: Final = {
    "null": (re.compile(r"^(?:~|null|)$"), ["~", "n", ""]),
    "bool": (re.compile(r"^(?:true|false)$"), list("tf")),
    "int": (re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")),
    "float": (re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?$"), list("-+.0123456789")),
}
_LONGEST_NUMBER: Final = 40  # digits: Python refuses to read some thousands
_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")


class CoreLoader(yaml.SafeLoader):
    """In YAML 1.1 `24:00` is the number 1440, `no` is false and a date is an object; not so here."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """One node with all below it. Raises ComposerError for what is nested too deeply, with its place."""
        self._depth += 1
        if self._depth > DEEPEST:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, f"nested more than {DEEPEST} deep; write it flatter", event.start_mark
            )
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


CoreLoader.yaml_implicit_resolvers = {}
for _name, (_pattern, _first) in _PATTERNS.items():
    CoreLoader.add_implicit_resolver(_PREFIX + _name, _pattern, _first)


def scalar(node: yaml.ScalarNode) -> str | float | bool | None:
    """Its value in plain Python. Raises ValueError, which says what is wrong and what to do.

    >>> scalar(yaml.ScalarNode("tag:yaml.org,2002:int", "7"))
    7
    """
    kind, text = node.tag.removeprefix(_PREFIX), str(node.value)
    if kind == "str":
        if found := _NO_TEXT.search(text):
            raise ValueError(f"a text must not hold the character U+{ord(found[0]):04X}; remove it")
        return text
    if kind not in _PATTERNS:
        raise ValueError(f"the tag {node.tag.replace(_PREFIX, '!!')} is not known here; remove it")
    if not _PATTERNS[kind][0].match(text):
        raise ValueError(f"is no {kind}; correct it, or remove the tag !!{kind}")
    if kind == "null":
        return None
    return _WORDS[text] if kind == "bool" else _number(kind, text)


def _number(kind: str, text: str) -> float:
    if kind == "int" and len(text) <= _LONGEST_NUMBER and -(2**63) <= int(text) < 2**63:
        return int(text)
    if kind == "float" and math.isfinite(float(text)):
        return float(text)
    raise ValueError("the number is too large")


def container(node: yaml.Node) -> None:
    """Raises ValueError for a list or a mapping that a tag makes something else."""
    kind = "seq" if isinstance(node, yaml.SequenceNode) else "map"
    if node.tag != _PREFIX + kind:
        raise ValueError(f"the tag {node.tag.replace(_PREFIX, '!!')} is not known here; remove it")
