"""What is printed comes through: to a reader that goes early, to a full disk, and where the terminal is not UTF-8."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

import pytest

PHAROS = [sys.executable, "-c", "import sys; from streams.cli import main; sys.exit(main())"]


@pytest.mark.parametrize("arguments", [["check", "--markdown"], ["simulate", "--list"], ["--help"]])
def test_a_reader_that_has_enough_is_no_fault(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([*PHAROS, *arguments], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)

    assert (done.returncode in (0, 1), done.stderr) == (True, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110 - a device
def test_a_full_disk_is_said() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [*PHAROS, "check", "--markdown"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert done.returncode == 1
    assert done.stderr == "pharos: no space left on device; make room on that disk\n"


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_what_goes_into_a_file_is_utf_8_whatever_the_terminal_knows(encoding: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}

    done = subprocess.run(
        [*PHAROS, "check", "--currency", "\U0001f4b0", "--page-url", "\u4e2d"],
        capture_output=True,
        env=environment,
        check=False,
    )
    page = subprocess.run([*PHAROS, "check", "--markdown"], capture_output=True, env=environment, check=True)

    assert done.returncode == 2
    assert b"UnicodeEncodeError" not in done.stderr
    assert not page.stdout.decode().isascii()


def test_a_terminal_that_knows_less_shows_the_numbers_of_characters() -> None:
    ours, theirs = os.openpty()
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    process = subprocess.Popen([*PHAROS, "check", "--markdown"], stdout=theirs, stderr=subprocess.PIPE, env=environment)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while piece := os.read(ours, 65_536):
            shown += piece
    os.close(ours)

    assert (process.communicate()[1], process.returncode) == (b"", 0)
    assert shown.isascii()
    assert b"\\u" in shown
