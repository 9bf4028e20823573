"""Matchers, silences, inhibition and routes mean the same here and in a real Alertmanager."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from streams.alerts.decide.routes import Routes
from streams.records.action import Taken
from streams.register.inhibition import OpenAnomalies
from streams.register.matcher import Matcher, Op, all_match, labels_of
from streams.register.silences import SilenceBook
from streams.settings.settings import RouteSettings
from tests.alertmanager.support.labelled_anomalies import CARRIERS, INHIBIT_RULES, REGIONS, anomalies, labels
from tests.alertmanager.support.real_alertmanager import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from streams.records.anomaly import Anomaly
    from tests.alertmanager.support.real_alertmanager import RealAlertmanager

    Start = Callable[[dict[str, Any]], RealAlertmanager]

pytestmark = pytest.mark.alertmanager

START = 1_762_790_400_000
QUIET = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
EXPRESSIONS = (
    "zhe.*",
    "zhejiang|jiangsu",
    "",
    ".+",
    "zhe.jiang",
    "s.",
    "[a-z]+",
    "浙.",
    "critical|warning",
    "(?:sf|yto)",
    ".*",
)
_PLAIN = re.compile(r"[a-z_.-]+")


def matcher(random: Random) -> Matcher:
    op = random.choice(list(Op))
    values = EXPRESSIONS if op in (Op.LIKE, Op.UNLIKE) else (*REGIONS, *CARRIERS, "critical", "logistics")
    return Matcher(random.choice(("region", "carrier", "severity", "touchpoint", "metric")), op, random.choice(values))


def posted(server: RealAlertmanager, made: Sequence[Anomaly]) -> None:
    server.post_alerts(labels(anomaly) for anomaly in made)
    assert eventually(lambda: len(server.alerts()) == len(made))


def test_matchers_match_what_alertmanagers_match(alertmanager: Start) -> None:
    random = Random(1)
    server, made = alertmanager(QUIET), anomalies(random, 60)
    posted(server, made)
    for _ in range(200):
        asked = [matcher(random) for _ in range(random.randint(1, 3))]
        ours = {anomaly.fingerprint for anomaly in made if all_match(asked, labels_of(anomaly))}

        assert set(server.alerts(*map(str, asked))) == ours, list(map(str, asked))


def test_silences_hold_for_what_alertmanagers_hold_for_and_end_with_them(alertmanager: Start) -> None:
    random, book = Random(2), SilenceBook()
    server, made = alertmanager(QUIET), anomalies(random, 60)
    posted(server, made)
    theirs: dict[str, str] = {}
    for number in range(12):
        asked = (matcher(random), Matcher("touchpoint", Op.EQUAL, random.choice(("order", "logistics"))))
        book.note(silence(str(number), asked))
        theirs[make_silence(server, asked)] = str(number)

    def same() -> bool:
        status = server.alerts()
        return all(
            sorted(theirs[one] for one in status[a.fingerprint]["silencedBy"]) == sorted(book.silencing(a, START))
            for a in made
        )

    assert eventually(same)
    assert any(book.silencing(anomaly, START) for anomaly in made)
    for name in list(theirs)[:6]:
        server.ask(f"/api/v2/silence/{name}", method="DELETE")
        subject = f"silence/{theirs[name]}"
        book.note(Taken(source="/x", id=f"e{name}", fingerprint=subject, time=START, action="silence.expired"))
    assert eventually(same)


def silence(name: str, asked: Sequence[Matcher]) -> Taken:
    return Taken(
        source="/x",
        id=name,
        fingerprint=f"silence/{name}",
        time=START,
        action="silence",
        until=START + 3_600_000,
        matchers=tuple(map(str, asked)),
    )


def make_silence(server: RealAlertmanager, asked: Sequence[Matcher]) -> str:
    made: dict[str, str] = server.ask(
        "/api/v2/silences",
        {
            "matchers": [
                {
                    "name": one.name,
                    "value": one.value,
                    "isRegex": one.op in (Op.LIKE, Op.UNLIKE),
                    "isEqual": one.op in (Op.EQUAL, Op.LIKE),
                }
                for one in asked
            ],
            "startsAt": "2020-01-01T00:00:00Z",
            "endsAt": "2099-01-01T00:00:00Z",
            "createdBy": "test",
            "comment": "test",
        },
    )
    return made["silenceID"]


@pytest.mark.parametrize("seed", range(3))
def test_the_same_anomalies_are_inhibited(alertmanager: Start, seed: int) -> None:
    server = alertmanager({**QUIET, "inhibit_rules": INHIBIT_RULES})
    made = anomalies(Random(seed), 40, symptoms=True)
    posted(server, made)
    known = OpenAnomalies(made)
    ours = {anomaly.fingerprint for anomaly in made if known.inhibitor_of(anomaly) is not None}

    assert eventually(lambda: {name for name, status in server.alerts().items() if status["inhibitedBy"]} == ours), (
        ours,
        {name for name, status in server.alerts().items() if status["inhibitedBy"]},
    )
    assert 0 < len(ours) < len(made)


def test_what_is_resolved_inhibits_nothing_any_more(alertmanager: Start) -> None:
    server = alertmanager({**QUIET, "inhibit_rules": INHIBIT_RULES})
    made = anomalies(Random(7), 40, symptoms=True)
    posted(server, made)
    left = [anomaly for anomaly in made if int(anomaly.fingerprint[1:]) % 2]
    server.post_alerts((labels(anomaly) for anomaly in made if anomaly not in left), resolved=True)
    known = OpenAnomalies(left)
    ours = {anomaly.fingerprint for anomaly in left if known.inhibitor_of(anomaly) is not None}
    theirs: Callable[[], set[str]] = lambda: {n for n, status in server.alerts().items() if status["inhibitedBy"]}  # noqa: E731

    assert eventually(lambda: theirs() == ours), (ours, theirs())


def test_routes_lead_to_the_same_receivers(binary: str, tmp_path: Path) -> None:
    amtool = shutil.which("amtool")
    if amtool is None:
        pytest.fail("amtool comes with Alertmanager's package, and is not on the PATH")
    random = Random(3)
    names, compared = ("a", "b", "c", "d"), set()
    for _ in range(12):
        routes = [
            RouteSettings(
                (name,),
                tuple(str(matcher(random)) for _ in range(random.randint(1, 2))),
                proceed=bool(random.getrandbits(1)),
            )
            for name in names
        ]
        config = {
            "route": {
                "receiver": "everybody",
                "routes": [
                    {"receiver": one.receivers[0], "matchers": list(one.match), "continue": one.proceed}
                    for one in routes
                ],
            },
            "receivers": [{"name": name} for name in (*names, "everybody")],
        }
        file = tmp_path / "alertmanager.yml"
        file.write_text(yaml.safe_dump(config))
        ours = Routes.of(routes, UTC)
        for anomaly in anomalies(random, 15):
            given = [
                f"{name}={value}" for name, value in labels_of(anomaly).items() if value and _PLAIN.fullmatch(value)
            ]
            if len(given) < len(labels_of(anomaly)):
                continue  # amtool reads labels as matchers, with rules of their own for quotes
            done = subprocess.run(
                [amtool, "config", "routes", "test", f"--config.file={file}", *given],
                capture_output=True,
                text=True,
                check=True,
            )
            lanes = ours.lanes(anomaly, START)
            compared.add(lanes)

            assert sorted(done.stdout.strip().split(",")) == sorted(lanes or ("everybody",)), (routes, given)
    assert len(compared) > 4
