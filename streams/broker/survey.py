"""Asks the brokers for what a worker needs of them: topics and their settings; rights on topics, groups, ids."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Producer, TopicCollection
from confluent_kafka.admin import ConfigResource

from streams.events.vocabulary import SHIPPED, Vocabulary
from streams.topics.check_result import CheckResult, Level
from streams.topics.remedy import Remedies
from streams.topics.rights import Resource, groups, missing_rights, transactions
from streams.topics.verification import Case, FoundTopic, verify, verify_together
from streams.topics.wanted import Right, Role, wanted_topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from streams.broker.admin import Admin
    from streams.broker.connection import Connection
    from streams.settings.settings import Settings
    from streams.topics.wanted import WantedTopic

_ANSWER = {"request_timeout": 5.0}
_LIMIT_S = 15.0
_PATIENCE_S = 20.0
_PAUSE_S = 0.2
_PASSING = (
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError._TIMED_OUT,  # noqa: SLF001 - its public name for that
)


class Survey(NamedTuple):
    """What the brokers have of the topics that are wanted.

    Attributes:
        found: by name.
        missing: wanted and not there, as far as we may see.
        findings: what is wrong or unusual of topics and rights; a topic that is missing is no finding yet.

    """

    found: Mapping[str, FoundTopic]
    missing: Sequence[WantedTopic]
    findings: Sequence[CheckResult]


def survey_topics(admin: Admin, settings: Settings, brokers: int, vocabulary: Vocabulary = SHIPPED) -> Survey:
    """Topics and the rights on them. Raises KafkaException where the brokers do not answer."""
    wanted = wanted_topics(settings, vocabulary)
    remedies = remedies_for(admin.connection)
    found, hidden = _find(admin, [topic.name for topic in wanted])
    cases = [Case(topic, found[topic.name], brokers, settings, remedies) for topic in wanted if topic.name in found]
    findings = [finding for case in cases for finding in verify(case)]
    findings += verify_together(cases)
    who = admin.connection.identity
    for topic in wanted:
        allowed = () if topic.name in hidden else found[topic.name].allowed if topic.name in found else None
        if allowed is not None:
            findings += missing_rights(Resource("topic", topic.name, topic.rights), allowed, who, remedies)
    missing = [topic for topic in wanted if topic.name not in found and topic.name not in hidden]
    return Survey(found, missing, findings)


def survey_made(admin: Admin, settings: Settings, brokers: int, vocabulary: Vocabulary = SHIPPED) -> Survey:
    """As `survey_topics`, once the topics of ours that were just made are seen: a broker learns of them a bit later."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        survey = survey_topics(admin, settings, brokers, vocabulary)
        if time.monotonic() > deadline or not any(topic.made for topic in survey.missing):
            return survey
        time.sleep(_PAUSE_S)


def survey_rights(admin: Admin, settings: Settings) -> list[CheckResult]:
    """The rights on groups and transactions that are missing. Raises KafkaException where the brokers do not answer."""
    remedies, who = remedies_for(admin.connection), admin.connection.identity
    findings: list[CheckResult] = []
    for resource in groups(settings):
        findings += missing_rights(resource, _rights_on_group(admin, resource.name), who, remedies)
    if settings.transactions and not _may_begin(admin.connection, f"{settings.app}-check"):
        findings += missing_rights(transactions(settings), (), who, remedies)
    return findings


def missing_topics(missing: Iterable[WantedTopic]) -> list[CheckResult]:
    """What to say of topics that are not there."""
    return [
        CheckResult(
            Level.WRONG,
            f"{'source ' if topic.role is Role.SOURCE else ''}topic {topic.name} does not exist",
            "create it before the worker starts, or let `pharos topics --create` do it",
        )
        for topic in missing
    ]


def remedies_for(connection: Connection) -> Remedies:
    """The commands that put things right on this cluster."""
    principal = "ANONYMOUS"
    if connection.authenticated:
        principal = connection.username
    elif connection.cert_file:
        principal = f"SUBJECT OF {connection.cert_file}"
    return Remedies(connection.broker, connection.protocol != "PLAINTEXT", f"User:{principal}")


def _find(admin: Admin, names: Sequence[str]) -> tuple[dict[str, FoundTopic], set[str]]:
    """Topics by name, and the names of those that we may not see."""
    descriptions: dict[str, Any] = {}
    hidden: set[str] = set()
    asked = admin.client.describe_topics(TopicCollection(list(names)), **_ANSWER, include_authorized_operations=True)
    for name, answer in asked.items():
        error = answer.exception(_LIMIT_S)  # raised here, it would hold this frame, and the client, until a collection
        if error is None:
            descriptions[name] = answer.result()
        elif not isinstance(error, KafkaException):
            raise error
        elif error.args[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            hidden.add(name)
        elif error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise error
    configs = _configs(admin, descriptions)
    found = {
        name: FoundTopic(
            name,
            len(topic.partitions),
            min((len(partition.replicas) for partition in topic.partitions), default=0),
            configs.get(name),
            None if topic.authorized_operations is None else _rights(topic.authorized_operations),
        )
        for name, topic in descriptions.items()
    }
    return found, hidden


def _configs(admin: Admin, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Of those that we may ask about."""
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in names]
    configs = {}
    for resource, answer in (admin.client.describe_configs(resources, **_ANSWER) if resources else {}).items():
        error = answer.exception(_LIMIT_S)
        if error is None:
            configs[resource.name] = {key: entry.value or "" for key, entry in answer.result().items()}
        elif not isinstance(error, KafkaException):
            raise error
    return configs


def _rights(operations: Iterable[Any] | None) -> frozenset[Right]:
    names = {"READ": Right.READ, "WRITE": Right.WRITE, "DESCRIBE": Right.DESCRIBE}
    return frozenset(names[operation.name] for operation in operations or () if operation.name in names)


def _rights_on_group(admin: Admin, name: str) -> frozenset[Right]:
    """A coordinator that has just come up, or moves, is asked again."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        asked = admin.client.describe_consumer_groups([name], **_ANSWER, include_authorized_operations=True)
        try:
            return _rights(asked[name].result(_LIMIT_S).authorized_operations)
        except KafkaException as error:
            code = error.args[0].code()
            if code == KafkaError.GROUP_AUTHORIZATION_FAILED:
                return frozenset()
            if code not in _PASSING or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_S)


def _may_begin(connection: Connection, transactional_id: str) -> bool:
    """Asks for a producer id of its own, and begins nothing."""
    producer = Producer(connection.for_quiet_librdkafka({"transactional.id": transactional_id}))
    try:
        producer.init_transactions(_LIMIT_S)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
            raise
        return False
    return True
