"""The topics of a worker, at its start: what is missing of ours is made, what does not fit is refused."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Any

from confluent_kafka import KafkaException

from streams.broker.admin import Admin
from streams.broker.connection import Connection
from streams.broker.detection import BrokerKind, identity_of
from streams.broker.make_topics import TopicsError, make_topics
from streams.broker.survey import missing_topics, survey_made, survey_rights, survey_topics
from streams.settings.settings import SOURCE_TOPICS
from streams.topics.check_result import Level
from streams.topics.wanted import Role, wanted_topics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.settings.settings import Settings
    from streams.topics.check_result import CheckResult

__all__ = ["TopicsError", "prepare_topics"]

logger = logging.getLogger(__name__)


async def prepare_topics(settings: Settings, connection: Connection | None = None) -> dict[str, int]:
    """Partition counts of the source topics. Our own topics exist afterwards, and all fit.

    The embedded broker cannot be asked to make or describe topics: there they exist already, or come into being when
    used, and only their partitions are compared.

    Raises TopicsError where a topic or a right does not fit, BrokerUnreachableError where no broker answers.
    """
    return await asyncio.to_thread(_prepare, settings, connection or Connection.of(settings, os.environ))


def _prepare(settings: Settings, connection: Connection) -> dict[str, int]:
    admin = Admin(connection)
    metadata = admin.metadata()
    if identity_of(metadata).kind is BrokerKind.EMBEDDED:
        return _on_embedded(settings, metadata)
    brokers = len(metadata.brokers)
    try:
        survey = survey_topics(admin, settings, brokers)
        own = [topic for topic in survey.missing if topic.role is not Role.SOURCE]
        if own:
            make_topics(admin, own, settings.replication_factor)
            survey = survey_made(admin, settings, brokers)
        rights = survey_rights(admin, settings)
    except KafkaException as error:
        raise TopicsError(f"the brokers at {connection.broker} do not answer ({error.args[0]}): try again") from None
    _refuse([*missing_topics(survey.missing), *survey.findings, *rights])
    return {name: survey.found[name].partitions for name in SOURCE_TOPICS}


def _refuse(findings: Sequence[CheckResult]) -> None:
    wrong = [finding for finding in findings if finding.level is Level.WRONG]
    if wrong:
        more = f" (and {len(wrong) - 1} more: run `pharos topics` and `pharos check`)" if len(wrong) > 1 else ""
        raise TopicsError(f"{wrong[0]}{more}")
    for finding in findings:
        logger.warning("%s", finding)


def _on_embedded(settings: Settings, metadata: Any) -> dict[str, int]:
    found: Mapping[str, int] = {name: len(topic.partitions) for name, topic in metadata.topics.items()}
    for topic in wanted_topics(settings):
        have = found.get(topic.name)
        if have is None and topic.role is Role.SOURCE:
            raise TopicsError(f"source topic {topic.name} does not exist: start the broker by `pharos broker`")
        if have is not None and topic.counted and have != topic.partitions:
            raise TopicsError(
                f"topic {topic.name} has {have} partitions, the settings say {topic.partitions}: correct them, or "
                "start the broker with other --partitions, --cells-partitions"
            )
    return {name: found[name] for name in SOURCE_TOPICS}
