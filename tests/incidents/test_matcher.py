"""What matchers mean, what they refuse, and that no expression can stop the worker."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_anomaly import sample_anomaly

from streams.incidents.matcher import (
    LONGEST_VALUE,
    MOST_MATCHERS,
    Matcher,
    MatcherError,
    Op,
    labels_of,
    match_everything,
    read_matcher,
    read_matchers,
)


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
        ("region=~zhe[", "is no regular expression"),
        ("region=~(a+)+b", "must not be repeated"),
        ("region=~(?=a)b", "only (?: is known"),
        (r"region=~(a)\1", "must not refer"),
        ("region=~.*a.*b.*", "use several matchers"),
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


@pytest.mark.parametrize("text", ["region=~.*a.*", "region=~a*a*b", "region=~[ab]+(x|y)[ab]+"])
def test_the_worst_value_for_the_worst_expression_takes_no_time(text: str) -> None:
    matcher = read_matcher(text)
    begun = time.perf_counter()
    matched = matcher.matches({"region": "a" * LONGEST_VALUE})

    assert isinstance(matched, bool)
    assert time.perf_counter() - begun < 0.2


def test_an_expression_matches_no_value_that_is_longer_than_any_should_be() -> None:
    long = {"region": "a" * (LONGEST_VALUE + 1)}

    assert not read_matcher("region=~a+").matches(long)
    assert read_matcher("region!~a+").matches(long)


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
