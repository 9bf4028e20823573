"""Errors as people see them: one sentence with the remedy, and an exit code."""

from __future__ import annotations

from streams.cli.os_errors import sentence_of
from streams.settings.errors import FAILED, InputError, PharosError

FAULT = 3
_LONGEST = 800

# What Kafka's clients raise: where it comes this far, nobody knew a better sentence.
OF_KAFKA = ("cimpl.KafkaException", "aiokafka.errors.KafkaError")


class UsageError(InputError):
    """What was asked for cannot be meant; the message says what to ask for."""


def explain(error: Exception) -> tuple[int, str]:
    """Exit code and sentence of an error. Only errors whose text is meant for people are shown as they are."""
    text = " ".join(str(error).split())
    if isinstance(error, PharosError):
        return error.exit_code, _shortened(text)
    if any(f"{kind.__module__}.{kind.__qualname__}" in OF_KAFKA for kind in type(error).__mro__):
        return FAILED, f"Kafka: {text}; see what `pharos check --live` says of it"
    if isinstance(error, OSError):
        return FAILED, _shortened(sentence_of(error))
    if isinstance(error, MemoryError):
        return FAILED, "this machine is out of memory; give it more, or ask for less"
    return FAULT, f"unexpected {type(error).__name__}: {text}; run it again with --debug and report what it shows"


def _shortened(text: str) -> str:
    """What was read may stand in it, however long it is; the remedy stands at the end."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
