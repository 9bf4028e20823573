"""Errors as people see them: one sentence with the remedy, and an exit code."""

from __future__ import annotations

FAILED = 1
WRONG = 2
FAULT = 3


class UsageError(ValueError):
    """What was asked for cannot be meant; the message says what to ask for."""


def explain(error: Exception) -> tuple[int, str]:
    """Exit code and sentence of an error. Only errors whose text is meant for people are shown as they are."""
    # Imported here: a command that ends well needs none of them.
    from streams.broker.ensure_topics import TopicsError  # noqa: PLC0415 - see above
    from streams.broker.librdkafka import BrokerUnavailableError  # noqa: PLC0415 - see above
    from streams.configuration import ConfigurationError  # noqa: PLC0415 - see above
    from streams.events_file import EventsFileError  # noqa: PLC0415 - see above
    from streams.imports.table import ImportProblem  # noqa: PLC0415 - see above
    from streams.located_yaml import LocatedError  # noqa: PLC0415 - see above
    from streams.replay import ReplayError  # noqa: PLC0415 - see above

    text = " ".join(str(error).split())
    if isinstance(error, UsageError | ConfigurationError | LocatedError | EventsFileError | ImportProblem):
        return WRONG, text
    if isinstance(error, ReplayError | TopicsError | BrokerUnavailableError):
        return FAILED, text
    if isinstance(error, OSError) and error.strerror:
        what = f"{error.filename}: " if error.filename else ""
        return FAILED, f"{what}{error.strerror.lower()}; check the path and its permissions"
    return FAULT, f"unexpected {type(error).__name__}: {text}; run it again with --debug and report what it shows"
