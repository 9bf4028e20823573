"""CPU seconds per million events: our whole ingest against a stock Faust agent and a bare aiokafka loop.

`make bench` starts Apache Kafka, fills it with a simulated sale, runs the three in turn, several rounds, and prints a
table. Ratios within one run are what counts: machines are noisy.
"""

import argparse
import importlib.util
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

from confluent_kafka.admin import AdminClient, NewTopic

from benchmarks.load import dense_sale
from streams.connection import Connection
from streams.replay import replay
from streams.settings import SOURCE_TOPICS, Settings
from streams.topics.wanted import own_topics

PROJECT = Path(__file__).parent.parent
PARTITIONS = 4


def kafka_module() -> Any:
    """deploy/ is no package: its script is loaded by path."""
    spec = importlib.util.spec_from_file_location("kafka_run", PROJECT / "deploy" / "kafka" / "run.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["kafka_run"] = module
    spec.loader.exec_module(module)
    return module


def make_topics(broker: str) -> None:
    admin = AdminClient({"bootstrap.servers": broker})
    any_year = {"retention.ms": "-1", "message.timestamp.after.max.ms": str((1 << 63) - 1)}
    wanted = [NewTopic(topic, PARTITIONS, 1, config=any_year) for topic in SOURCE_TOPICS]
    wanted += [NewTopic(topic.name, topic.partitions, 1, config=dict(topic.config)) for topic in own_topics(Settings())]
    for made in admin.create_topics(wanted).values():
        made.result(30)


def fill(broker: str, events: int) -> int:
    return replay(dense_sale(events), Connection(broker), dict.fromkeys(SOURCE_TOPICS, PARTITIONS)).sent


def run(module: str, broker: str, events: int) -> dict[str, float]:
    command = [sys.executable, "-m", module, "--broker", broker, "--events", str(events)]
    command += ["--group", f"bench-{uuid.uuid4().hex[:8]}", "--partitions", str(PARTITIONS)]
    done = subprocess.run(command, check=False, cwd=PROJECT, capture_output=True, text=True, timeout=1800)
    reports = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not reports:
        raise SystemExit(f"{module} did not report:\n{done.stdout[-1000:]}{done.stderr[-3000:]}")
    return json.loads(reports[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--stock-events", type=int, default=40_000, help="stock Faust is slow: it reads fewer")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pharos-bench-") as folder:
        broker = kafka_module().KafkaBroker(0, Path(folder))
        broker.start()
        try:
            make_topics(broker.address)
            events = fill(broker.address, options.events)
            print(f"{events:,} events of a dense simulated sale, {PARTITIONS} partitions a topic, {platform.machine()}")
            rivals = {
                "bare aiokafka getmany, one aggregate": ("benchmarks.rivals.bare_aiokafka", events),
                "stock Faust agent, one aggregate": ("benchmarks.rivals.stock_faust", options.stock_events),
                "Pharos ingest: all metrics, dedup, validation": ("benchmarks.ours", events),
            }
            costs: dict[str, list[float]] = {name: [] for name in rivals}
            rates: dict[str, list[float]] = {name: [] for name in rivals}
            for _ in range(options.rounds):
                for name, (module, count) in rivals.items():
                    measured = run(module, broker.address, count)
                    costs[name].append(measured["cpu_s"] / measured["events"] * 1e6)
                    rates[name].append(measured["events"] / measured["wall_s"])
        finally:
            broker.stop()
    ours = statistics.median(costs["Pharos ingest: all metrics, dedup, validation"])
    print(
        "\n| consumer | CPU s per million events, median (range) | events per CPU s | events/s wall | against Pharos |"
    )
    print("|---|---|---|---|---|")
    for name in rivals:
        cost = statistics.median(costs[name])
        spread = f"{min(costs[name]):.1f}-{max(costs[name]):.1f}"
        wall = statistics.median(rates[name])
        print(f"| {name} | {cost:.1f} ({spread}) | {1e6 / cost:,.0f} | {wall:,.0f} | {cost / ours:.1f} |")


if __name__ == "__main__":
    main()
