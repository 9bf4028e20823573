"""What must hold of the signature of a mapping, beyond types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from streams.intake.signature import TIME_ITEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings.mapping import SignatureSettings

_FIELD_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.1


def check_signature(signature: SignatureSettings) -> Iterator[tuple[str, str]]:
    """All faults: the setting, and what to do about it."""
    if not _FIELD_NAME.fullmatch(signature.header):
        yield "header", "is not the name of a header; write the one that the sender signs in, as X-Signature"
    if signature.timestamp_header and not _FIELD_NAME.fullmatch(signature.timestamp_header):
        yield "timestamp_header", "is not the name of a header; write the one of the time stamp, or leave it out"
    if signature.secret_env and signature.secret_file:
        yield "secret_file", "the secret is named twice; keep secret_env or secret_file"
    if signature.separator and not signature.timestamp_header:
        yield "separator", "separates the time stamp from the body; set timestamp_header too, or leave it out"
    if "," in signature.prefix or signature.prefix != signature.prefix.strip():
        yield "prefix", "has a comma, or a blank at an end, which separate signatures; write it as sha256="
    beside = bool(signature.header) and signature.timestamp_header.lower() == signature.header.lower()
    if beside and signature.prefix in ("", TIME_ITEM):
        yield "prefix", f"the header holds {TIME_ITEM} and signatures; write what stands before these, as v1="
