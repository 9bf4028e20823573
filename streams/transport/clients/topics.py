"""The topics of a worker, at its start: what is missing of ours is made, what does not fit is refused."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING

from confluent_kafka import KafkaException

from streams.broker.admin import Admin
from streams.broker.connection import Connection
from streams.broker.detection import BrokerKind, identity_of
from streams.broker.make_topics import TopicsError, appearing, make_topics, partitions_in
from streams.broker.survey import missing_topics, survey_made, survey_rights, survey_topics
from streams.events.vocabulary import SHIPPED, Vocabulary
from streams.settings.settings import SOURCE_TOPICS
from streams.topics.check_result import Level
from streams.topics.names import ACTIONS_TOPIC
from streams.topics.sources import sources_of
from streams.topics.wanted import Role, wanted_topics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.settings.settings import Settings
    from streams.topics.check_result import CheckResult

__all__ = ["TopicsError", "prepare_topics"]

logger = logging.getLogger(__name__)


async def prepare_topics(
    settings: Settings, connection: Connection | None = None, vocabulary: Vocabulary = SHIPPED
) -> dict[str, int]:
    """Partition counts of the source topics, and of pharos-actions, which is read as they are.

    Our own topics exist afterwards, and all fit.

    The embedded broker cannot be asked to make or describe topics: there they exist already, or come into being when
    used, and only their partitions are compared.

    Raises TopicsError where a topic or a right does not fit, BrokerUnreachableError where no broker answers.
    """
    connection = connection or Connection.of(settings, os.environ)
    return await asyncio.to_thread(_prepare, settings, connection, vocabulary)


def _prepare(settings: Settings, connection: Connection, vocabulary: Vocabulary) -> dict[str, int]:
    admin = Admin(connection)
    metadata = admin.metadata()
    if identity_of(metadata).kind is BrokerKind.EMBEDDED:
        return _on_embedded(admin, settings, vocabulary)
    brokers = len(metadata.brokers)
    try:
        survey = survey_topics(admin, settings, brokers, vocabulary)
        own = [topic for topic in survey.missing if topic.made]
        if own:
            make_topics(admin, own, settings.replication_factor)
            survey = survey_made(admin, settings, brokers, vocabulary)
        rights = survey_rights(admin, settings)
    except KafkaException as error:
        raise TopicsError(f"the brokers at {connection.broker} do not answer ({error.args[0]}): try again") from None
    _refuse([*missing_topics(survey.missing), *survey.findings, *rights])
    read = [*(source.name for source in sources_of(settings, vocabulary)), ACTIONS_TOPIC]
    return {name: survey.found[name].partitions for name in read}


def _refuse(findings: Sequence[CheckResult]) -> None:
    wrong = [finding for finding in findings if finding.level is Level.WRONG]
    if wrong:
        more = f" (and {len(wrong) - 1} more: run `pharos topics` and `pharos check`)" if len(wrong) > 1 else ""
        raise TopicsError(f"{wrong[0]}{more}")
    for finding in findings:
        logger.warning("%s", finding)


def _on_embedded(admin: Admin, settings: Settings, vocabulary: Vocabulary) -> dict[str, int]:
    found = partitions_in(admin.metadata())
    sources = sources_of(settings, vocabulary)
    for source in sources:
        if source.name not in found and source.name not in SOURCE_TOPICS:
            found[source.name] = appearing(admin, source.name)
    for topic in wanted_topics(settings, vocabulary):
        have = found.get(topic.name)
        if have is None and topic.role is Role.SOURCE:
            raise TopicsError(f"source topic {topic.name} does not exist: start the broker by `pharos broker`")
        if have is not None and topic.counted and have != topic.partitions:
            raise TopicsError(
                f"topic {topic.name} has {have} partitions, the settings say {topic.partitions}: correct them, or "
                "start the broker with other --partitions, --cells-partitions"
            )
    if ACTIONS_TOPIC not in found:
        found[ACTIONS_TOPIC] = appearing(admin, ACTIONS_TOPIC)
    return {name: found[name] for name in (*(source.name for source in sources), ACTIONS_TOPIC)}
