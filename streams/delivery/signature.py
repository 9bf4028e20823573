"""The signature of what we post, so that who gets it knows that it is ours and of now."""

from __future__ import annotations

import hashlib
import hmac


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Of timestamp, ".", body.

    >>> signature(b"secret", "1762790400", b"{}")
    'v1=03b32f3cc105401368ed6992de54c87da39e3ee95275a7d74eae5ca8fa3105e4'
    """
    return f"v1={hmac.new(secret, timestamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"
