"""The way to a Grafana: every call goes through here, and every failure comes out as a sentence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from grafana_client import GrafanaApi
from grafana_client.client import GrafanaException
from niquests.exceptions import RequestException

from streams.settings.errors import OutageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NOT_FOUND = 404
_REMEDIES = {
    401: "is the token right, and not expired?",
    403: "the token's role must be Admin: folders, permissions and data sources are set",
    409: "something with the same name is there under another uid: rename or remove it",
    412: "somebody changed it at the same time: run it again",
}


class GrafanaError(OutageError):
    """Grafana did not do what it was asked for; the message says what to do. It holds no secret."""


@contextmanager
def connected(url: str, credential: str | tuple[str, str], timeout_s: float = 10.0) -> Iterator[GrafanaApi]:
    """The API behind `url`, until the end of the block.

    Args:
        url: `https://host[:port][/path]`. User and password do not belong into it: it is shown in messages.
        credential: a token, or user and password.
        timeout_s: for each call.

    Raises:
        GrafanaError: the address cannot be meant.

    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise GrafanaError("the address of Grafana must be like https://grafana.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise GrafanaError("the address of Grafana must hold neither user nor password nor anything behind the path")
    path = parts.path.rstrip("/")
    api = GrafanaApi.from_url(f"{parts.scheme}://{parts.netloc}{path}/", credential, timeout=timeout_s)
    try:
        yield api
    finally:
        api.client.s.close()


def asked(what: str, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """The answer of one call; `what` is named in the error, as "to read the folder pharos"."""
    try:
        return call(*arguments, **named)
    except GrafanaException as error:
        raise GrafanaError(_sentence(what, error)) from None
    except RequestException as error:
        raise GrafanaError(f"could not {what}: Grafana does not answer ({type(error).__name__}); is it up?") from None


def found(what: str, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any | None:
    """The same, None where there is no such thing."""
    try:
        return asked(what, _or_none(call), *arguments, **named)
    except _MissingError:
        return None


class _MissingError(Exception):
    """Grafana knows no such thing."""


def _or_none(call: Callable[..., Any]) -> Callable[..., Any]:
    def ask(*arguments: Any, **named: Any) -> Any:
        try:
            return call(*arguments, **named)
        except GrafanaException as error:
            if error.status_code == _NOT_FOUND:
                raise _MissingError from None
            raise

    return ask


def _sentence(what: str, error: GrafanaException) -> str:
    if error.status_code == 0:
        return f"could not {what}: Grafana did not answer in time"
    message = error.response.get("message", "") if isinstance(error.response, dict) else ""
    remedy = _REMEDIES.get(error.status_code, str(message)[:200] or "it gave no reason")
    return f"could not {what}: Grafana answered {error.status_code}; {remedy}"
