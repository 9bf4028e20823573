"""An entry of truth.json, as docs/detection.md describes it."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from streams.simulate.block import moments


def entry(
    name: str,
    touchpoint: str,
    scope: dict[str, str],
    span_ms: tuple[int, int],
    kind: Literal["incident", "trap"],
    symptoms: list[dict[str, Any]],
) -> dict[str, Any]:
    """An incident, or a trap, with its times written out."""
    start, end = moments(np.array(span_ms, dtype=np.int64))
    return {
        "id": name,
        "touchpoint": touchpoint,
        "scope": scope,
        "start": start,
        "end": end,
        "symptoms": symptoms,
        "kind": kind,
    }
