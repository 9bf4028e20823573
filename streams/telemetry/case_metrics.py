"""Names of what Pharos tells Prometheus about cases. No label holds what names a case, not even its hash."""

from __future__ import annotations

from typing import Final

MARKS: Final = "pharos_case_marks"
MARKS_WAITING: Final = "pharos_case_marks_waiting"
MARKS_FORGOTTEN: Final = "pharos_case_marks_forgotten_total"
MARKS_SKIPPED: Final = "pharos_case_marks_skipped_total"
MEMORY: Final = "pharos_case_memory_seconds"
LAG: Final = "pharos_case_lag_seconds"
UNKNOWN: Final = "pharos_case_unknown_total"
WITHOUT_CASE: Final = "pharos_without_case_total"
