"""What each package may import, which are pure, and that files stay small and well named."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).parent.parent
TOPS = ("detectors", "streams", "dashboards")
ARCHITECTURE = PROJECT / "docs" / "architecture.md"
LONGEST = 300
LONGEST_TEST = 350
NO_NOUNS = ("utils", "util", "common", "helpers", "helper", "manager", "misc")

# What pure packages must not import: an event loop, a broker, a web server, a thread.
SHELL_LIBRARIES = (
    "faust",
    "mode",
    "aiokafka",
    "confluent_kafka",
    "aiohttp",
    "asyncio",
    "uvloop",
    "threading",
    "socket",
    "subprocess",
)
CLOCKS = {
    ("time", "time"),
    ("time", "monotonic"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
}


class Layer(NamedTuple):
    """What a package may import, and whether it is pure: no loop, broker, web, clock or dice, and only pure packages.

    `streams.` is left out of names.
    """

    pure: bool
    imports: str


PURE, SHELL = True, False

# From the ground up: a package imports only what stands above it in this table.
LAYERS = {
    "detectors": Layer(PURE, ""),
    "settings": Layer(PURE, ""),
    "events": Layer(PURE, ""),
    "delivery": Layer(SHELL, ""),
    "simulate": Layer(PURE, ""),
    "simulate.week": Layer(PURE, "events simulate"),
    "scenarios": Layer(PURE, "events simulate simulate.week"),
    "records": Layer(PURE, "detectors events"),
    "cells": Layer(PURE, "records"),
    "topics": Layer(PURE, "events records settings"),
    "mapping": Layer(PURE, "events settings topics"),
    "catalogue": Layer(PURE, "cells detectors events settings"),
    "telemetry": Layer(PURE, "catalogue"),
    "ingest": Layer(PURE, "catalogue cells events records topics"),
    "register": Layer(PURE, "catalogue events records settings"),
    "scorecards": Layer(PURE, "catalogue detectors records register"),
    "incidents": Layer(PURE, "catalogue detectors events records scorecards settings"),
    "evaluation": Layer(PURE, "catalogue cells detectors events records register settings"),
    "merge": Layer(PURE, "catalogue cells detectors evaluation events records register settings topics"),
    "cases": Layer(PURE, "catalogue cells merge topics"),
    "journey": Layer(PURE, "events records"),
    "broker": Layer(SHELL, "events settings topics"),
    "affected": Layer(SHELL, "broker catalogue events journey records settings topics"),
    "alerts.words": Layer(PURE, "catalogue events records register settings"),
    "alerts.decide": Layer(PURE, "alerts.words catalogue events records register settings"),
    "alerts.queue": Layer(SHELL, "alerts.words catalogue delivery"),
    "alerts.receivers": Layer(SHELL, "alerts.queue alerts.words catalogue delivery events records settings"),
    "alerts": Layer(SHELL, "alerts.decide alerts.queue alerts.words records"),
    "intake": Layer(PURE, "events settings topics"),
    "linkage": Layer(SHELL, "catalogue delivery events records register settings"),
    "web": Layer(
        SHELL,
        "cases catalogue delivery detectors events intake journey merge records register settings telemetry topics",
    ),
    "transport.driver": Layer(SHELL, "broker events records settings"),
    "transport.life": Layer(SHELL, "broker settings"),
    "transport.flush": Layer(SHELL, "broker cells merge records topics"),
    "transport.partitions": Layer(SHELL, "broker topics transport.driver transport.flush transport.life"),
    "transport.clients": Layer(SHELL, "broker delivery events records settings topics transport.flush"),
    "transport.source": Layer(
        SHELL, "cells ingest records topics transport.driver transport.flush transport.life transport.partitions"
    ),
    "transport.log": Layer(
        SHELL,
        "broker cells records topics transport.driver transport.flush transport.life transport.partitions",
    ),
    "transport": Layer(
        SHELL,
        "broker records settings topics transport.driver transport.flush transport.life transport.log"
        " transport.partitions transport.source",
    ),
    "configuration": Layer(
        SHELL,
        "alerts.decide alerts.receivers broker catalogue events intake linkage mapping register settings topics web",
    ),
    "offline": Layer(
        SHELL,
        "alerts.decide alerts.words broker cases catalogue cells configuration detectors evaluation events"
        " incidents ingest mapping merge records register settings telemetry topics web",
    ),
    "imports": Layer(SHELL, "offline settings"),
    "dashboards.wallboard": Layer(PURE, ""),
    "dashboards.rehearsal": Layer(PURE, "dashboards.wallboard"),
    "dashboards.rules": Layer(PURE, "catalogue telemetry"),
    "dashboards.boards": Layer(PURE, "catalogue dashboards.rules telemetry"),
    "dashboards.grafana": Layer(SHELL, "dashboards.boards settings"),
    "app": Layer(
        SHELL,
        "affected alerts alerts.decide alerts.queue alerts.receivers alerts.words broker cases catalogue cells"
        " configuration dashboards.wallboard delivery evaluation events incidents ingest intake journey linkage"
        " mapping merge records register settings telemetry topics transport transport.clients"
        " transport.flush transport.life transport.source web",
    ),
    "demo": Layer(
        SHELL,
        "alerts.words app broker events offline records scenarios settings simulate topics transport.life",
    ),
    "cli": Layer(
        SHELL,
        "affected app broker catalogue configuration dashboards.boards dashboards.grafana"
        " dashboards.rehearsal dashboards.rules demo events imports intake journey linkage mapping offline records"
        " register scenarios settings topics transport.life web",
    ),
}


class Import(NamedTuple):
    """One import: who asks, in which line, for what."""

    file: Path
    line: int
    module: str


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


def python_files(folder: str) -> list[Path]:
    return sorted((PROJECT / folder).rglob("*.py"))


OURS = {name_of(file): file for top in TOPS for file in python_files(top)}


@cache
def imports(file: Path) -> tuple[Import, ...]:
    """All imports of a file: inside functions and under TYPE_CHECKING too, because a type is an edge as well."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [Import(file, node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [Import(file, node.lineno, name if name in OURS else str(node.module)) for name in names]
    return tuple(found)


def package_of(module: str) -> str:
    """The row of the table that a module belongs to.

    >>> package_of("streams.transport.log.keeper"), package_of("streams.transport.worker")
    ('transport.log', 'transport')
    """
    file = OURS[module]
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    return package.removeprefix("streams.")


def edges() -> list[tuple[Import, str, str]]:
    """Every import from one package of ours of another: where, from which, of which."""
    found = []
    for module, file in OURS.items():
        here = package_of(module)
        crossing = (one for one in imports(file) if one.module in OURS and package_of(one.module) != here)
        found += [(one, here, package_of(one.module)) for one in crossing]
    return found


def assert_none(wrong: list[Import]) -> None:
    assert not wrong, "\n" + "\n".join(f"{edge.file.relative_to(PROJECT)}:{edge.line} {edge.module}" for edge in wrong)


def assert_no_cycle(graph: dict[str, set[str]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_no_package_reaches_itself_through_others() -> None:
    graph: dict[str, set[str]] = {}
    for _, importing, imported in edges():
        graph.setdefault(importing, set()).add(imported)

    assert_no_cycle(graph)


def test_no_module_reaches_itself_through_others() -> None:
    assert_no_cycle(
        {module: {one.module for one in imports(file) if one.module in OURS} for module, file in OURS.items()}
    )


def test_each_package_imports_exactly_what_its_row_says() -> None:
    found: dict[str, set[str]] = {package_of(module): set() for module in OURS if package_of(module) not in TOPS[1:]}
    for _, importing, imported in edges():
        found[importing].add(imported)

    assert found == {package: set(layer.imports.split()) for package, layer in LAYERS.items()}


def test_a_package_imports_only_what_stands_above_it_in_the_table() -> None:
    height = {package: place for place, package in enumerate(LAYERS)}

    assert_none([one for one, importing, imported in edges() if height[imported] >= height[importing]])


def test_a_pure_package_imports_pure_packages_only() -> None:
    assert_none([one for one, importing, imported in edges() if LAYERS[importing].pure and not LAYERS[imported].pure])


@pytest.mark.parametrize("package", [package for package, layer in LAYERS.items() if layer.pure])
def test_a_pure_package_has_no_loop_no_broker_no_web_no_clock_and_no_dice(package: str) -> None:
    wrong = []
    for module, file in OURS.items():
        if package_of(module) != package:
            continue
        wrong += [one for one in imports(file) if one.module.partition(".")[0] in SHELL_LIBRARIES]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                asked = (node.value.id, node.attr)
                if asked in CLOCKS or (node.value.id == "random" and package not in {"simulate", "simulate.week"}):
                    wrong.append(Import(file, node.lineno, ".".join(asked)))

    assert_none(wrong)


def test_detectors_use_numpy_scipy_and_the_standard_library_only() -> None:
    allowed = {"numpy", "scipy", "detectors", *sys.stdlib_module_names}

    assert_none(
        [
            one
            for file in python_files("detectors")
            for one in imports(file)
            if one.module.partition(".")[0] not in allowed
        ]
    )


def test_the_architecture_page_shows_this_table() -> None:
    rows = re.findall(
        r"^\| `([a-z.]+)` \| [^|]+ \| (yes|no) \| ([^|]*)\|$", ARCHITECTURE.read_text("utf-8"), re.MULTILINE
    )

    assert [(package, pure == "yes", shown.strip()) for package, pure, shown in rows] == [
        (package, layer.pure, layer.imports.replace(" ", ", ") or "-") for package, layer in LAYERS.items()
    ]


def test_nothing_lies_loose_at_the_root_of_streams() -> None:
    assert [file.name for file in (PROJECT / "streams").glob("*.py")] == ["__init__.py"]


def test_the_project_does_not_import_its_tests_or_benchmarks() -> None:
    outside = ("tests", "benchmarks", "conftest", "deploy")

    assert_none([one for file in OURS.values() for one in imports(file) if one.module.partition(".")[0] in outside])


@pytest.mark.parametrize(
    ("folder", "longest"), [*((top, LONGEST) for top in TOPS), ("tests", LONGEST_TEST), ("benchmarks", LONGEST_TEST)]
)
def test_no_file_is_long(folder: str, longest: int) -> None:
    long = {
        str(file.relative_to(PROJECT)): lines
        for file in python_files(folder)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > longest
    }

    assert not long


def test_files_and_folders_are_named_after_what_they_hold() -> None:
    names = {
        str(file.relative_to(PROJECT))
        for package in (*TOPS, "tests", "benchmarks")
        for file in python_files(package)
        for part in file.relative_to(PROJECT).with_suffix("").parts
        if part.removeprefix("test_") in NO_NOUNS
    }

    assert not names
