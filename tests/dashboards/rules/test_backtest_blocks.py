"""What `pharos backtest --openmetrics` writes, as promtool takes it: every sample lies in a block then."""

from __future__ import annotations

import io
import subprocess
from typing import TYPE_CHECKING

from streams.catalogue.load import load
from streams.offline.backtest import play
from streams.offline.openmetrics import write_openmetrics
from streams.settings.settings import Settings
from tests.offline.support.payments import MINUTES, lines

if TYPE_CHECKING:
    from pathlib import Path


def test_promtool_makes_blocks_with_every_sample(promtool: str, tmp_path: Path) -> None:
    catalogue, out = load(), io.BytesIO()
    scenario = {"evaluate_from": "2026-11-11T00:10:00Z"}
    played = play(lines(), scenario, Settings(), catalogue, progress=None, minutes=io.BytesIO())
    assert played.run.minutes is not None
    write_openmetrics(out, played.run.minutes, played.run.transitions, catalogue.metrics)
    file, blocks = tmp_path / "evening.om", tmp_path / "blocks"
    file.write_bytes(out.getvalue())
    written = [line for line in out.getvalue().splitlines() if not line.startswith(b"#")]

    made = subprocess.run(
        [promtool, "tsdb", "create-blocks-from", "openmetrics", str(file), str(blocks)],
        capture_output=True,
        check=False,
    )
    (blocks / "wal").mkdir(exist_ok=True)  # older ones dump no folder without it
    dumped = subprocess.run([promtool, "tsdb", "dump", str(blocks)], capture_output=True, check=True)

    assert made.returncode == 0, made.stderr.decode()
    assert len(written) > 100 * (MINUTES - 10)
    assert sum(line.startswith(b"{__name__=") for line in dumped.stdout.splitlines()) == len(written)
