"""A broker's clock. Kafka tells it nowhere but in the start of a transaction, so an empty one is begun and aborted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from aiokafka import errors
from aiokafka.client import CoordinationType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.transaction import AddOffsetsToTxnRequest, EndTxnRequest, InitProducerIdRequest
from aiokafka.protocol.types import CompactArray, CompactString, Int16, Int32, Int64, Schema, TaggedFields

if TYPE_CHECKING:
    from collections.abc import Callable

_TRANSACTION_LIMIT_MS = 10_000
_PAUSE_S = 0.2
_ATTEMPTS = 25
_PASSING = (
    errors.CoordinatorNotAvailableError,
    errors.CoordinatorLoadInProgressError,
    errors.NotCoordinatorError,
    errors.ConcurrentTransactions,
)


class _DescribeTransactionsResponse(Response):  # type: ignore[misc] # aiokafka ships no types
    API_KEY = 65
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "states",
            CompactArray(
                ("error_code", Int16),
                ("transactional_id", CompactString("utf-8")),
                ("state", CompactString("utf-8")),
                ("timeout_ms", Int32),
                ("start_time_ms", Int64),
                ("producer_id", Int64),
                ("producer_epoch", Int16),
                (
                    "topics",
                    CompactArray(
                        ("topic", CompactString("utf-8")), ("partitions", CompactArray(Int32)), ("tags", TaggedFields)
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _DescribeTransactionsStruct(RequestStruct):  # type: ignore[misc] # as above
    FLEXIBLE_VERSION = True
    API_KEY = 65
    API_VERSION = 0
    RESPONSE_TYPE = _DescribeTransactionsResponse
    SCHEMA = Schema(("ids", CompactArray(CompactString("utf-8"))), ("tags", TaggedFields))


class _DescribeTransactions(Request[_DescribeTransactionsStruct]):  # type: ignore[misc] # as above
    """Apache Kafka 3.0 and later; aiokafka 0.14 does not have it."""

    API_KEY = 65

    def __init__(self, transactional_id: str) -> None:
        self._id = transactional_id

    def build(self, request_struct_class: type[_DescribeTransactionsStruct]) -> _DescribeTransactionsStruct:
        return request_struct_class([self._id], {})


class ClockDifference(NamedTuple):
    """How far the broker's clock is ahead of ours, in ms, and how wrong that may be for the time a request takes."""

    ahead_ms: int
    uncertainty_ms: int


async def clock_difference(
    client: Any, transactional_id: str, group: str, now_ms: Callable[[], int]
) -> ClockDifference:
    """Of the broker that coordinates the transactions of this id, which nobody else may use.

    Args:
        client: a started AIOKafkaClient.
        transactional_id: of the empty transaction; the rights Write and Describe on it are needed.
        group: any group that we may read; nothing is committed to it.
        now_ms: our clock.

    Raises KafkaError.

    """
    node = await _again(lambda: client.coordinator_lookup(CoordinationType.TRANSACTION, transactional_id))

    async def ask(request: Any) -> Any:
        answer = await client.send(node, request)
        _raise_for(getattr(answer, "error_code", 0))
        return answer

    made = await _again(lambda: ask(InitProducerIdRequest(transactional_id, _TRANSACTION_LIMIT_MS)))
    producer = (transactional_id, made.producer_id, made.producer_epoch)
    before = now_ms()
    await _again(lambda: ask(AddOffsetsToTxnRequest(*producer, group)))
    after = now_ms()
    try:
        (state,) = (await ask(_DescribeTransactions(transactional_id))).states
        _raise_for(state[0])
    finally:
        await _again(lambda: ask(EndTxnRequest(*producer, False)))
    return ClockDifference(state[4] - (before + after) // 2, (after - before + 1) // 2)


def _raise_for(code: int) -> None:
    kind = errors.for_code(code)
    if kind is not errors.NoError:
        raise kind()


async def _again(ask: Callable[[], Any]) -> Any:
    """A coordinator that has just come up, or is still busy with what was before, is asked again."""
    for _ in range(_ATTEMPTS):
        try:
            return await ask()
        except _PASSING:
            await asyncio.sleep(_PAUSE_S)
    return await ask()
