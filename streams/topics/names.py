"""The topics that Pharos writes. Those that it reads events from are in `streams.topics.sources`."""

from __future__ import annotations

CELLS_TOPIC = "pharos-cells"
VERDICTS_TOPIC = "pharos-verdicts"
SNAPSHOTS_TOPIC = "pharos-snapshots"
RAW_PREFIX = "pharos-raw-"  # and the name of a mapping: what the intake took for it
ANOMALIES_TOPIC = "pharos-anomalies"
ANOMALY_STATE_TOPIC = "pharos-anomaly-state"
CASES_TOPIC = "pharos-cases"
SCORES_TOPIC = "pharos-scores"
ACTIONS_TOPIC = "pharos-actions"
SINGLE_EVENTS_TOPIC = "pharos-single-events"
DEAD_LETTERS_TOPIC = "pharos-dead-letters"
