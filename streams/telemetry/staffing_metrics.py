"""Names of what Prometheus is told of the agents that queues need; `streams.evaluation.staffing_judge` says it."""

from __future__ import annotations

from typing import Final

AGENTS_NEEDED: Final = "pharos_agents_needed"
AGENTS_NEEDED_IN_15_MIN: Final = "pharos_agents_needed_in_15_min"
AGENTS_NEEDED_IN_30_MIN: Final = "pharos_agents_needed_in_30_min"
AGENTS_STAFFED: Final = "pharos_agents_staffed"
OFFERED: Final = "pharos_contacts_offered_per_minute"
OFFERED_IN_15_MIN: Final = "pharos_contacts_offered_in_15_min_per_minute"
OFFERED_IN_30_MIN: Final = "pharos_contacts_offered_in_30_min_per_minute"
LEVEL: Final = "pharos_service_level_expected_ratio"
LEVEL_IN_15_MIN: Final = "pharos_service_level_expected_in_15_min_ratio"
HANDLE_TIME: Final = "pharos_handle_time_seconds"
PATIENCE: Final = "pharos_patience_seconds"
