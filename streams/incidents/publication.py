"""An alert as the anomaly that pharos-anomalies carries (docs/asyncapi.yaml)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from streams.catalogue.runbook import runbook_url
from streams.incidents.summary import summarise
from streams.records.anomaly import Anomaly, Change, Transition, Why
from streams.records.instant import rfc3339
from streams.records.scope import digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.incidents.alert import Alert
    from streams.settings.settings import Settings

_LARGEST = 1e9


def transition(change: Change, why: Why, now: int, opened: int, anomaly: Anomaly) -> Transition:
    """The id depends on the alert, its opening, the change and the tick: handling the tick again gives it again."""
    return Transition(digest([anomaly.fingerprint, opened, change.value, now]), change, now, anomaly, why)


def publish(alert: Alert, attached: Sequence[str], cause_of: Sequence[str], settings: Settings) -> Anomaly:
    """`attached`: titles of metrics without an anomaly of their own; `cause_of`: fingerprints of the symptoms."""
    verdict = alert.verdict
    return Anomaly(
        fingerprint=alert.fingerprint,
        metric=alert.metric,
        touchpoint=alert.touchpoint,
        scope=dict(sorted(alert.scope.items())),
        severity=alert.severity.value,
        state=alert.state.value,
        started_at=rfc3339(alert.started),
        detected_at=rfc3339(alert.opened),
        ended_at=rfc3339(alert.ended) if alert.ended else None,
        window_s=verdict.window_s,
        value=_finite(verdict.value),
        expected=_finite(verdict.expected),
        lower=_finite(verdict.lower),
        upper=_finite(verdict.upper),
        unit=alert.unit,
        direction=alert.direction,
        score=_finite(verdict.score),
        exposure=_finite(verdict.exposure),
        peak=_finite(alert.peak),
        reason=verdict.reason,
        summary=summarise(alert, attached, ZoneInfo(settings.timezone)),
        contributors=list(verdict.contributors or alert.contributors),
        incident=alert.incident,
        cause_of=list(cause_of),
        caused_by=alert.caused_by,
        runbook_url=runbook_url(alert.runbook, settings.runbook_base_url),
        board_url=board_url(alert.fingerprint, settings.board_url),
        affected=round(_finite(alert.affected)),
        level=verdict.level,
        staffing=verdict.staffing,
    )


def board_url(fingerprint: str, base: str) -> str:
    """The board, opened at the anomaly; empty without a board."""
    separator = "&" if "?" in base else "?"
    return f"{base}{separator}{urlencode({'fingerprint': fingerprint})}" if base else ""


def _finite(value: float) -> float:
    """JSON has no infinity and no NaN."""
    return 0.0 if math.isnan(value) else min(max(value, -_LARGEST), _LARGEST)
