"""What was found of a topic, a right or a clock: right, unusual or wrong, and what to do."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Level(enum.Enum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"  # works, and is worth a look
    WRONG = "wrong"  # counts would be lost or wrong, or nothing would work


class CheckResult(NamedTuple):
    """One sentence, and a remedy where there is something to do."""

    level: Level
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.remedy}" if self.remedy else self.what
