"""What somebody did about an anomaly: `data` of a record of pharos-actions, whose subject is the fingerprint."""

from __future__ import annotations

import msgspec

TYPE = "pharos.action.taken"


class Action(msgspec.Struct, frozen=True):
    """An action, who took it, and a remark."""

    action: str
    actor: str = ""
    note: str = ""
