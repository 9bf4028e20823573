"""The server that answers as a test wants."""

from __future__ import annotations

from tests.support.http_channel import authority, channel, post, untrusted

__all__ = ["authority", "channel", "post", "untrusted"]
