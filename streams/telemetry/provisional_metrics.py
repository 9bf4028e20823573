"""Names of what Prometheus is told before it is final; the numbers come from `streams.merge.provisional`."""

from __future__ import annotations

from typing import Final

PROVISIONAL: Final = "pharos_provisional"
PROVISIONAL_CASES: Final = "pharos_provisional_cases"
