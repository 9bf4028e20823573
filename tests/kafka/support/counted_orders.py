"""Orders that are sent, a worker as people run it, and how many orders it has counted."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.kafka.crash.comparison import read_cells
from tests.kafka.crash.crash_load import START_MS, rfc3339
from tests.kafka.support.faults_bench import CELLS_PARTITIONS
from tests.kafka.support.kafka_reading import produce

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kafka.support.faults_bench import Bench

PHAROS = Path(sys.executable).with_name("pharos")


class Running:
    """The command as people run it, and what it says."""

    def __init__(self, bench: Bench) -> None:
        command = [PHAROS, "worker", "--config", str(bench.config()), "--port", "0"]
        self._begin = len(bench.told())
        self._bench = bench
        with bench.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def said_at_its_end(self, code: int, limit_s: float) -> str:
        """What it said, once it has ended with the code within the limit."""
        try:
            self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5.0)
        said = self._bench.told()[self._begin :]
        assert self.process.returncode == code, said
        return said

    def stop(self) -> None:
        """Ask it to end."""
        self.process.terminate()
        self.said_at_its_end(0, 15.0)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(5.0)


def send(bench: Bench, begin: int, end: int, partition: int = 0) -> None:
    """Orders of one partition, numbered, a second apart."""
    values = [
        f'{{"specversion":"1.0","id":"o{number}","source":"/lost","type":"order.created",'
        f'"time":"{rfc3339(START_MS + number * 1000)}","data":{{"order_id":"o{number}","region":"r"}}}}'.encode()
        for number in range(begin, end)
    ]
    produce(bench.address, "orders", values, timestamp=START_MS + end * 1000)


def until_counted(bench: Bench, orders: int) -> None:
    """Until the orders of all time are in pharos-cells, each once."""

    def arrived() -> bool:
        found = counted(bench)
        assert found <= orders, f"{found} orders counted, {orders} were sent"
        return found == orders

    until(f"{orders} orders are counted", arrived)


def counted(bench: Bench) -> int:
    cells = read_cells(bench.address, CELLS_PARTITIONS)
    whole = [
        value
        for (metric, _, _, scope, _), value in cells.items()
        if metric.startswith("orders_created@") and scope == ()
    ]
    return sum(whole)


def until(what: str, holds: Callable[[], bool], limit_s: float = 60.0) -> None:
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {limit_s:.0f} s: {what}"
        time.sleep(0.3)
