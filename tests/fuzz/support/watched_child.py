"""A process that tries one example after another, and is ended by the kernel where it stands still.

The clock is one of the kernel's: it also ends a process in which C code holds the interpreter, which no thread of it
could. It counts the processor's time, so that a machine with much else to do does not look like a fault; a process that
waits for ever is ended by its parent.
"""

from __future__ import annotations

import faulthandler
import importlib
import logging
import multiprocessing
import signal
import traceback
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

LONGEST_S: Final = 2.0  # of the processor, for one example
_PATIENCE_S: Final = 30.0  # by the wall, likewise
_BEGIN_S: Final = 120.0
_FAREWELL_S: Final = 3.0


class WatchedChild:
    """Runs `take(example)` of a module elsewhere; use it in a `with` statement."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._context = multiprocessing.get_context("spawn")
        self._process: Any = None
        self._pipe: Connection | None = None

    def take(self, example: Any) -> str:
        """What is wrong with what became of the example; empty where nothing is."""
        if self._process is None:
            self._begin()
        assert self._pipe is not None
        self._pipe.send(example)
        if not self._pipe.poll(_PATIENCE_S):
            self.close()
            return f"it stood still for {_PATIENCE_S:g} s"
        try:
            return str(self._pipe.recv())
        except EOFError:
            self._process.join(5)
            code = self._process.exitcode
            self.close()
            return f"it stood still for {LONGEST_S:g} s" if code == -signal.SIGPROF else f"its process ended ({code})"

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None and self._pipe is not None:
            self._pipe.close()  # upon which it ends by itself, unless it stands still
            self._process.join(_FAREWELL_S)
            self._process.kill()
            self._process.join()
            self._process = self._pipe = None

    def _begin(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs, self._module), daemon=True)
        self._process.start()
        theirs.close()
        assert self._pipe.poll(_BEGIN_S), f"{self._module} did not start"
        self._pipe.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _serve(pipe: Connection, module: str) -> None:
    take = importlib.import_module(module).take
    logging.disable(logging.CRITICAL)  # of thousands of requests that are none, nobody reads the log
    faulthandler.register(signal.SIGPROF, all_threads=True, chain=True)  # says where, and then the kernel ends it
    pipe.send("ready")
    while True:
        try:
            example = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
        try:
            said = take(example)
        except Exception:  # noqa: BLE001 - whatever is raised is what is looked for
            said = traceback.format_exc(limit=-6)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send(said)
