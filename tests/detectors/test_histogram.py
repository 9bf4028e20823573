"""Quantiles out of bins, against the values themselves."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.histogram import quantile, shares_above

EDGES = np.geomspace(0.1, 1000, 31)


def binned(values: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(EDGES, values, side="right"), minlength=32).astype(float)[:, None]


@given(
    st.lists(st.floats(0.11, 999), min_size=1, max_size=200),
    st.floats(0.01, 0.99),
)
def test_a_quantile_is_off_by_less_than_a_bin(values: list[float], share: float) -> None:
    exact = np.quantile(values, share, method="inverted_cdf")
    found = quantile(binned(np.array(values)), EDGES, share)[0]

    factor = EDGES[1] / EDGES[0] * (1 + 1e-9)
    assert exact / factor <= found <= exact * factor


@given(st.lists(st.integers(0, 50), min_size=32, max_size=32), st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_quantiles_rise_with_their_share(counts: list[int], shares: list[float]) -> None:
    found = [float(quantile(np.array(counts, float)[:, None], EDGES, share)[0]) for share in sorted(shares)]

    assert found == sorted(found)


def test_an_empty_histogram_has_no_quantiles_and_no_shares() -> None:
    empty = np.zeros((32, 2))

    assert quantile(empty, EDGES, 0.5).tolist() == [0, 0]
    assert not shares_above(empty).any()
