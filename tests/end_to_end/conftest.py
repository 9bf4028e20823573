"""One course of a simulated sale, which all tests look at. PHAROS_END_TO_END=kafka takes Apache Kafka for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.support.hop_transcript import transcript
from tests.end_to_end.support.monitoring_processes import skip_without_programs
from tests.end_to_end.support.sale_course import run_course

if TYPE_CHECKING:
    from tests.end_to_end.support.sale_course import Course


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    skip_without_programs()
    kafka = os.environ.get("PHAROS_END_TO_END") == "kafka"
    found = run_course(tmp_path_factory.mktemp("course"), kafka=kafka)
    print(f"\n{transcript(found)}\n")
    return found
