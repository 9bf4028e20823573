"""What the ways in share."""

from __future__ import annotations
