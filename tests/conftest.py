"""Settings of all tests: how thorough hypothesis is, and where the evaluation data lies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("PHAROS_HYPOTHESIS", "default"))

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(Path(__file__).with_name("support")))


@pytest.fixture(scope="session")
def evaluation_data() -> Path:
    """The folder of real data; it is not part of the project, and a test that needs it skips without it."""
    folder = Path(os.environ.get("PHAROS_EVALUATION_DATA", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no evaluation data: set PHAROS_EVALUATION_DATA to its folder")
    return folder
