"""What is wrong with a topic, what is merely unusual, and the command that puts it right."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.settings.settings import Settings
from streams.topics.check_result import CheckResult, Level
from streams.topics.remedy import Remedies
from streams.topics.verification import Case, FoundTopic, verify, verify_together
from streams.topics.wanted import Right, Role, own_topics, wanted_topics

SETTINGS = Settings()
WANTED = {topic.name: topic for topic in wanted_topics(SETTINGS)}


def case(name: str, *, partitions: int | None = None, copies: int = 3, **config: Any) -> Case:
    """A topic made as Pharos makes it, on three brokers, with some of its configuration changed."""
    wanted = WANTED[name]
    settings = {"min.insync.replicas": "2", "max.message.bytes": "1048588", "compression.type": "producer"}
    settings |= dict(wanted.config) | {key.replace("_", "."): str(value) for key, value in config.items()}
    found = FoundTopic(name, partitions or wanted.partitions or 4, copies, settings)
    return Case(wanted, found, 3, SETTINGS, Remedies("k:9092"))


def replayed(case: Case) -> Case:
    """The same, where the events' own time is all there is."""
    return case._replace(settings=Settings(time="events"))


def the_finding(case: Case) -> CheckResult:
    (finding,) = verify(case)
    return finding


@pytest.mark.parametrize("name", WANTED)
def test_a_topic_as_pharos_makes_it_fits(name: str) -> None:
    assert verify(case(name)) == []


@pytest.mark.parametrize(
    ("changed", "what", "remedy"),
    [
        (case("pharos-cells", partitions=5), "has 5 partitions, Pharos needs 4", "set cells_partitions to what it was"),
        (case("pharos-cases", partitions=5), "has 5 partitions, Pharos needs 4", "set cells_partitions to what it was"),
        (case("pharos-cases", retention_ms=600_000), "state could not be restored", "retention.ms=604800000"),
        (case("pharos-verdicts", partitions=2), "needs 1", "--delete --topic pharos-verdicts"),
        (case("pharos-cells", cleanup_policy="compact"), "only the last would stay", "cleanup.policy=delete"),
        (case("orders", cleanup_policy="compact,delete"), "only the last would stay", "cleanup.policy=delete"),
        (case("pharos-snapshots", cleanup_policy="delete"), "would be deleted", "cleanup.policy=compact"),
        (case("pharos-anomaly-state", cleanup_policy="compact,delete"), "would be deleted", "=compact"),
        (case("pharos-cells", retention_ms=600_000), "keeps records for 10 min", "retention.ms=604800000"),
        (case("pharos-cells", max_message_bytes=1_048_588), "takes records of 1048588 bytes", "=16777216"),
        (case("pharos-cells", min_insync_replicas=4), "nothing can be written", "min.insync.replicas=2"),
        (
            case("orders", unclean_leader_election_enable="true"),
            "could be lost",
            "kafka-configs.sh --bootstrap-server k:9092 --alter --topic orders --add-config unclean.leader.election",
        ),
    ],
)
def test_what_endangers_counts_is_wrong_and_its_remedy_is_a_command(changed: Case, what: str, remedy: str) -> None:
    finding = the_finding(changed)

    assert finding.level is Level.WRONG
    assert what in finding.what
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (case("orders", copies=1, min_insync_replicas=1), "has one copy"),
        (case("orders", min_insync_replicas=1), "accepts a record that one copy has"),
        (case("orders", min_insync_replicas=3), "losing one broker stops it"),
        (case("orders", retention_ms=3_600_000), "keeps records for 1 h"),
        (case("orders", retention_bytes=1 << 30), "depends on the load"),
        (replayed(case("orders", message_timestamp_type="LogAppendTime")), "uses LogAppendTime"),
        (case("orders", message_timestamp_after_max_ms=(1 << 63) - 1), "takes records far ahead of its clock"),
        (replayed(case("orders", message_timestamp_after_max_ms=3_600_000)), "a replay of such dates cannot be sent"),
        (case("orders", message_timestamp_before_max_ms=3_600_000), "refuses records older than 1 h"),
        (case("orders", message_timestamp_after_max_ms=1_000), "1 s ahead of its clock"),
        (case("orders", compression_type="gzip"), "kept as gzip"),
        (case("pharos-anomalies", partitions=3), "needs 1"),
        (case("pharos-actions", max_message_bytes=1_000_000), "takes records of 1000000 bytes"),
    ],
)
def test_what_is_merely_unusual_is_a_note(changed: Case, what: str) -> None:
    finding = the_finding(changed)

    assert finding.level is Level.NOTE
    assert what in finding.what
    assert finding.remedy


def test_live_the_time_of_arrival_and_the_limit_that_kafka_has_by_default_are_right() -> None:
    assert verify(case("orders", message_timestamp_type="LogAppendTime")) == []
    assert verify(case("orders", message_timestamp_after_max_ms=3_600_000)) == []


@pytest.mark.parametrize("codec", ["producer", "lz4", "zstd"])
def test_the_codecs_that_cost_little_are_right(codec: str) -> None:
    assert verify(case("pharos-cells", compression_type=codec)) == []


def test_a_source_has_as_many_partitions_as_it_likes_unless_the_settings_say() -> None:
    free = case("orders", partitions=17)
    asked = Settings(source_partitions={"orders": 4})
    fixed = free._replace(wanted=wanted_topics(asked)[0], settings=asked)

    assert verify(free) == []
    assert "the settings say 4" in the_finding(fixed).what


def test_copies_that_the_settings_ask_for_are_demanded_of_our_own_topics_only() -> None:
    asked = Settings(replication_factor=4, min_insync_replicas=3)

    assert {finding.level for finding in verify(case("pharos-cells")._replace(settings=asked))} == {Level.WRONG}
    assert verify(case("orders")._replace(settings=asked)) == []


def test_a_dead_letter_finds_room_whatever_a_source_takes() -> None:
    big = case("orders", max_message_bytes=32 << 20)

    (finding,) = verify_together([big, case("visits"), case("pharos-dead-letters")])

    assert finding.level is Level.WRONG
    assert "no room for the largest records of orders" in finding.what
    assert f"max.message.bytes={(32 << 20) + 4096}" in finding.remedy
    assert verify_together([case("orders"), case("pharos-dead-letters")]) == []


def test_what_may_not_be_asked_is_said_and_not_guessed() -> None:
    blind = case("pharos-cells")
    finding = the_finding(blind._replace(found=blind.found._replace(config=None)))

    assert finding.level is Level.NOTE
    assert "--operation DescribeConfigs --topic pharos-cells" in finding.remedy


def test_a_secured_cluster_wants_its_tools_to_have_credentials() -> None:
    secured = case("orders", compression_type="gzip")._replace(remedies=Remedies("k:9092", secured=True))

    assert "--command-config FILE" in the_finding(secured).remedy


@given(
    name=st.sampled_from(sorted(WANTED)),
    config=st.dictionaries(
        st.sampled_from(
            [
                *("cleanup.policy", "retention.ms", "retention.bytes", "min.insync.replicas", "max.message.bytes"),
                *("message.timestamp.type", "message.timestamp.before.max.ms", "message.timestamp.after.max.ms"),
                *("compression.type", "unclean.leader.election.enable"),
            ]
        ),
        st.one_of(
            st.integers(-1, 1 << 63).map(str), st.sampled_from(["", "delete", "compact", "true", "LogAppendTime"])
        ),
    ),
    copies=st.integers(0, 5),
    partitions=st.integers(1, 9),
    brokers=st.integers(1, 5),
)
def test_whatever_a_cluster_answers_each_finding_has_a_remedy(
    name: str, config: dict[str, str], copies: int, partitions: int, brokers: int
) -> None:
    found = FoundTopic(name, partitions, copies, config)

    for finding in verify(Case(WANTED[name], found, brokers, SETTINGS, Remedies("k:9092"))):
        assert finding.level is not Level.OK
        assert finding.remedy
        assert name in finding.what


def test_a_worker_writes_what_it_owns_and_only_reads_its_sources() -> None:
    assert {topic.rights for topic in WANTED.values() if topic.role is Role.SOURCE} == {(Right.READ,)}
    assert all(Right.WRITE in topic.rights for topic in own_topics(SETTINGS) if topic.counted)
