"""The built-in page: static files without a build step, handed to the web layer by the composition root."""

from __future__ import annotations

from importlib.resources import files

_FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/wallboard.css": ("wallboard.css", "text/css; charset=utf-8"),
    "/wallboard.js": ("wallboard.js", "text/javascript; charset=utf-8"),
    "/anomalies.js": ("anomalies.js", "text/javascript; charset=utf-8"),
    "/element.js": ("element.js", "text/javascript; charset=utf-8"),
    "/formats.js": ("formats.js", "text/javascript; charset=utf-8"),
    "/signals.js": ("signals.js", "text/javascript; charset=utf-8"),
    "/sparkline.js": ("sparkline.js", "text/javascript; charset=utf-8"),
    "/texts.js": ("texts.js", "text/javascript; charset=utf-8"),
    "/favicon.svg": ("favicon.svg", "image/svg+xml"),
}


def pages() -> dict[str, tuple[str, bytes]]:
    """Path -> (content type, body)."""
    folder = files(__name__)
    return {path: (kind, folder.joinpath(name).read_bytes()) for path, (name, kind) in _FILES.items()}
