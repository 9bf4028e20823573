"""A service account of its own for publishing, so that no person's password is needed for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dashboards.grafana.server import GrafanaError, asked

if TYPE_CHECKING:
    from pathlib import Path

    from grafana_client import GrafanaApi

ACCOUNT = "pharos-boards"
_ROLE = "Admin"
TOKEN_DAYS = 90


def make_token(api: GrafanaApi, file: Path, token_name: str) -> None:
    """Makes the account where it is missing, and a token that ends after 90 days, into a file that only we may read.

    Args:
        api: with the rights of an administrator.
        file: must not exist: an old token is not overwritten unseen.
        token_name: unique among the account's tokens.

    Raises:
        GrafanaError: the file is there, or Grafana refuses.

    """
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise GrafanaError(f"{file} is there: move it away, the new token is written into a new file") from None
    written = False
    try:
        account = _account(api)
        content = {"name": token_name, "secondsToLive": TOKEN_DAYS * 86_400}
        token = asked("make a token", api.serviceaccount.create_token, account["id"], content)
        os.write(handle, f"{token['key']}\n".encode())
        written = True
    finally:
        os.close(handle)
        if not written:
            file.unlink(missing_ok=True)


def _account(api: GrafanaApi) -> dict[str, Any]:
    pages = asked("look for the service account", api.serviceaccount.search, query=ACCOUNT)
    for page in pages:
        for account in page["serviceAccounts"]:
            if account["name"] == ACCOUNT:
                return dict(account)
    wanted = {"name": ACCOUNT, "role": _ROLE, "isDisabled": False}
    made: dict[str, Any] = asked("make the service account", api.serviceaccount.create, wanted)
    return made
