"""The librdkafka that comes inside the confluent-kafka wheel, and those of its functions that make a broker."""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.metadata
import re
from ctypes import c_char_p, c_int, c_int32, c_int64, c_size_t, c_void_p
from functools import cache

from streams.settings.errors import OutageError

_FILE = re.compile(r"librdkafka[^/]*(\.so[.0-9]*|\.dylib|\.dll)$")
_SIGNATURES = {
    "rd_kafka_conf_new": (c_void_p, []),
    "rd_kafka_conf_set": (c_int, [c_void_p, c_char_p, c_char_p, c_char_p, c_size_t]),
    "rd_kafka_new": (c_void_p, [c_int, c_void_p, c_char_p, c_size_t]),
    "rd_kafka_destroy": (None, [c_void_p]),
    "rd_kafka_err2str": (c_char_p, [c_int]),
    "rd_kafka_mock_cluster_new": (c_void_p, [c_void_p, c_int]),
    "rd_kafka_mock_cluster_destroy": (None, [c_void_p]),
    "rd_kafka_mock_cluster_bootstraps": (c_char_p, [c_void_p]),
    "rd_kafka_mock_topic_create": (c_int, [c_void_p, c_char_p, c_int, c_int]),
    "rd_kafka_mock_group_initial_rebalance_delay_ms": (None, [c_void_p, c_int32]),
    "rd_kafka_mock_broker_set_host_port": (c_int, [c_void_p, c_int32, c_char_p, c_int]),
    "rd_kafka_mock_partition_delete_records": (c_int, [c_void_p, c_char_p, c_int32, c_int64]),
}


class BrokerUnavailableError(OutageError):
    """This machine cannot run the embedded broker; the message says what to do instead."""


@cache
def library() -> ctypes.CDLL:
    """The library with its signatures set. Raises BrokerUnavailableError where it is missing or too old."""
    path = _path()
    try:
        loaded = ctypes.CDLL(path)
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise BrokerUnavailableError(f"{path} has no embedded broker ({error}); {_INSTEAD}") from None
    return loaded


_INSTEAD = "reinstall the confluent-kafka wheel for this platform, or use Apache Kafka: make kafka"


def _path() -> str:
    try:
        files = importlib.metadata.files("confluent-kafka") or []
    except importlib.metadata.PackageNotFoundError:
        raise BrokerUnavailableError(f"the package confluent-kafka is not installed; {_INSTEAD}") from None
    for file in files:
        if _FILE.search(file.as_posix()):
            return str(file.locate())
    # A confluent-kafka that was built from source uses the system's library.
    if found := ctypes.util.find_library("rdkafka"):
        return found
    raise BrokerUnavailableError(f"confluent-kafka carries no librdkafka here; {_INSTEAD}")


def kafka_client(settings: dict[str, str]) -> c_void_p:
    """A producer handle, which the mock cluster lives in. Raises BrokerUnavailableError with librdkafka's words."""
    kafka = library()
    text = ctypes.create_string_buffer(512)
    configuration = kafka.rd_kafka_conf_new()
    for name, value in settings.items():
        if kafka.rd_kafka_conf_set(configuration, name.encode(), value.encode(), text, len(text)):
            raise BrokerUnavailableError(f"librdkafka refused {name}={value}: {text.value.decode()}")
    handle = kafka.rd_kafka_new(0, configuration, text, len(text))
    if not handle:
        raise BrokerUnavailableError(f"librdkafka did not start: {text.value.decode()}")
    return c_void_p(handle)
