"""Makes the stand-ins of `support` importable."""

from __future__ import annotations
