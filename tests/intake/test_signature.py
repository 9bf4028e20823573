"""Signatures of webhooks: those that senders document, and that nothing else is taken for one."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from streams.intake.outcome import Outcome
from streams.intake.signature import Claim, Signature
from streams.settings.mapping import SignatureSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW_MS = 1_700_000_000_000
STRIPE = SignatureSettings("Stripe-Signature", prefix="v1=", timestamp_header="stripe-signature", separator=".")
ZENDESK = SignatureSettings(
    "X-Zendesk-Webhook-Signature", encoding="base64", timestamp_header="X-Zendesk-Webhook-Signature-Timestamp"
)
STRIPE_HEX = "a2f9680b7feeb431729bd8d607c4d671f9b61b57aa013ce54224930c04962ece"
ZENDESK_BASE64 = "84qHWDQL6Kmopo/HZM3qJ2RhhrbdZJPG9fH2MWmif1o="
BODY = b'{"id":"evt_1","type":"charge.succeeded"}'


def verdict(signature: Signature, headers: Mapping[str, str], body: bytes, now_ms: int = NOW_MS) -> Outcome | bool:
    claim = signature.claim(CIMultiDict(headers), now_ms)
    return signature.fits(claim, body) if isinstance(claim, Claim) else claim


def signed(secret: str, body: bytes, encoding: str = "hex") -> str:
    digest = hmac.digest(secret.encode(), body, hashlib.sha256)
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


# Signatures by `openssl dgst -sha256 -hmac`; the first is the example of GitHub's documentation.
@pytest.mark.parametrize(
    ("settings", "secret", "headers", "body", "now_ms"),
    [
        pytest.param(
            SignatureSettings("X-Hub-Signature-256", prefix="sha256="),
            "It's a Secret to Everybody",
            {"x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
            b"Hello, World!",
            NOW_MS,
            id="github",
        ),
        pytest.param(
            SignatureSettings("X-Shopify-Hmac-Sha256", encoding="base64"),
            "hush-shopify",
            {"X-Shopify-Hmac-Sha256": "KLxRSLJ1bbKT3KtF51960MXCyK1K017FgSS+xM2Lt4o="},
            b'{"id":820982911946154508,"financial_status":"paid","total_price":"403.00"}',
            NOW_MS,
            id="shopify",
        ),
        pytest.param(
            SignatureSettings("X-WC-Webhook-Signature", encoding="base64"),
            "woo",
            {"X-WC-Webhook-Signature": "0I0HFp3Qpd+IxPh1hNlV75hx4KwEIKLG6hA91FPCD4k="},
            b'{"id":727,"status":"processing"}',
            NOW_MS,
            id="woocommerce",
        ),
        pytest.param(
            ZENDESK,
            "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
            {
                "X-Zendesk-Webhook-Signature": ZENDESK_BASE64,
                "X-Zendesk-Webhook-Signature-Timestamp": "2021-03-25T05:09:27Z",
            },
            b'{"ticket_event":{"type":"Comment"}}',
            1_616_648_967_000 + 299_000,
            id="zendesk",
        ),
        pytest.param(
            STRIPE,
            "whsec_test",
            {"Stripe-Signature": f"t=1492774577,v1={'0' * 64},v1={STRIPE_HEX},v0=anything"},
            BODY,
            1_492_774_577_000 - 300_000,
            id="stripe",
        ),
    ],
)
def test_the_signatures_of_well_known_senders_fit(
    settings: SignatureSettings, secret: str, headers: dict[str, str], body: bytes, now_ms: int
) -> None:
    signature = Signature(settings, (secret,))

    assert verdict(signature, headers, body, now_ms) is True
    assert verdict(signature, headers, body + b"\n", now_ms) is False
    assert verdict(Signature(settings, (secret + "x",)), headers, body, now_ms) is False
    assert verdict(signature, {}, body, now_ms) is Outcome.UNSIGNED


@given(body=st.binary(), secret=st.text(min_size=1), encoding=st.sampled_from(["hex", "base64"]), data=st.data())
def test_any_body_fits_its_signature_and_no_body_that_differs_in_a_byte(
    body: bytes, secret: str, encoding: Any, data: st.DataObject
) -> None:
    signature = Signature(SignatureSettings("X-Signature", encoding=encoding), (secret,))
    headers = {"X-Signature": signed(secret, body, encoding)}
    place = data.draw(st.integers(0, len(body)))
    byte = data.draw(st.integers(0, 255))
    changed = body[:place] + bytes([byte]) + body[place + 1 :]

    assert verdict(signature, headers, body) is True
    assert verdict(signature, headers, changed) is (changed == body)


@given(encoding=st.sampled_from(["hex", "base64"]), place=st.integers(0, 63), sign=st.characters())
def test_no_signature_that_differs_in_a_character_fits(encoding: Any, place: int, sign: str) -> None:
    signature = Signature(SignatureSettings("X-Signature", encoding=encoding), ("secret",))
    right = signed("secret", BODY, encoding)
    place %= len(right)
    changed = right[:place] + sign + right[place + 1 :]
    same = changed.strip() == right or (encoding == "hex" and sign.isascii() and changed.lower() == right)

    assert (verdict(signature, {"X-Signature": changed}, BODY) is True) is same


def test_hex_is_read_in_either_case_and_base64_as_it_is_written() -> None:
    in_hex, in_base64 = signed("s", BODY), signed("s", BODY, "base64")

    assert verdict(Signature(SignatureSettings("A"), ("s",)), {"A": in_hex.upper()}, BODY) is True
    assert (
        verdict(Signature(SignatureSettings("A", encoding="base64"), ("s",)), {"A": in_base64.upper()}, BODY) is False
    )
    assert verdict(Signature(SignatureSettings("A", encoding="base64"), ("s",)), {"A": in_hex}, BODY) is False


def test_both_secrets_count_while_one_replaces_the_other() -> None:
    signature = Signature(SignatureSettings("A"), ("new", "old"))

    found = [verdict(signature, {"A": signed(secret, BODY)}, BODY) for secret in ("new", "old", "older")]

    assert found == [True, True, False]


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (str(NOW_MS // 1000), True),
        (str(NOW_MS), True),
        ("2023-11-14T22:13:20Z", True),
        ("2023-11-15T06:13:20.000+08:00", True),
        (str(NOW_MS // 1000 - 300), True),
        (str(NOW_MS // 1000 + 300), True),
        (str(NOW_MS // 1000 - 301), Outcome.WRONG_TIME),
        (str(NOW_MS // 1000 + 301), Outcome.WRONG_TIME),
        (str(NOW_MS - 300_001), Outcome.WRONG_TIME),
        ("2023-11-14T22:13:20", Outcome.WRONG_TIME),
        ("9" * 5_000, Outcome.WRONG_TIME),
        ("-1", Outcome.WRONG_TIME),
        ("now", Outcome.WRONG_TIME),
        ("", Outcome.UNSIGNED),
    ],
)
def test_a_time_stamp_counts_within_its_tolerance(stamp: str, expected: Outcome | bool) -> None:
    signature = Signature(SignatureSettings("A", timestamp_header="T", separator="."), ("s",))
    headers = {"A": signed("s", f"{stamp}.".encode() + BODY), "T": stamp}

    assert verdict(signature, headers, BODY) == expected


def test_a_time_stamp_is_signed_so_that_another_does_not_fit() -> None:
    signature = Signature(STRIPE, ("s",))
    right = signed("s", f"{NOW_MS // 1000}.".encode() + BODY)

    assert verdict(signature, {"Stripe-Signature": f"t={NOW_MS // 1000}, v1={right}"}, BODY) is True
    assert verdict(signature, {"Stripe-Signature": f"t={NOW_MS // 1000 + 1},v1={right}"}, BODY) is False
    assert verdict(signature, {"Stripe-Signature": f"v1={right}"}, BODY) is Outcome.UNSIGNED


@pytest.mark.parametrize("header", ["", ",", "sha256=", "sha1=abc", "SHA256=abc", "sha256=,sha256="])
def test_a_header_without_a_signature_of_ours_is_none(header: str) -> None:
    signature = Signature(SignatureSettings("A", prefix="sha256="), ("s",))

    assert verdict(signature, {"A": header}, BODY) is Outcome.UNSIGNED


@given(header=st.text(), stamp=st.text())
def test_whatever_stands_in_the_headers_is_refused_and_raises_nothing(header: str, stamp: str) -> None:
    for settings in (STRIPE, SignatureSettings("Stripe-Signature", timestamp_header="T")):
        found = verdict(Signature(settings, ("s",)), {"Stripe-Signature": header, "T": stamp}, BODY)

        assert found in (False, Outcome.UNSIGNED, Outcome.WRONG_TIME)
