"""Whether a topic can serve as the one that is wanted: what endangers counts is wrong, the rest is a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.topics.check_result import CheckResult, Level
from streams.topics.names import CASES_TOPIC, CELLS_TOPIC, DEAD_LETTERS_TOPIC, SNAPSHOTS_TOPIC, VERDICTS_TOPIC
from streams.topics.wanted import DAY_MS, LARGEST_RECORD, Right, Role, WantedTopic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from streams.settings.settings import Settings
    from streams.topics.remedy import Remedies

_HOUR_MS = 3_600_000
_HEADERS = 4_096  # what a dead letter is larger than the record that it copies
_CODECS = ("producer", "lz4", "zstd")


class FoundTopic(NamedTuple):
    """A topic as the brokers have it.

    Attributes:
        copies: the replication factor, of the partition that has fewest.
        config: None where we may not ask.
        allowed: the rights that we have; None where nobody was asked.

    """

    name: str
    partitions: int
    copies: int
    config: Mapping[str, str] | None
    allowed: frozenset[Right] | None = None


class Case(NamedTuple):
    """A topic that is wanted and found, and what its verification depends on."""

    wanted: WantedTopic
    found: FoundTopic
    brokers: int
    settings: Settings
    remedies: Remedies

    def number(self, key: str) -> int | None:
        """A whole number of the configuration; None where it is not known."""
        value = (self.found.config or {}).get(key, "")
        return int(value) if value.lstrip("-").isdigit() else None

    def text(self, key: str) -> str:
        return (self.found.config or {}).get(key, "")

    def wrong(self, what: str, remedy: str) -> CheckResult:
        return CheckResult(Level.WRONG, f"topic {self.wanted.name} {what}", remedy)

    def note(self, what: str, remedy: str) -> CheckResult:
        return CheckResult(Level.NOTE, f"topic {self.wanted.name} {what}", remedy)

    def set(self, key: str, value: int | str) -> str:
        return self.remedies.set(self.wanted.name, key, str(value))


def verify(case: Case) -> list[CheckResult]:
    """All that is wrong or unusual of one topic, in the order of the rules; empty where it is as wanted."""
    rules = (_partitions, _copies, _policy, _retention, _time, _size, _codec)
    found = [finding for rule in rules for finding in rule(case)]
    if case.found.config is None:
        remedy = case.remedies.allow((Right.DESCRIBE_CONFIGS,), f"--topic {case.wanted.name}")
        found.append(case.note("has a configuration that we may not read, so it is not verified", remedy))
    return found


def verify_together(cases: Iterable[Case]) -> list[CheckResult]:
    """What must hold between topics: a dead letter is a source's record, headers added, and must find room."""
    cases = list(cases)
    letters = next((case for case in cases if case.wanted.name == DEAD_LETTERS_TOPIC), None)
    room = None if letters is None else letters.number("max.message.bytes")
    if letters is None or room is None:
        return []
    found = []
    for case in cases:
        largest = case.number("max.message.bytes")
        if case.wanted.role is Role.SOURCE and largest is not None and largest + _HEADERS > room:
            needed = letters.set("max.message.bytes", largest + _HEADERS)
            found.append(letters.wrong(f"has no room for the largest records of {case.wanted.name}", needed))
    return found


def _partitions(case: Case) -> Iterator[CheckResult]:
    wanted, have = case.wanted, case.found.partitions
    if wanted.partitions in (None, have):
        return
    what = f"has {have} partitions, Pharos needs {wanted.partitions}"
    if wanted.role is Role.SOURCE:
        yield case.wrong(f"has {have} partitions, the settings say {wanted.partitions}", "correct source_partitions")
    elif not wanted.counted:
        remedy = f"{case.remedies.delete(wanted.name)}, and Pharos creates it again"
        yield case.note(what, f"records are ordered within a partition only; {remedy}")
    elif wanted.name in (CELLS_TOPIC, CASES_TOPIC, SNAPSHOTS_TOPIC):
        remedy = f"set cells_partitions to what it was, or delete the topic ({case.remedies.delete(wanted.name)})"
        yield case.wrong(what, remedy)
    else:
        yield case.wrong(what, f"delete the topic ({case.remedies.delete(wanted.name)}), and Pharos creates it again")


def _copies(case: Case) -> Iterator[CheckResult]:
    copies, insync = case.found.copies, case.number("min.insync.replicas")
    own = case.wanted.role is not Role.SOURCE
    asked, asked_insync = case.settings.replication_factor, case.settings.min_insync_replicas
    if own and copies < asked:
        yield case.wrong(f"has {copies} copies, the settings say {asked}", case.remedies.copy())
    elif copies < 2 <= case.brokers:
        yield case.note("has one copy: its records are lost with its broker", case.remedies.copy())
    if insync is not None and insync > copies:
        remedy = case.set("min.insync.replicas", max(1, copies - 1))
        yield case.wrong(f"has min.insync.replicas {insync} and {copies} copies: nothing can be written", remedy)
    elif insync is not None and own and insync < asked_insync:
        remedy = case.set("min.insync.replicas", asked_insync)
        yield case.wrong(f"has min.insync.replicas {insync}, the settings say {asked_insync}", remedy)
    elif insync == 1 < copies:
        remedy = case.set("min.insync.replicas", 2)
        yield case.note("accepts a record that one copy has: it is lost with that broker", remedy)
    elif insync == copies > 1:
        remedy = case.set("min.insync.replicas", copies - 1)
        yield case.note(f"has min.insync.replicas {copies}, as many as copies: losing one broker stops it", remedy)
    if case.text("unclean.leader.election.enable") == "true":
        remedy = case.set("unclean.leader.election.enable", "false")
        yield case.wrong("allows unclean leader election: counted records could be lost", remedy)


def _policy(case: Case) -> Iterator[CheckResult]:
    policy = case.text("cleanup.policy").replace(" ", "")
    want = "compact" if case.wanted.role is Role.STATE else "delete"
    if not policy or policy == want:
        return
    if want == "compact":
        yield case.wrong(f"has cleanup.policy {policy}: state would be deleted", case.set("cleanup.policy", want))
    elif policy != "delete":
        what = f"has cleanup.policy {policy}: of several records with one key only the last would stay"
        yield case.wrong(what, case.set("cleanup.policy", want))


def _retention(case: Case) -> Iterator[CheckResult]:
    kept = case.number("retention.ms")
    if case.wanted.role is Role.STATE:
        return
    remedy = case.set("retention.ms", 7 * DAY_MS)
    if kept is None or kept < 0:
        pass
    elif case.wanted.name in (CELLS_TOPIC, CASES_TOPIC, VERDICTS_TOPIC) and kept < _HOUR_MS:
        yield case.wrong(f"keeps records for {kept / 60_000:g} min: state could not be restored from it", remedy)
    elif kept < DAY_MS:
        yield case.note(
            f"keeps records for {kept / _HOUR_MS:g} h: a worker that is down for longer loses records", remedy
        )
    room = case.number("retention.bytes")
    if room is not None and room >= 0:
        what = f"keeps {room} bytes a partition: how long that is depends on the load"
        yield case.note(what, case.set("retention.bytes", -1))


def _time(case: Case) -> Iterator[CheckResult]:
    replays = case.settings.time == "events" or case.wanted.role is not Role.SOURCE
    if case.text("message.timestamp.type") == "LogAppendTime" and replays:
        what = "uses LogAppendTime: a replay of the past would count as now"
        yield case.note(what, case.set("message.timestamp.type", "CreateTime"))
    past = case.number("message.timestamp.before.max.ms")
    if past is not None and past < DAY_MS:
        what = f"refuses records older than {past / _HOUR_MS:g} h: a producer that was offline loses them"
        yield case.note(what, case.set("message.timestamp.before.max.ms", (1 << 63) - 1))
    ahead = case.number("message.timestamp.after.max.ms")
    if ahead is not None and ahead < case.settings.future_limit_s * 1000:
        what = f"refuses records {ahead / 1000:g} s ahead of its clock: a producer with a wrong clock is stopped"
        yield case.note(what, case.set("message.timestamp.after.max.ms", _HOUR_MS))
    elif ahead is not None and case.wanted.role is Role.SOURCE:
        yield from _far_ahead(case, ahead)


def _far_ahead(case: Case, ahead: int) -> Iterator[CheckResult]:
    """The broker's limit of an hour (Kafka's default) keeps out what lies ahead; a replay may want that in."""
    if case.settings.time == "live" and ahead > _HOUR_MS:
        limit = case.settings.future_limit_s
        what = f"takes records far ahead of its clock: what is over {limit} s ahead becomes a dead letter of Pharos"
        yield case.note(what, case.set("message.timestamp.after.max.ms", _HOUR_MS))
    if case.settings.time == "events" and ahead <= _HOUR_MS:
        what = f"refuses records over {ahead / 60_000:g} min ahead of its clock: a replay of such dates cannot be sent"
        yield case.note(what, case.set("message.timestamp.after.max.ms", (1 << 63) - 1))


def _size(case: Case) -> Iterator[CheckResult]:
    largest = case.number("max.message.bytes")
    if case.wanted.role is Role.SOURCE or largest is None or largest >= LARGEST_RECORD:
        return
    remedy = case.set("max.message.bytes", LARGEST_RECORD)
    if case.wanted.counted:
        yield case.wrong(f"takes records of {largest} bytes: the flushes of catching up are larger", remedy)
    elif case.wanted.name != DEAD_LETTERS_TOPIC:
        yield case.note(f"takes records of {largest} bytes", remedy)


def _codec(case: Case) -> Iterator[CheckResult]:
    codec = case.text("compression.type")
    if codec and codec not in _CODECS:
        what = f"is kept as {codec}: the broker compresses everything again, which costs more than lz4 or zstd"
        yield case.note(what, case.set("compression.type", "producer"))
