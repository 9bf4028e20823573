"""What a worker remembers of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.linkage.clerk import settled
from streams.records.request import Ending, Request, RequestStep, Stage
from streams.register import requests as ledger_module
from streams.register.requests import RequestLog

if TYPE_CHECKING:
    import pytest


def step(request: str, fingerprint: str = "f1", time: int = 1_000, stage: Stage = Stage.PROPOSED) -> RequestStep:
    data = Request(
        request=request, rule="r", action="act", transition="t", detected_at="", severity="critical",
        until="2100-01-01T00:00:00Z", approval="admin",
    )  # fmt: skip
    return RequestStep(stage, fingerprint, time, data)


def test_a_repeat_changes_nothing() -> None:
    ledger = RequestLog()

    assert ledger.note(step("q1"))
    assert not ledger.note(step("q1"))
    assert ledger.of("f1") == [step("q1")]


def test_a_request_belongs_to_the_anomaly_that_it_began_with() -> None:
    ledger = RequestLog()
    ledger.note(step("q1"))

    assert not ledger.note(step("q1", "f2", stage=Stage.REQUESTED))
    assert ledger.of("f2") == []


def test_each_anomaly_has_its_own_and_loses_them_with_the_incident() -> None:
    ledger = RequestLog()
    for request, fingerprint, time in (("q1", "f1", 1_000), ("q2", "f1", 5_000), ("q3", "f2", 1_000)):
        ledger.note(step(request, fingerprint, time))
    ledger.forget("f1", 2_000)

    assert [known.data.request for known in ledger.of("f1")] == ["q2"]
    assert [known.data.request for known in ledger.waiting("f2", 2_000)] == ["q3"]
    ledger.forget("f1", 9_000)
    ledger.forget("f1", 9_000)
    assert (ledger.of("f1"), len(ledger)) == ([], 1)


def test_the_one_that_was_touched_longest_ago_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "IN_ALL", 2)
    ledger = RequestLog()
    ledger.note(step("q1", "f1"))
    ledger.note(step("q2", "f2"))
    ledger.note(settled(step("q1", "f1"), Ending.DECLINED, 2_000))
    ledger.note(step("q3", "f3"))

    assert ("q1" in ledger, "q2" in ledger, "q3" in ledger) == (True, False, True)
    assert ledger.of("f2") == []
