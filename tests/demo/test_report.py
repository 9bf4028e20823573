"""The last words of the demo."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from streams.demo.report import last_words
from streams.offline.report import score

ZONE = ZoneInfo("Asia/Shanghai")
START, END = "2026-11-10T20:00:00+08:00", "2026-11-10T21:00:00+08:00"


def incident(name: str, minute: int, **scope: str) -> dict[str, Any]:
    span = {"start": f"2026-11-10T20:{minute:02d}:00+08:00", "end": f"2026-11-10T20:{minute + 10:02d}:00+08:00"}
    return {"id": name, "touchpoint": "order", "scope": scope, **span, "symptoms": [], "kind": "incident"}


def anomaly(fingerprint: str, minute: int, **scope: str) -> dict[str, Any]:
    return {
        "fingerprint": fingerprint,
        "touchpoint": "order",
        "scope": scope,
        "severity": "critical",
        "detected_at": f"2026-11-10T12:{minute:02d}:30Z",
        "caused_by": None,
        "summary": f"summary of {fingerprint}",
    }


def words(anomalies: list[dict[str, Any]], notifications: list[dict[str, Any]], truth: list[dict[str, Any]]) -> str:
    report = {"events_read": 1_234, "anomalies": anomalies, "notifications": notifications}
    return "\n".join(last_words(report | score(anomalies, truth, START, END), truth, ZONE))


def test_what_was_found_is_told_with_its_delay_and_the_first_message_about_it() -> None:
    truth = [incident("payment", 5, payment_method="wechat")]
    sent = [
        {"fingerprints": ["a"], "title": "[CRITICAL] Payments"},
        {"fingerprints": ["a"], "title": "[RESOLVED] Payments"},
    ]

    said = words([anomaly("a", 6, payment_method="wechat")], sent, truth)

    assert "1,234 events read, 2 notifications sent" in said
    assert "20:05 order: payment_method wechat" in said
    assert "found after 90 s: [CRITICAL] Payments" in said


def test_what_was_not_found_and_what_was_wrong_is_told_as_well() -> None:
    trap = incident("night", 30) | {"kind": "trap"}

    said = words([anomaly("b", 32)], [], [incident("payment", 5, payment_method="wechat"), trap])

    assert "not found (yet)" in said
    assert "0 of 1 traps stayed quiet, 1 false alarm" in said
