"""What matchers mean, what they refuse, and that no text can stop the worker."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.register.matcher import (
    LONGEST_VALUE,
    MOST_MATCHERS,
    Matcher,
    MatcherError,
    Op,
    all_match,
    labels_of,
    match_everything,
    read_matcher,
    read_matchers,
)
from tests.support.sample_anomaly import sample_anomaly


@pytest.mark.parametrize(
    ("text", "labels", "matches"),
    [
        ("region=zhejiang", {"region": "zhejiang"}, True),
        ("region=zhejiang", {}, False),
        ('region=""', {}, True),
        ("region!=zhejiang", {}, True),
        ("region!=zhejiang", {"region": "zhejiang"}, False),
        ("region=~zhe.*|jiangsu", {"region": "jiangsu"}, True),
        ("region=~zhe", {"region": "zhejiang"}, False),
        ("region!~zhe.*", {"region": "zhejiang"}, False),
        ("region!~zhe.*", {}, True),
        ("region=~.+", {}, False),
        ('store = "a \\"b\\" 店"', {"store": 'a "b" 店'}, True),
        ("reason=~a.b", {"reason": "a\nb"}, True),
    ],
)
def test_a_matcher_means_what_alertmanager_means_by_it(text: str, labels: dict[str, str], matches: bool) -> None:
    assert read_matcher(text).matches(labels) is matches


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("region", "write region=zhejiang"),
        ("regio=zhejiang", 'did you mean "region"?'),
        ('region="zhe', "end it by a quote"),
        ("region=~zhe[", "is no regular expression of RE2"),
        ("region=~(?=a)b", "write a second matcher, with !~"),
        (r"region=~(a)\1", "references to a group"),
        (r'region="a\ud800"', "half of a surrogate pair"),
        ("region=" + "x" * (LONGEST_VALUE + 1), "are the most"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_remedy(text: str, remedy: str) -> None:
    with pytest.raises(MatcherError) as caught:
        read_matcher(text)

    assert remedy in str(caught.value)


def test_too_many_matchers_are_refused() -> None:
    with pytest.raises(MatcherError, match="too many"):
        read_matchers(["region=a"] * (MOST_MATCHERS + 1))


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["metric=~" + ".?" * 60 + r"\d"], id="many that may be missing"),
        pytest.param(["region=x" + " " * 60_000 + "x"], id="spaces inside"),
        pytest.param([" " * 60_000], id="nothing but spaces"),
        pytest.param(["x" * 60_000 + "=a"], id="a long name"),
        pytest.param([rf"region=~(?:\pL{{20}}){{9}}{number}" for number in range(2_000)], id="large ones, many"),
    ],
)
def test_no_text_that_a_request_may_hold_keeps_a_worker_from_its_work(texts: list[str]) -> None:
    begun = time.perf_counter()
    with contextlib.suppress(MatcherError):
        all_match(read_matchers(texts), {"metric": "repeat_contacts", "region": "x" * 256})

    assert time.perf_counter() - begun < 0.5


def test_an_expression_matches_a_value_of_any_length() -> None:
    long = {"region": "a" * 5_000}

    assert read_matcher("region=~a+").matches(long)
    assert not read_matcher("region!~a+").matches(long)


@given(st.sampled_from(list(Op)[:2]), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_matcher_that_is_written_out_reads_the_same(op: Op, value: str) -> None:
    matcher = Matcher("region", op, value)

    assert read_matcher(str(matcher)) == matcher


def test_labels_are_the_scope_and_what_the_anomaly_is() -> None:
    anomaly = sample_anomaly("2025-11-11T00:00:00Z", "2025-11-11T00:00:00Z", scope={"region": "zhejiang"})

    assert labels_of(anomaly) == {
        "region": "zhejiang",
        "metric": "payment_success",
        "touchpoint": "order",
        "severity": "critical",
    }


def test_matchers_that_name_nothing_match_everything() -> None:
    assert match_everything(read_matchers(["region!=zhejiang", "carrier=~.*"]))
    assert not match_everything(read_matchers(["region!=zhejiang", "severity=warning"]))
