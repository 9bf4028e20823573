"""Errors whose text is meant for people: one sentence with the place and the remedy, and the exit code of a command."""

from __future__ import annotations

from typing import ClassVar, Final

FAILED: Final = 1
WRONG: Final = 2


class PharosError(Exception):
    """An error that a command shows as it is. Use `InputError` or `OutageError`, which say whose turn it is."""

    exit_code: ClassVar[int] = FAILED


class InputError(PharosError, ValueError):
    """A setting, a file or a flag is wrong: whoever runs the command corrects it. Secrets never stand in the text."""

    exit_code = WRONG


class OutageError(PharosError, RuntimeError):
    """Something outside the command failed: a broker, a server, a disk. The same command works once that is mended."""
