"""The windows that the pages are looked at in: a wall and a phone, dark and light."""

from __future__ import annotations

from typing import Any

_WALL = {"width": 1920, "height": 1080}
_PHONE = {"width": 390, "height": 844}

VIEWS: dict[str, dict[str, Any]] = {
    f"{name}-{scheme}": {"viewport": size, "color_scheme": scheme}
    for name, size in (("wall", _WALL), ("phone", _PHONE))
    for scheme in ("dark", "light")
}
