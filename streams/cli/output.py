"""Output that comes through: on a terminal of any encoding, in files as UTF-8, and to a reader that has gone."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


def use_utf8() -> None:
    """A terminal that cannot show a character gets its number; files and pipes get UTF-8, as YAML wants it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() not in ("utf-8", "utf8"):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def flush() -> None:
    """All that was printed leaves now. Raises OSError where it cannot: at the exit nobody would explain it."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def finish() -> None:
    """The same after an error; what cannot leave is given up, so that the exit does not fail for it again."""
    try:
        flush()
    except OSError:
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
