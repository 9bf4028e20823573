"""Imports point one way, and files stay small and well named."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).parent.parent
PACKAGES = ("detectors", "streams", "dashboards")
LONGEST = 350
NO_NOUNS = ("utils", "util", "common", "helpers", "helper", "manager", "misc")

# The pure core: no event loop, no broker, no web, and nothing of ours that has one.
PURE = ("events", "ingest", "cells", "merge", "evaluation", "incidents", "catalogue", "topics")
FOREIGN = ("faust", "mode", "aiokafka", "confluent_kafka", "aiohttp", "asyncio", "uvloop", "threading", "socket")
SHELL = ("transport", "broker", "web", "alerts", "cli", "app", "replay")
CLOCKS = {("time", "time"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}


class Import(NamedTuple):
    """One import: who asks, in which line, for what."""

    file: Path
    line: int
    module: str


def python_files(folder: str) -> list[Path]:
    return sorted((PROJECT / folder).rglob("*.py"))


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


def imports(file: Path) -> list[Import]:
    """All imports of a file: inside functions and under TYPE_CHECKING too, because a type is an edge as well."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [Import(file, node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute"
            found += [Import(file, node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def inside(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


ALL = [edge for package in PACKAGES for file in python_files(package) for edge in imports(file)]


def assert_none(wrong: list[Import]) -> None:
    assert not wrong, "\n" + "\n".join(f"{edge.file.relative_to(PROJECT)}:{edge.line} {edge.module}" for edge in wrong)


def test_detectors_know_nothing_of_ours() -> None:
    ours = ("streams", "dashboards", "benchmarks", "tests", "deploy")

    assert_none([edge for edge in ALL if inside(name_of(edge.file), "detectors") and inside(edge.module, *ours)])


def test_detectors_use_numpy_scipy_and_the_standard_library_only() -> None:
    import sys

    allowed = {"numpy", "scipy", "detectors", *sys.stdlib_module_names}
    assert_none(
        [
            edge
            for edge in ALL
            if inside(name_of(edge.file), "detectors") and edge.module.partition(".")[0] not in allowed
        ]
    )


def test_dashboards_know_the_catalogue_and_the_names_of_metrics_only() -> None:
    assert_none(
        [
            edge
            for edge in ALL
            if inside(name_of(edge.file), "dashboards")
            and inside(edge.module, "streams", "detectors")
            and not inside(edge.module, "streams.catalogue", "streams.telemetry.metrics")
        ]
    )


def test_only_the_app_and_the_command_line_reach_dashboards() -> None:
    assert_none(
        [
            edge
            for edge in ALL
            if inside(edge.module, "dashboards")
            and not inside(name_of(edge.file), "dashboards", "streams.app.system", "streams.cli")
        ]
    )


def test_only_the_demo_and_the_command_line_reach_the_app() -> None:
    assert_none(
        [
            edge
            for edge in ALL
            if inside(edge.module, "streams.app.system")
            and not inside(
                name_of(edge.file), "streams.app.system", "streams.app.process", "streams.demo.show", "streams.cli"
            )
        ]
    )


def test_nothing_reaches_the_command_line() -> None:
    assert_none(
        [edge for edge in ALL if inside(edge.module, "streams.cli") and not inside(name_of(edge.file), "streams.cli")]
    )


def test_the_project_does_not_import_its_tests_or_benchmarks() -> None:
    assert_none([edge for edge in ALL if inside(edge.module, "tests", "benchmarks", "conftest")])


@pytest.mark.parametrize("package", PURE)
def test_the_pure_core_has_no_loop_no_broker_and_no_web(package: str) -> None:
    forbidden = (*FOREIGN, *(f"streams.{shell}" for shell in SHELL), "dashboards")

    assert_none(
        [edge for edge in ALL if inside(name_of(edge.file), f"streams.{package}") and inside(edge.module, *forbidden)]
    )


@pytest.mark.parametrize("package", [*(f"streams/{package}" for package in PURE), "detectors"])
def test_the_pure_core_asks_no_clock_and_no_dice(package: str) -> None:
    wrong = []
    for file in python_files(package):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                asked = (node.value.id, node.attr)
                if asked in CLOCKS or node.value.id == "random" or asked == ("time", "monotonic"):
                    wrong.append(Import(file, node.lineno, ".".join(asked)))

    assert_none(wrong)


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("events", ("ingest", "merge", "evaluation", "incidents")),
        ("cells", ("ingest", "merge", "evaluation", "incidents", "events", "catalogue")),
        ("catalogue", ("ingest", "merge", "evaluation", "incidents")),
        ("ingest", ("merge", "evaluation", "incidents")),
        ("evaluation", ("ingest", "incidents")),
        ("incidents", ("ingest", "merge", "evaluation")),
    ],
)
def test_the_road_of_an_event_has_no_way_back(lower: str, higher: tuple[str, ...]) -> None:
    forbidden = [f"streams.{package}" for package in higher]

    assert_none(
        [edge for edge in ALL if inside(name_of(edge.file), f"streams.{lower}") and inside(edge.module, *forbidden)]
    )


@pytest.mark.parametrize("folder", [*PACKAGES, "tests", "benchmarks"])
def test_no_file_is_long(folder: str) -> None:
    long = {
        str(file.relative_to(PROJECT)): lines
        for file in python_files(folder)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST
    }

    assert not long


def test_files_and_folders_are_named_after_what_they_hold() -> None:
    names = {
        str(file.relative_to(PROJECT))
        for package in (*PACKAGES, "tests", "benchmarks")
        for file in python_files(package)
        for part in file.relative_to(PROJECT).with_suffix("").parts
        if part.removeprefix("test_") in NO_NOUNS
    }

    assert not names
