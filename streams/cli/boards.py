"""Grafana boards from the catalogue: as files that Grafana reads itself, or over its API.

`build` writes boards, their provider and the data source into a folder. `publish` writes folders, permissions, data
source, boards and the milestones of the calendar into the Grafana at GRAFANA_URL; `diff` says what it would write and
exits 1 where there is anything. Both take a token from GRAFANA_TOKEN or the file GRAFANA_TOKEN_FILE, or user and
password from GRAFANA_USER and GRAFANA_PASSWORD or GRAFANA_PASSWORD_FILE; none of them is ever printed.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from streams.cli.errors import UsageError
from streams.cli.flag_values import file_path
from streams.cli.settings_flags import add_settings, settings_with_names

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from dashboards.boards.plan import Plan
    from dashboards.grafana.milestones import Milestone
    from dashboards.grafana.resource import Finding
    from streams.catalogue.load import Catalogue
    from streams.settings.settings import Settings

SUMMARY = "Grafana boards: build files, publish, or show what differs"
PROMETHEUS = "http://prometheus:9090"
_USED = ("app", "catalogue", "timezone", "lateness_s", "max_series", "board_url", "runbook_base_url")


def add_flags(command: argparse.ArgumentParser) -> None:
    """The flags of `pharos boards`."""
    steps = command.add_subparsers(title="steps", metavar="STEP", required=True)
    build = steps.add_parser("build", help="write boards and provisioning into a folder")
    build.add_argument(
        "directory",
        type=file_path,
        metavar="DIR",
        help="where to; boards of this installation that are gone are removed there",
    )
    publish = steps.add_parser("publish", help="write what differs into Grafana")
    publish.add_argument(
        "--make-token",
        type=file_path,
        metavar="FILE",
        help="make a service account, and write a token of it to a new file",
    )
    diff = steps.add_parser("diff", help="say what publish would write; exit 1 where there is anything")
    for step, run_step in ((build, _build), (publish, _publish), (diff, _diff)):
        step.set_defaults(step=run_step)
        step.add_argument(
            "--prometheus", default=PROMETHEUS, metavar="URL", help=f"where Grafana finds Prometheus ({PROMETHEUS})"
        )
        add_settings(step, only=_USED)
    for step in (publish, diff):
        step.add_argument("--url", default="", metavar="URL", help="of Grafana; absent, GRAFANA_URL")


def run(flags: argparse.Namespace) -> int:
    """One step."""
    return int(flags.step(flags))


def _build(flags: argparse.Namespace) -> int:
    from dashboards.boards.files import files, write  # noqa: PLC0415 - `pharos --help` needs no boards

    plan = _plan(*_read(flags))
    found = files(plan, flags.prometheus)
    changed, removed = write(found, flags.directory, plan.installation)
    print(f"{flags.directory}: {len(found)} files, {changed} written, {removed} removed")
    return 0


def _publish(flags: argparse.Namespace) -> int:
    from dashboards.grafana.account import make_token  # noqa: PLC0415 - see above
    from dashboards.grafana.publish import publish, wanted  # noqa: PLC0415 - see above
    from dashboards.grafana.server import connected  # noqa: PLC0415 - see above

    settings, catalogue = _read(flags)
    milestones = _milestones(settings, catalogue)
    with connected(*access(os.environ, flags.url)) as api:
        if flags.make_token is not None:
            make_token(api, flags.make_token, f"publish-{int(time.time())}")
            print(f"a token of the service account is in {flags.make_token}; give it as GRAFANA_TOKEN_FILE")
        written = _say(publish(wanted(api, _plan(settings, catalogue), flags.prometheus, milestones)))
    print(f"{written} written")
    return 0


def _diff(flags: argparse.Namespace) -> int:
    from dashboards.grafana.publish import compare, wanted  # noqa: PLC0415 - see above
    from dashboards.grafana.server import connected  # noqa: PLC0415 - see above

    settings, catalogue = _read(flags)
    milestones = _milestones(settings, catalogue)
    with connected(*access(os.environ, flags.url)) as api:
        different = _say(compare(wanted(api, _plan(settings, catalogue), flags.prometheus, milestones)))
    print(f"{different} different" if different else "Grafana has what would be published")
    return 1 if different else 0


def access(environment: Mapping[str, str], url: str = "") -> tuple[str, str | tuple[str, str]]:
    """Address and credential of Grafana. Raises UsageError where one is missing."""
    address = url or environment.get("GRAFANA_URL", "")
    if not address:
        raise UsageError("which Grafana? set GRAFANA_URL, or give --url")
    _refuse_odd(address)
    token = _secret(environment, "GRAFANA_TOKEN")
    if token:
        return address, token
    user, password = environment.get("GRAFANA_USER", ""), _secret(environment, "GRAFANA_PASSWORD")
    if not (user and password):
        raise UsageError("set GRAFANA_TOKEN or GRAFANA_TOKEN_FILE (docs/boards.md says how to get a token)")
    return address, (user, password)


def _refuse_odd(address: str) -> None:
    """What no client can call, and each would say in its own way."""
    try:
        parts = urlsplit(address)
        fits = parts.port is None or parts.port > 0
        (parts.hostname or "").encode("idna")
    except ValueError:
        fits = False
    if not fits:
        raise UsageError("the address of Grafana must be like https://grafana.example.com")


def _secret(environment: Mapping[str, str], name: str) -> str:
    if environment.get(name):
        return environment[name]
    file = environment.get(f"{name}_FILE", "")
    if not file:
        return ""
    from streams.settings.file_paths import at_home  # noqa: PLC0415 - `pharos --help` needs no settings

    try:
        return Path(at_home(file)).read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError:
        raise UsageError(f"{name}_FILE: {file} is not UTF-8 text; write the secret into it again") from None


def _read(flags: argparse.Namespace) -> tuple[Settings, Catalogue]:
    from streams.catalogue.load import load  # noqa: PLC0415 - see above

    settings = settings_with_names(flags)
    return settings, load(settings.catalogue, settings.scorecards, settings.lean)


def _plan(settings: Settings, catalogue: Catalogue) -> Plan:
    from dashboards.boards.plan import Plan  # noqa: PLC0415 - see above
    from streams.cli.rule_thresholds import thresholds_of  # noqa: PLC0415 - see above

    return Plan(
        catalogue,
        thresholds_of(settings, catalogue),
        timezone=settings.timezone,
        runbook_base=settings.runbook_base_url,
        page_url=settings.board_url,
    )


def _milestones(settings: Settings, catalogue: Catalogue) -> list[Milestone]:
    from dashboards.grafana.milestones import Milestone  # noqa: PLC0415 - see above
    from streams.events.event_time import event_time_ms  # noqa: PLC0415 - see above

    entries = [*settings.calendar, *catalogue.calendar]
    return [Milestone(e.name, event_time_ms(e.begins) or 0, event_time_ms(e.ends) or 0) for e in entries]


def _say(findings: Iterable[Finding]) -> int:
    """A line for each thing that differs, as soon as it is known; how many there were."""
    count = 0
    for finding in findings:
        for number, line in enumerate(_lines(finding)):
            print(line if number == 0 else f"    {line}", flush=True)
        count += bool(finding.differences)
    return count


def _lines(finding: Finding) -> Iterator[str]:
    from dashboards.grafana.resource import MOST_DIFFERENCES  # noqa: PLC0415 - see above

    if finding.differences:
        yield f"{finding.outcome}: {finding.name}"
        yield from finding.differences[:MOST_DIFFERENCES]
        more = len(finding.differences) - MOST_DIFFERENCES
        if more > 0:
            yield f"and {more} more"
