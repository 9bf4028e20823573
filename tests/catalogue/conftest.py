"""Makes the support modules of these tests importable."""

from __future__ import annotations
