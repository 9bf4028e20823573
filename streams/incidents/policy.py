"""The numbers of the life-cycle, of localisation and of linking, in one place. Event time, in ms."""

from __future__ import annotations

import msgspec

from streams.records.verdicts import CLEAR_SCORE

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Defaults are those of docs/decisions/0008-incidents.md, which says why.

    Attributes:
        pending_ms: how long the condition holds before an alert fires.
        run_ms: a stall whose run is as long as this has held for long enough when it is first seen.
        cliff_score, cliff_effects: a series this surprising, and this many minimum effects away, fires at once.
        localise_ms: how much longer a wide scope waits where its contributors point at a narrower one.
        clear_score: below it an alert recovers; between it and 1 it stays what it is.
        keep_firing_ms: how long it stays clear before it is resolved.
        flap_changes, flap_within_ms, flap_keep_ms: with so many openings, refirings and endings in that time, it
            is held firing and has to stay clear for longer.
        forget_pending_ms: a pending series that is no longer judged is forgotten after this.
        stale_ms: an open alert that cannot be judged is frozen for this long, then resolved as stale.
        worse_factor, worse_ms: the deviation must grow by the factor to be published again, at most once per this time.
        critical_score: from here on an alert is critical, where the metric allows it.
        explained: the share of a wider scope's excess that makes a narrower one its explanation.
        contrast: what is left of the wider scope may deviate at most this much of the narrower one's rate.
        sharper: of several explanations the smallest is taken whose score is at least this part of the highest.
        siblings, minority: at most so many scopes together explain a wider one, with at most that part of its exposure.
        link_ms: a cause and its symptom lie at most this far apart.
        echo_ms: how long after its end an alert still accounts for what a long window remembers of it; twice as long
            for what is found by whole days.
        onset_ms: what is said to have begun more than this, or four windows, before it was first seen, did not.
        together_ms: several scopes of a metric that start within this share an incident.
        published: anomalies an incident publishes at a touchpoint; what comes later is attached to them.
        recent_ms: so long what is over is shown.
        keep_resolved_ms, max_resolved: memory of what is over: its symptoms may follow days later.
        max_considered: localisation looks at so many significant series of a metric, those of largest excess.

    """

    pending_ms: int = 20_000
    run_ms: int = MINUTE_MS
    cliff_score: float = 2.0
    cliff_effects: float = 2.0
    localise_ms: int = 30_000
    clear_score: float = CLEAR_SCORE
    keep_firing_ms: int = 5 * MINUTE_MS
    flap_changes: int = 4
    flap_within_ms: int = 30 * MINUTE_MS
    flap_keep_ms: int = 15 * MINUTE_MS
    forget_pending_ms: int = 15 * MINUTE_MS
    stale_ms: int = 6 * HOUR_MS
    worse_factor: float = 1.5
    worse_ms: int = 5 * MINUTE_MS
    critical_score: float = 2.0
    explained: float = 0.7
    contrast: float = 0.3
    sharper: float = 0.6
    siblings: int = 2
    minority: float = 0.75
    link_ms: int = 30 * MINUTE_MS
    echo_ms: int = 24 * HOUR_MS
    onset_ms: int = 15 * MINUTE_MS
    together_ms: int = 5 * MINUTE_MS
    published: int = 3
    recent_ms: int = 24 * HOUR_MS
    keep_resolved_ms: int = 96 * HOUR_MS
    max_resolved: int = 2_000
    max_considered: int = 200
