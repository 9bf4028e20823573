"""A service account is made once; its token goes into a new file that nobody else can read."""

from __future__ import annotations

import asyncio
import stat
from typing import TYPE_CHECKING, Any

import pytest

from dashboards.grafana.account import ACCOUNT, make_token
from dashboards.grafana.server import GrafanaError
from tests.dashboards.grafana.support.documented_grafana import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.dashboards.grafana.support.documented_grafana import DocumentedGrafana


async def test_the_account_is_made_once_and_each_token_has_an_end(
    grafana: DocumentedGrafana, connect: Callable[[Any], Any], tmp_path: Path
) -> None:
    api = connect((USER, PASSWORD))
    for number in (1, 2):
        await asyncio.to_thread(make_token, api, tmp_path / f"token-{number}", f"publish-{number}")

    assert [account["name"] for account in grafana.accounts] == [ACCOUNT]
    assert [token["secondsToLive"] for token in grafana.tokens] == [90 * 86_400] * 2
    assert (tmp_path / "token-2").read_text(encoding="utf-8") == "glsa_new_2\n"
    assert stat.S_IMODE((tmp_path / "token-1").stat().st_mode) == 0o600


async def test_an_old_token_is_not_overwritten(
    grafana: DocumentedGrafana, connect: Callable[[Any], Any], tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("old", encoding="utf-8")

    with pytest.raises(GrafanaError, match="move it away"):
        await asyncio.to_thread(make_token, connect((USER, PASSWORD)), file, "publish-1")

    assert file.read_text(encoding="utf-8") == "old"
    assert grafana.writes == []


async def test_a_refusal_leaves_no_file(
    grafana: DocumentedGrafana, connect: Callable[[Any], Any], tmp_path: Path
) -> None:
    grafana.fails = 403

    with pytest.raises(GrafanaError, match="must be Admin"):
        await asyncio.to_thread(make_token, connect((USER, PASSWORD)), tmp_path / "token", "publish-1")

    assert not (tmp_path / "token").exists()
