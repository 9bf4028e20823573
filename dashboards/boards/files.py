"""Boards as files that Grafana provisions itself from: no token, no API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

from dashboards.boards.all_boards import all_boards
from dashboards.boards.board import text_of
from dashboards.boards.folder import folder_uids, folders
from dashboards.boards.installation import GENERATED, Installation
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
    of = plan.installation
    uids = folder_uids(of)
    found = {
        f"dashboards/{uids[board.folder]}/{board.name}.json": text_of(board.json(plan)) for board in all_boards(plan)
    }
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
        for folder in folders(of)
    ]
    found[f"provisioning/dashboards/{of.tag}.yaml"] = _yaml({"apiVersion": 1, "providers": providers})
    sources = {"apiVersion": 1, "datasources": [{**data_source(of, prometheus_url), "editable": False}]}
    found[f"provisioning/datasources/{of.tag}.yaml"] = _yaml(sources)
    return found


def write(found: dict[str, str], target: Path, installation: Installation) -> tuple[int, int]:
    """Writes what is new or changed and removes boards of this installation that are gone; how many of each."""
    changed = removed = 0
    for old in sorted(target.glob("dashboards/*/*.json")):
        if old.relative_to(target).as_posix() not in found and _is_ours(old, installation):
            old.unlink()
            removed += 1
    for name, text in found.items():
        path = target / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed += 1
    return changed, removed


def _is_ours(file: Path, installation: Installation) -> bool:
    """Whether this code has made a board for this installation: by the tags, and the uid that goes with the name."""
    try:
        board = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        return False
    if not isinstance(board, dict):
        return False
    tags = board.get("tags")
    marked = isinstance(tags, list) and installation.tag in tags and GENERATED in tags
    return marked and board.get("uid") == installation.uid(file.stem)


def _yaml(content: object) -> str:
    return _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
