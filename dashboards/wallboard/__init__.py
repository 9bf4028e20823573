"""The built-in pages: static files without a build step, handed to the web layer by the composition root."""

from __future__ import annotations

from importlib.resources import files

_PAGES = {
    "/": "index.html",
    "/anomalies/{fingerprint}": "anomaly.html",
    "/dead-letters": "dead_letters.html",
    "/journey": "journey.html",
    "/scorecards": "scorecards.html",
    "/silences": "silences.html",
    "/store": "store.html",
    "/touchpoints/{touchpoint}": "touchpoint.html",
}
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def pages() -> dict[str, tuple[str, bytes]]:
    """Path, or pattern of paths, -> (content type, body): scripts, styles and pictures under their own names."""
    folder = files(__name__)
    own = {f"/{file.name}": file.name for file in folder.iterdir() if _kind(file.name) not in {"", ".html"}}
    named = sorted({**_PAGES, **own}.items())
    return {path: (_KINDS[_kind(name)], folder.joinpath(name).read_bytes()) for path, name in named}


def _kind(name: str) -> str:
    """The ending of what is served; empty for all else."""
    ending = name[name.rfind(".") :]
    return ending if ending in _KINDS else ""
