"""A command of Pharos in this process: its exit code must be 0, 1 or 2."""

from __future__ import annotations

import contextlib
import io
from functools import cache
from typing import TYPE_CHECKING

import streams.catalogue.load
from streams.cli import main

if TYPE_CHECKING:
    from pathlib import Path

_load_file = streams.catalogue.load.load
_load = cache(_load_file)


def _load_once(path: str | Path | None = None, *more: tuple[str, ...]) -> streams.catalogue.load.Catalogue:
    """The shipped catalogue takes longer to read than most examples do to be refused."""
    return _load_file(path, *more) if path or any(more) else _load()


def outcome(*arguments: str) -> str:
    """Empty for exit code 0, 1 or 2 with a sentence, else what was said instead, and where it came from."""
    said, told = io.StringIO(), io.StringIO()
    usual = streams.catalogue.load.load
    streams.catalogue.load.load = _load_once
    try:
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(said):
            code = main(arguments)
            if code not in (0, 1, 2):
                main([*arguments, "--debug"])
    except SystemExit as ended:
        code = int(str(ended.code))
    finally:
        streams.catalogue.load.load = usual
    if code not in (0, 1, 2):
        return f"exit code {code}: {said.getvalue()}"
    return "" if code == 0 or said.getvalue().strip() else f"exit code {code} without a word"
