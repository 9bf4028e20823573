"""Boards as files that Grafana provisions itself from: no token, no API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from dashboards.boards.all_boards import all_boards
from dashboards.boards.board import text_of
from dashboards.boards.folder import FOLDERS
from dashboards.boards.source import data_source

if TYPE_CHECKING:
    from pathlib import Path

    from dashboards.boards.plan import Plan

_HEAD = "# Generated: pharos boards build deploy/grafana\n"
MOUNTED = "/var/lib/grafana/dashboards"
"""Where Grafana expects the folder `dashboards`; that of `provisioning` is /etc/grafana/provisioning."""
_LOOKS_AGAIN_S = 30


def files(plan: Plan, prometheus_url: str) -> dict[str, str]:
    """Every file, by its path below the folder that is built."""
    found = {f"dashboards/{board.folder}/{board.name}.json": text_of(board.json(plan)) for board in all_boards(plan)}
    providers = [
        {
            "name": folder.uid,
            "folder": folder.title,
            "folderUid": folder.uid,
            "type": "file",
            "disableDeletion": False,
            "allowUiUpdates": False,
            "updateIntervalSeconds": _LOOKS_AGAIN_S,
            "options": {"path": f"{MOUNTED}/{folder.uid}"},
        }
        for folder in FOLDERS
    ]
    found["provisioning/dashboards/pharos.yaml"] = _yaml({"apiVersion": 1, "providers": providers})
    sources = {"apiVersion": 1, "datasources": [{**data_source(prometheus_url), "editable": False}]}
    found["provisioning/datasources/pharos.yaml"] = _yaml(sources)
    return found


def write(found: dict[str, str], target: Path) -> tuple[int, int]:
    """Writes what is new or changed and removes boards that are gone; how many of each."""
    changed = removed = 0
    for old in sorted(target.glob("dashboards/*/*.json")):
        if old.relative_to(target).as_posix() not in found:
            old.unlink()
            removed += 1
    for name, text in found.items():
        path = target / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed += 1
    return changed, removed


def _yaml(content: object) -> str:
    return _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
