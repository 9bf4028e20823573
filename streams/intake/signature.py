"""Whether a body was signed by somebody who knows the secret: HMAC-SHA256 (RFC 2104), compared in constant time."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.events.event_time import event_time_ms
from streams.intake.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.settings.mapping import SignatureSettings

TIME_ITEM: Final = "t="
_LONGEST_EPOCH: Final = 16  # digits
_FIRST_IN_MS: Final = 10**11  # as seconds the year 5138, as milliseconds 1973


class Claim(NamedTuple):
    """What the headers say, before a byte of the body is read.

    Attributes:
        signatures: one of them must fit.
        before: what is signed ahead of the body.

    """

    signatures: tuple[bytes, ...]
    before: bytes


class Signature:
    """How one sender signs.

    Args:
        settings: where signature and time stamp stand, and how they are written.
        secrets: each of them will do, so that a secret can be replaced while both are in use.

    """

    def __init__(self, settings: SignatureSettings, secrets: tuple[str, ...]) -> None:
        self._settings = settings
        self._secrets = tuple(secret.encode() for secret in secrets)

    @property
    def header(self) -> str:
        """Where the signature stands."""
        return self._settings.header

    def claim(self, headers: Mapping[str, str], now_ms: int) -> Claim | Outcome:
        """What the headers claim, or why that cannot be right; `now_ms` is the wall's, since the epoch."""
        items = [item.strip() for item in headers.get(self._settings.header, "").split(",")]
        prefix = self._settings.prefix
        signatures = tuple(
            _bytes_of(item.removeprefix(prefix)) for item in items if item.startswith(prefix) and item != prefix
        )
        if not signatures:
            return Outcome.UNSIGNED
        if not self._settings.timestamp_header:
            return Claim(signatures, b"")
        stamp = self._time_stamp(headers, items)
        if not stamp:
            return Outcome.UNSIGNED
        signed_ms = time_stamp_ms(stamp)
        if signed_ms is None or abs(now_ms - signed_ms) > self._settings.tolerance_s * 1000:
            return Outcome.WRONG_TIME
        return Claim(signatures, _bytes_of(stamp + self._settings.separator))

    def fits(self, claim: Claim, body: bytes) -> bool:
        """Whether one of the signatures is that of the body."""
        right = [self._written(secret, claim.before, body) for secret in self._secrets]
        given = claim.signatures
        if self._settings.encoding == "hex":
            given = tuple(signature.lower() for signature in given)
        return any([hmac.compare_digest(one, other) for one in given for other in right])  # noqa: C419 - all, always

    def _time_stamp(self, headers: Mapping[str, str], items: list[str]) -> str:
        """As it stands there; in a header of its own, or as `t=` beside the signatures."""
        if self._settings.timestamp_header.lower() != self._settings.header.lower():
            return headers.get(self._settings.timestamp_header, "").strip()
        return next((item.removeprefix(TIME_ITEM) for item in items if item.startswith(TIME_ITEM)), "")

    def _written(self, secret: bytes, before: bytes, body: bytes) -> bytes:
        """As text, not as the bytes behind it: several texts of base64 mean the same bytes."""
        made = hmac.new(secret, before, "sha256")
        made.update(body)
        return made.hexdigest().encode() if self._settings.encoding == "hex" else base64.b64encode(made.digest())


def time_stamp_ms(text: str) -> int | None:
    """Milliseconds since the epoch of epoch seconds, epoch milliseconds or RFC 3339; None for anything else.

    >>> time_stamp_ms("1700000000"), time_stamp_ms("1700000000123"), time_stamp_ms("2023-11-14T22:13:20Z")
    (1700000000000, 1700000000123, 1700000000000)
    >>> time_stamp_ms("now") is None
    True
    """
    if text.isascii() and text.isdecimal():
        if len(text) > _LONGEST_EPOCH:
            return None
        number = int(text)
        return number if number >= _FIRST_IN_MS else number * 1000
    return event_time_ms(text)


def _bytes_of(text: str) -> bytes:
    """As it came: servers give bytes of a header that are not UTF-8 as surrogates. Other surrogates fit nothing."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
