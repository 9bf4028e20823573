"""Readings minute by minute, given back series by series."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from streams.catalogue.load import load
from streams.offline import minute_frames
from streams.offline.minute_frames import COLUMNS, MinuteFrames
from streams.web.merge_readings import JudgedReading

METRIC = load().by_name["payment_success"]
MINUTE = 60_000


def reading(scopes: list[Any], number: float) -> JudgedReading:
    """One whose columns are `number` and a tenth more each, for every series one more."""
    columns = [number + np.arange(len(scopes)) + place / 10 for place in range(len(COLUMNS))]
    named = dict(zip(COLUMNS, columns, strict=True))
    return JudgedReading(METRIC, scopes, **named)


@pytest.fixture
def frames() -> MinuteFrames:
    """Two series, from the second minute on three; the third minute says what the second said."""
    kept = MinuteFrames(io.BytesIO())
    scopes: list[Any] = [(0, ()), (1, ("alipay",))]
    kept.add(MINUTE, reading(scopes, 1))
    scopes.append((1, ("wechat",)))
    kept.add(2 * MINUTE, reading(scopes, 10))
    kept.again(3 * MINUTE, METRIC.name)
    return kept


def test_a_series_comes_back_as_it_was_and_missing_before_it_joined(frames: MinuteFrames) -> None:
    span = frames.span(METRIC.name, 1, 3)

    assert span.minutes.tolist() == [MINUTE, 2 * MINUTE, 3 * MINUTE]
    assert span.numbers[:, 0, 0].tolist() == [2.0, 11.0, 11.0]
    assert np.isnan(span.numbers[0, 1]).all()
    assert span.numbers[1, 1].tolist() == pytest.approx([12.0 + place / 10 for place in range(len(COLUMNS))])


def test_few_series_at_once_give_the_same_as_all(frames: MinuteFrames, monkeypatch: pytest.MonkeyPatch) -> None:
    (whole,) = frames.spans(METRIC.name)
    monkeypatch.setattr(minute_frames, "_NUMBERS_AT_ONCE", 1)
    parts = list(frames.spans(METRIC.name))

    assert [part.first for part in parts] == [0, 1, 2]
    assert np.array_equal(np.concatenate([part.numbers for part in parts], axis=1), whole.numbers, equal_nan=True)


def test_more_can_be_added_after_reading(frames: MinuteFrames) -> None:
    frames.span(METRIC.name, 0, 1)
    frames.add(4 * MINUTE, reading([(0, ())], 7))

    assert frames.span(METRIC.name, 0, 1).numbers[:, 0, 0].tolist() == [1.0, 10.0, 10.0, 7.0]
    assert np.isnan(frames.span(METRIC.name, 2, 3).numbers[3]).all()


def test_a_metric_that_never_spoke_says_nothing_again() -> None:
    kept = MinuteFrames(io.BytesIO())
    kept.again(MINUTE, METRIC.name)

    assert kept.metrics == []
    assert list(kept.spans(METRIC.name)) == []
