"""Looks at a live cluster as a worker will use it: brokers, versions, topics, rights, clock. Changes nothing."""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import confluent_kafka
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from confluent_kafka import KafkaException

from streams.broker.admin import Admin
from streams.broker.broker_clock import clock_difference
from streams.broker.detection import BrokerKind, identity_of
from streams.broker.survey import missing_topics, survey_rights, survey_topics
from streams.events.vocabulary import SHIPPED, Vocabulary
from streams.topics.check_result import CheckResult, Level

if TYPE_CHECKING:
    from streams.broker.connection import Connection
    from streams.settings.settings import Settings

_LIMIT_S = 20.0
_CLOCK_LIMIT_MS = 5_000
_OFFSET_FETCH = 9
_STABLE_OFFSETS = 7  # the version of OffsetFetch that can wait for what a transaction holds back: Apache Kafka 2.5
_CONSUMER_GROUPS, _FINAL = 68, 1  # ConsumerGroupHeartbeat as Apache Kafka 4.0 has it


def check_up(settings: Settings, connection: Connection, vocabulary: Vocabulary = SHIPPED) -> list[CheckResult]:
    """A finding for each thing looked at. Raises BrokerUnreachableError where no broker answers."""
    admin = Admin(connection)
    metadata = admin.metadata()
    count = len(metadata.brokers)
    encrypted = f"{connection.protocol}, {connection.identity}"
    findings = [
        CheckResult(Level.OK, f"{count} broker{'s' if count != 1 else ''} at {connection.broker} ({encrypted})"),
        CheckResult(
            Level.OK,
            f"librdkafka {confluent_kafka.libversion()[0]}, aiokafka {version('aiokafka')}, "
            f"Faust {version('faust-streaming')}",
        ),
    ]
    if connection.authenticated and not connection.encrypted:
        what = f"{connection.protocol} sends records, and with PLAIN the password, unencrypted"
        findings.append(
            CheckResult(Level.NOTE, what, "set security.protocol to SASL_SSL, and the port of that listener")
        )
    if identity_of(metadata).kind is BrokerKind.EMBEDDED:
        what = "embedded broker: its topics, rights and clock cannot be checked, and it keeps nothing on disk"
        return [*findings, CheckResult(Level.NOTE, what, "use it to try things out only")]
    try:
        survey = survey_topics(admin, settings, count, vocabulary)
        rights = survey_rights(admin, settings)
    except KafkaException as error:
        what = f"the brokers at {connection.broker} do not answer requests ({error.args[0]})"
        return [*findings, CheckResult(Level.WRONG, what, "check their logs, then try again")]
    topics = [*missing_topics(survey.missing), *survey.findings]
    findings += topics or [CheckResult(Level.OK, f"{len(survey.found)} topics exist and are configured right")]
    findings += rights or [CheckResult(Level.OK, f"{connection.identity} has all the rights that a worker needs")]
    return [*findings, *asyncio.run(_by_aiokafka(settings, connection, may_begin=not rights))]


async def _by_aiokafka(settings: Settings, connection: Connection, *, may_begin: bool) -> list[CheckResult]:
    """Every broker by the name that it gives itself, and its clock: workers fetch and write by this library."""
    client = AIOKafkaClient(**connection.for_aiokafka())
    try:
        async with asyncio.timeout(_LIMIT_S):
            await client.bootstrap()
            findings = [await _broker(client, broker) for broker in client.cluster.brokers()]
            if may_begin and settings.transactions:
                findings.append(await _clock(client, settings))
    except (KafkaError, OSError, TimeoutError) as error:
        what = f"aiokafka, the client of the workers, cannot connect to {connection.broker} ({error or 'no answer'})"
        return [CheckResult(Level.WRONG, what, "check advertised.listeners of the brokers and the setting security")]
    finally:
        await client.close()
    return findings


async def _broker(client: Any, broker: Any) -> CheckResult:
    name = f"broker {broker.nodeId} at {broker.host}:{broker.port}"
    try:
        connected = await client.ready(broker.nodeId)
    except (KafkaError, OSError) as error:
        connected, why = False, f" ({error})"
    else:
        why = ""
    if not connected:
        what = f"{name} cannot be reached at its advertised address{why}"
        return CheckResult(
            Level.WRONG, what, "correct its advertised.listeners, or make the name resolve on this machine"
        )
    versions = (await client._get_conn(broker.nodeId))._versions  # noqa: SLF001 - aiokafka has asked, and does not tell
    if versions.get(_OFFSET_FETCH, (0, 0))[1] < _STABLE_OFFSETS:
        what = f"{name} is older than Apache Kafka 2.5: it cannot tell open transactions from committed ones"
        return CheckResult(Level.WRONG, what, "upgrade it")
    recent = versions.get(_CONSUMER_GROUPS, (0, 0))[1] >= _FINAL
    return CheckResult(Level.OK, f"{name}: Apache Kafka {'4.0 or later' if recent else 'between 2.5 and 3.9'}")


async def _clock(client: Any, settings: Settings) -> CheckResult:
    found = await clock_difference(client, f"{settings.app}-check", settings.app, lambda: time.time_ns() // 1_000_000)
    ahead = f"{abs(found.ahead_ms) / 1000:.3f} s {'ahead of' if found.ahead_ms >= 0 else 'behind'} this machine's"
    what = f"the brokers' clock is {ahead} (give or take {found.uncertainty_ms / 1000:.3f} s)"
    if abs(found.ahead_ms) - found.uncertainty_ms <= _CLOCK_LIMIT_MS:
        return CheckResult(Level.OK, what)
    return CheckResult(Level.NOTE, what, "set both by NTP: retention and signatures of webhooks go by the clock")
