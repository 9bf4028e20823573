"""Examples of a strategy, tried for some seconds."""

from __future__ import annotations

import importlib
import os
import time
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.support.watched_child import WatchedChild

LONG_S: Final = float(os.environ.get("PHAROS_FUZZ_SECONDS", "60"))
_AT_ONCE: Final = 100
_FEW: Final = 12
_CHECKS: Final = tuple(HealthCheck)


def try_for(way: str, seconds: float) -> int:
    """Tries examples of the way in for so long, in a process of their own; returns how many. Fails with the example."""
    examples = importlib.import_module(f"tests.fuzz.support.{way}").EXAMPLES
    end = time.monotonic() + seconds
    tried, found = 0, False
    number = int(os.environ.get("PHAROS_FUZZ_SEED", time.time_ns() % 1_000_000))
    print(f"{way}: PHAROS_FUZZ_SEED={number}")
    with WatchedChild(f"tests.fuzz.support.{way}") as child:
        while time.monotonic() < end:

            @seed(number)
            @settings(max_examples=_AT_ONCE, deadline=None, database=None, suppress_health_check=_CHECKS)
            @given(examples)
            def trial(example: Any) -> None:
                nonlocal tried, found
                tried += 1
                if found or time.monotonic() < end:  # what was found is tried again, to make it shorter
                    wrong = child.take(example)
                    found = found or bool(wrong)
                    assert not wrong, wrong

            trial()
            number += 1
    return tried


def try_few(way: str) -> None:
    """A few examples, always the same ones, in this process."""
    module = importlib.import_module(f"tests.fuzz.support.{way}")

    @seed(7)
    @settings(max_examples=_FEW, deadline=None, database=None, suppress_health_check=_CHECKS, phases=[Phase.generate])
    @given(module.EXAMPLES)
    def trial(example: Any) -> None:
        wrong = module.take(example)
        assert not wrong, wrong

    trial()
