"""The topics that Pharos writes. Those that it reads are `streams.settings.settings.SOURCE_TOPICS`."""

from __future__ import annotations

CELLS_TOPIC = "pharos-cells"
VERDICTS_TOPIC = "pharos-verdicts"
SNAPSHOTS_TOPIC = "pharos-snapshots"
ANOMALIES_TOPIC = "pharos-anomalies"
ANOMALY_STATE_TOPIC = "pharos-anomaly-state"
ACTIONS_TOPIC = "pharos-actions"
DEAD_LETTERS_TOPIC = "pharos-dead-letters"
