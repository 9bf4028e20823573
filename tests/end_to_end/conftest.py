"""One course of a simulated sale, which all tests look at. PHAROS_END_TO_END=kafka takes Apache Kafka for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).with_name("support")))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from hop_transcript import transcript
from monitoring_processes import skip_without_programs
from sale_course import run_course

if TYPE_CHECKING:
    from sale_course import Course


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    skip_without_programs()
    kafka = os.environ.get("PHAROS_END_TO_END") == "kafka"
    found = run_course(tmp_path_factory.mktemp("course"), kafka=kafka)
    print(f"\n{transcript(found)}\n")
    return found
