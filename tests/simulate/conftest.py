"""A small sale that all tests of the simulator look at."""

from __future__ import annotations

import pytest

from tests.support.simulated_sale import SimulatedSale


@pytest.fixture(scope="session")
def small() -> SimulatedSale:
    """A small sale; nobody changes it."""
    return SimulatedSale()
