"""The page of a run: one file that needs no server and no other host, made of the pages' own scripts and words."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from dashboards.rehearsal.bundle import bundled
from dashboards.wallboard import pages

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENTRY = "run"


def page(story: Mapping[str, Any]) -> bytes:
    """HTML that shows a story (`streams.offline.run_story`).

    What comes from events stands in it as data, which the script writes as text and never as markup. The policy allows
    this very script and style, and nothing from anywhere else.
    """
    folder = files(__name__)
    modules = {name[1:-3]: body.decode() for name, (_, body) in pages().items() if name.endswith(".js")}
    modules |= {
        file.name[:-3]: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".js")
    }
    script = bundled(_ENTRY, modules)
    style = pages()["/frame.css"][1].decode() + folder.joinpath("run.css").read_text(encoding="utf-8")
    icon = base64.b64encode(pages()["/favicon.svg"][1]).decode()
    html = folder.joinpath("run.html").read_text(encoding="utf-8")
    for place, text in (
        ("{script-hash}", _digest(script)),
        ("{style-hash}", _digest(style)),
        ("{style}", style),
        ("{script}", script),
        ("{icon}", icon),
        ("{story}", _as_data(story)),  # the last: what an event says is not looked at for places
    ):
        html = html.replace(place, text)
    return html.encode()


def _digest(text: str) -> str:
    """As a content security policy names an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _as_data(story: Mapping[str, Any]) -> str:
    """JSON inside of a script element: `<` could end it, and lone surrogates are no UTF-8."""
    return json.dumps(story, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
