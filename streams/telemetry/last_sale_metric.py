"""Name of what a metric was at the same time of the last sale, in Prometheus; see `streams.evaluation.last_sale`."""

from typing import Final

LAST_SALE: Final = "pharos_last_sale"
