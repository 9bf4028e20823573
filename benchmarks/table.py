"""Markdown tables in docs/performance.md or another document, each between its markers, with versions and date."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROJECT = Path(__file__).parent.parent
DOCUMENT = PROJECT / "docs" / "performance.md"
_POM = PROJECT / "deploy" / "kafka" / "pom.xml"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""
    return ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]


def publish(name: str, lines: Iterable[str], versions: Iterable[str] = (), document: Path = DOCUMENT) -> None:
    """Print, and put between the markers of `name` in the document. Raises LookupError where there are none."""
    text = "\n".join([*lines, "", f"Measured {_conditions(versions)}."])
    print(f"\n{text}")
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = document.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise LookupError(f"{document} has no markers for {name}: write `{begin}` and `{end}` where its table belongs")
    document.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def goal(text: str, met: bool) -> str:
    """One goal as a line of a list."""
    return f"- {text}: {'met' if met else '**not met**'}."


def versions_of(python: Path, packages: Sequence[str]) -> list[str]:
    """Names with versions of what is installed in another environment."""
    ask = "import importlib.metadata as m, sys; print(*(f'{p} {m.version(p)}' for p in sys.argv[1:]), sep='\\n')"
    done = subprocess.run([python, "-c", ask, *packages], check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.splitlines()


def _conditions(versions: Iterable[str]) -> str:
    own = [f"{name} {importlib.metadata.version(name)}" for name in ("faust-streaming", "aiokafka")]
    known = [f"Python {platform.python_version()}", f"Apache Kafka {_kafka_version()}", *own]
    known += [version for version in versions if version not in known]
    return f"{time.strftime('%Y-%m-%d')} at {_commit()} on {os.cpu_count()} cores of {_processor()}; {', '.join(known)}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    ask = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(ask, check=False, cwd=PROJECT, capture_output=True, text=True).stdout.strip() or "no commit"


def _kafka_version() -> str:
    space = "{http://maven.apache.org/POM/4.0.0}"
    for dependency in ET.parse(_POM).iter(f"{space}dependency"):
        if (dependency.findtext(f"{space}artifactId") or "").startswith("kafka"):
            return dependency.findtext(f"{space}version") or "?"
    return "?"
