"""Settings of a signature that cannot be meant are reported with their field."""

from __future__ import annotations

import pytest

from streams.intake.rules import check_signature
from streams.settings.mapping import SignatureSettings


@pytest.mark.parametrize(
    "settings",
    [
        SignatureSettings("X-Shopify-Hmac-Sha256", secret_env="S", encoding="base64"),
        SignatureSettings("X-Hub-Signature-256", secret_file="/f", prefix="sha256="),
        SignatureSettings("Stripe-Signature", "S", prefix="v1=", timestamp_header="Stripe-Signature", separator="."),
        SignatureSettings("A", "S", timestamp_header="T"),
    ],
)
def test_what_senders_document_has_no_fault(settings: SignatureSettings) -> None:
    assert list(check_signature(settings)) == []


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (SignatureSettings(""), "header"),
        (SignatureSettings("X Signature"), "header"),
        (SignatureSettings("X-Signature:"), "header"),
        (SignatureSettings("A", timestamp_header="T:"), "timestamp_header"),
        (SignatureSettings("A", secret_env="S", secret_file="/f"), "secret_file"),
        (SignatureSettings("A", separator="."), "separator"),
        (SignatureSettings("A", prefix="v1=,"), "prefix"),
        (SignatureSettings("A", prefix="sha256= "), "prefix"),
        (SignatureSettings("A", timestamp_header="a"), "prefix"),
        (SignatureSettings("A", timestamp_header="a", prefix="t="), "prefix"),
    ],
)
def test_what_cannot_be_meant_is_reported_by_its_setting(settings: SignatureSettings, field: str) -> None:
    assert [name for name, _ in check_signature(settings)] == [field]
