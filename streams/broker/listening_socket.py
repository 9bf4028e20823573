"""A fixed port for a library that always listens on a port of its own choice."""

from __future__ import annotations

import os
import socket
import stat
import sys
from pathlib import Path

from streams.broker.librdkafka import BrokerUnavailableError


def listen(host: str, port: int) -> socket.socket:
    """A non-blocking listening socket. Raises BrokerUnavailableError where the port is taken or not allowed."""
    if sys.platform == "win32":
        raise BrokerUnavailableError("the embedded broker needs Linux or macOS for a fixed port; use Apache Kafka here")
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(64)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        remedy = "stop what runs there, or choose another port"
        raise BrokerUnavailableError(f"cannot listen on {host}:{port} ({error.strerror}); {remedy}") from None
    return sock


def replace_listener(port: int, by: socket.socket) -> None:
    """Puts `by` in the place of this process's socket that listens on `port`: its owner accepts from `by` from now on.

    The owner keeps its file descriptor and notices nothing, so do it before clients connect.
    """
    for descriptor in _descriptors():
        if _listens_on(descriptor, port):
            os.dup2(by.fileno(), descriptor)
            return
    raise BrokerUnavailableError(f"the broker's own socket on port {port} was not found; use port 0 or Apache Kafka")


def _descriptors() -> list[int]:
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            return [int(entry.name) for entry in Path(folder).iterdir()]
        except OSError:
            continue
    return list(range(3, 4096))


def _listens_on(descriptor: int, port: int) -> bool:
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return False
        with socket.socket(fileno=os.dup(descriptor)) as sock:
            if sock.family != socket.AF_INET or sock.getsockname()[1] != port:
                return False
            return bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        return False
