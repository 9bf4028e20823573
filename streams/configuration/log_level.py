"""How much a worker logs: PHAROS_LOG."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from streams.settings.secrets import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = "PHAROS_LOG"
_USUAL = "WARNING"


def log_level(environment: Mapping[str, str]) -> str:
    """The level's name. Raises ConfigurationError.

    >>> log_level({"PHAROS_LOG": "info"}), log_level({})
    ('INFO', 'WARNING')
    """
    level = environment.get(_VARIABLE, _USUAL).strip().upper()
    if level not in logging.getLevelNamesMapping():
        raise ConfigurationError(f"{_VARIABLE}: is not a log level; write debug, info, warning or error")
    return level
