"""One line on stderr that tells how far long work is."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class ProgressLine:
    """Rewrites itself on a terminal once a second; elsewhere it adds a line every ten seconds."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._told = time.monotonic()

    def tell(self, text: str) -> None:
        """Say it, if it is time to."""
        now = time.monotonic()
        if now - self._told >= (1.0 if self._terminal else 10.0):
            self._told = now
            self._write(text)

    def end(self, text: str) -> None:
        """The last line."""
        self._write(text)
        if self._terminal:
            self._stream.write("\n")
            self._stream.flush()

    def _write(self, text: str) -> None:
        self._stream.write(f"\r\x1b[2K{text}" if self._terminal else f"{text}\n")
        self._stream.flush()
