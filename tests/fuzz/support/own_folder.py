"""A folder for the files of one process, gone with it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path


@cache
def own_folder() -> Path:
    """The same one each time."""
    folder = Path(tempfile.mkdtemp(prefix="pharos-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
