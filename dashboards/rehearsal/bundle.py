"""Modules of the pages put into one script, because a page that is opened from a disk may not load others."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_IMPORT = re.compile(
    r'^import (?:\{ (?P<names>[^}]+) \}|(?P<default>\w+)) from "\./(?P<module>\w+)\.js";$', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?P<what>(?:async )?function|const) (?P<name>\w+)", re.MULTILINE)


def bundled(entry: str, modules: Mapping[str, str]) -> str:
    r"""The script of a module and of all that it imports, each in a scope of its own, in the order in which they run.

    Args:
        entry: the module that runs last.
        modules: text by name. An import is one line and names what it takes; an export is a function, a constant or
            the default.

    Raises KeyError for a module that is imported and not there, graphlib.CycleError where they wait for each other.

    >>> print(bundled("b", {"a": "export const one = 1;", "b": 'import { one } from "./a.js";\nalert(one);'}))
    const $a = (() => {
    const one = 1;
    return { one };
    })();
    const $b = (() => {
    const { one } = $a;
    alert(one);
    return {  };
    })();
    <BLANKLINE>

    """
    needed: dict[str, list[str]] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = [found["module"] for found in _IMPORT.finditer(modules[name])]
            waiting += needed[name]
    return "".join(_scope(name, modules[name]) for name in TopologicalSorter(needed).static_order())


def _scope(name: str, text: str) -> str:
    exported = [found["name"] for found in _EXPORT.finditer(text)]
    body = _IMPORT.sub(_taken, text)
    body = _EXPORT.sub(r"\g<what> \g<name>", body)
    if "export default " in body:
        body = body.replace("export default ", "const standard = ")
        exported.append("default: standard")
    return f"const ${name} = (() => {{\n{body.strip()}\nreturn {{ {', '.join(exported)} }};\n}})();\n"


def _taken(found: re.Match[str]) -> str:
    if found["default"]:
        return f"const {found['default']} = ${found['module']}.default;"
    names = found["names"].replace(" as ", ": ")
    return f"const {{ {names} }} = ${found['module']};"
