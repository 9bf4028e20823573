"""Amounts are exact decimals, rounded half to even."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from streams.ingest.amounts import scaled

halves = st.builds(lambda whole, digits: whole / 10 + digits / 10**4, st.integers(-(10**9), 10**9), st.integers(0, 999))


@given(value=st.floats(-1e12, 1e12) | halves | st.integers(-(10**12), 10**12), scale=st.sampled_from([1, 100, 1000]))
@example(value=1.0005, scale=1000)
@example(value=1.0015, scale=1000)
@example(value=0.145, scale=100)
@example(value=2.675, scale=100)
@example(value=0.285, scale=100)
@example(value=4398046511.1045, scale=1000)
@example(value=-0.0, scale=100)
def test_a_number_becomes_the_decimal_that_it_shows(value: float, scale: int) -> None:
    exact = (Decimal(repr(value)) * scale).quantize(Decimal(1), ROUND_HALF_EVEN)

    assert int(exact) == scaled(value, scale)
    assert isinstance(scaled(value, scale), int)
