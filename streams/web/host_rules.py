"""What must hold of `allowed_hosts` and of addresses for links: what no browser sends, or opens, is a mistake."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings.settings import Settings

_NAME: Final = re.compile(
    r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*", re.IGNORECASE
)
_PORT: Final = re.compile(r"(?P<name>.*?)(?::(?P<port>[0-9]{1,5}))?", re.DOTALL)
_LINKS: Final = ("page_url", "board_url", "runbook_base_url", "runbook_base_url_zh")


def check_hosts(settings: Settings) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """All faults: where, and what to do about it."""
    for place, host in enumerate(settings.allowed_hosts):
        if what := _host_fault(host):
            yield ("allowed_hosts", place), what
    for field in _LINKS:
        url = getattr(settings, field)
        if url and not _is_link(url):
            yield (field,), "write the whole address, as https://pharos.example"


def _host_fault(host: str) -> str:
    if "://" in host or "/" in host:
        try:
            near = urlsplit(host if "://" in host else f"//{host}").netloc
        except ValueError:
            near = ""
        remedy = f'write "{near}"' if near and not _host_fault(near) else "write pharos.example"
        return f'"{host}" is an address; a Host header has neither scheme nor path; {remedy}'
    if "*" in host:
        return f'"{host}": * is not a wildcard here; write each name out'
    if host.startswith("["):
        end = host.find("]")
        name, rest = host[1:end], host[end + 1 :]
        right = end > 0 and _is_v6(name) and (not rest or (rest[:1] == ":" and _is_port(rest[1:])))
    elif match := _PORT.fullmatch(host):
        right = bool(_NAME.fullmatch(match["name"].removesuffix("."))) and (
            match["port"] is None or _is_port(match["port"])
        )
    else:
        right = False
    if right:
        return ""
    if _is_v6(host):
        return f'"{host}": an address of IPv6 stands in brackets; write "[{host}]"'
    return f'"{host}" is not a host name; write pharos.example, or pharos.example:6066'


def _is_v6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def _is_port(text: str) -> bool:
    return text.isdecimal() and text.isascii() and 0 < int(text) < 65_536


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0
