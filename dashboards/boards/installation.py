"""What the things of one installation are called in a Grafana that others share.

Grafana knows folders, boards and data sources by uids of at most 40 letters, digits, - and _, and marks boards and
annotations by tags of at most 50 characters. The installation `pharos` (the default of the setting `app`) has the short
names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

DEFAULT: Final = "pharos"
"""The default of the setting `app`."""
GENERATED: Final = "generated"
"""The tag that every board of ours has beside its installation's."""
_LONGEST_UID: Final = 40
_LONGEST_NAME: Final = 12  # of the setting `app`, in a uid
_HASH_DIGITS: Final = 6
_NOT_IN_A_UID = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True)
class Installation:
    """An installation: `app` is the setting of that name.

    Examples:
        >>> Installation("pharos").uid("order"), Installation("shop.eu").uid("order")
        ('pharos-order', 'pharos-shop-eu-0598f1-order')
        >>> Installation("pharos").titled("Overview"), Installation("shop.eu").titled("Overview")
        ('Pharos: Overview', 'Pharos (shop.eu): Overview')

    """

    app: str = DEFAULT

    @property
    def tag(self) -> str:
        """What all its boards and annotations carry, and nothing of another installation does."""
        if self.app == DEFAULT:
            return "pharos"
        # With the hash, no name can be that of a folder or board of another installation, or differ in capitals only.
        return f"pharos-{_NOT_IN_A_UID.sub('-', self.app.lower())[:_LONGEST_NAME]}-{_hash(self.app)}"

    def uid(self, name: str) -> str:
        """Of its board, folder or data source of that name. What is too long is cut and ends in a hash of the whole."""
        uid = f"{self.tag}-{name}"
        return uid if len(uid) <= _LONGEST_UID else f"{uid[: _LONGEST_UID - 1 - _HASH_DIGITS]}-{_hash(uid)}"

    @property
    def title(self) -> str:
        """Pharos, with its name where it is not the default one."""
        return "Pharos" if self.app == DEFAULT else f"Pharos ({self.app})"

    def titled(self, what: str) -> str:
        """The title of its board or folder."""
        return f"{self.title}: {what}"

    @property
    def milestone_tags(self) -> tuple[str, str]:
        """Of the annotations that mark its calendar."""
        return self.tag, "milestone"


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=_HASH_DIGITS // 2).hexdigest()
