"""Calls of a bank's contact centre (Israel, 1999) as events of consultations."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from streams.imports.imported import Imported
from streams.imports.table import ImportProblem, one_file, rows
from streams.imports.voice_menu import Stay, snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from streams.imports.table import Row

TIMEZONE = "Asia/Jerusalem"
COLUMNS = ("call", "arrival", "type", "vru_seconds", "queue_seconds", "outcome", "service_start", "service_end")
QUEUES = {
    "PS": "regular",
    "NW": "new_customer",
    "NE": "stock_exchange",
    "IN": "internet",
    "PE": "english",
    "TT": "call_back",
}
OPENING_HOURS = [
    {"days": ["sun", "mon", "tue", "wed", "thu"], "opens": "07:00", "closes": "24:00"},
    {"days": ["fri"], "opens": "07:00", "closes": "14:00"},
    {"days": ["sat"], "opens": "20:00", "closes": "24:00"},
]
MENU = "voice_menu"
WARM_UP = timedelta(days=2)
LONGEST = timedelta(days=366)  # the voice menu tells something every minute
SOURCE = "the call centre's records"


def import_calls(folder: Path) -> Imported:
    """A contact opens when the caller leaves the voice menu for a person, and is answered or given up from there.

    Callers who hang up in the menu wanted a person as well and gave up without any wait: that is what an outage of the
    lines looks like in this data. Whom the menu holds for long is a queue of its own, `voice_menu`, since lines that
    are out of order show there first. Calls marked PHANTOM never were. Raises ImportProblem.
    """
    zone = ZoneInfo(TIMEZONE)
    imported = Imported({"name": "calls", "timezone": TIMEZONE, "opening_hours": OPENING_HOURS}, "/calls")
    calls = (row for row in rows(one_file(folder, "calls_*.csv*", SOURCE), COLUMNS) if row["outcome"] != "PHANTOM")
    stays = [_call(imported, row, zone) for row in calls]
    if stays and max(stays).arrived - min(stays).arrived > LONGEST:
        begun, ended = min(stays).arrived, max(stays).arrived
        raise ImportProblem(
            f"the calls are of {begun:%Y-%m-%d} to {ended:%Y-%m-%d}, and a file has those of a year at most; "
            "correct the times, or leave the rows out"
        )
    for snapshot in snapshots(stays):
        facts = {"queue": MENU, "waiting": snapshot.waiting, "oldest_wait": snapshot.oldest_wait}
        imported.add("consultations", "queue.snapshot", snapshot.time, f"{MENU}-{snapshot.time:%d-%H%M%S}", facts)
    if imported.events:
        first = min(time for time, _, _ in imported.events)
        begin = first.replace(hour=0, minute=0, second=0)
        imported.scenario["evaluate_from"] = (begin + WARM_UP).isoformat()
    return imported


def _call(imported: Imported, row: Row, zone: ZoneInfo) -> Stay:
    """Adds the events of a call; returns its time in the menu."""
    arrival = row.time("arrival")
    if arrival is None:
        raise ImportProblem(f"{row.file.name}, row {row.number}: a call without arrival; leave the row out")
    arrived = arrival.replace(tzinfo=zone)
    opened = arrived + timedelta(seconds=row.seconds("vru_seconds"))
    stay = Stay(arrived, opened)
    waited = row.seconds("queue_seconds")
    subject = f"call-{row['call']}"
    facts = {
        "consultation_id": subject,
        "queue": QUEUES.get(row["type"], row["type"].lower()),
        "channel": "phone",
        "opened_at": opened.isoformat(),
    }
    imported.add("consultations", "consultation.opened", opened, subject, facts)
    taken = opened + timedelta(seconds=waited)
    if row["outcome"] != "AGENT":
        imported.add("consultations", "consultation.abandoned", taken, subject, {**facts, "waited": waited})
        return stay
    start, end = row.time("service_start"), row.time("service_end")
    handled = {**facts, "handled_by": "human"}
    answered = start.replace(tzinfo=zone) if start else taken
    imported.add("consultations", "consultation.answered", answered, subject, {**handled, "waited": waited})
    if end:
        imported.add("consultations", "consultation.closed", end.replace(tzinfo=zone), subject, handled)
    return stay
