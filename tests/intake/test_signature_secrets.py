"""Secrets of signatures: where they are kept, how one is replaced, and that an error names the setting only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from multidict import CIMultiDict

from streams.intake.signature import Claim, Signature
from streams.intake.signature_secrets import signatures_of
from streams.settings.mapping import MappingSettings, SignatureSettings
from streams.settings.secrets import ConfigurationError
from tests.intake.test_signature import signed

if TYPE_CHECKING:
    from pathlib import Path


def shop(**settings: str) -> dict[str, MappingSettings]:
    return {"shop": MappingSettings(signature=SignatureSettings("A", **settings))}  # type: ignore[arg-type]


def accepts(signature: Signature | None, secret: str) -> bool:
    assert signature is not None
    claim = signature.claim(CIMultiDict(A=signed(secret, b"x")), 0)
    return isinstance(claim, Claim) and signature.fits(claim, b"x")


def test_a_secret_comes_from_the_variable_or_the_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("in the file\n")

    of_variable = signatures_of(shop(secret_env="SHOP_SECRET"), {"SHOP_SECRET": "in the variable"})
    of_file = signatures_of(shop(secret_file=str(file)), {})

    assert accepts(of_variable["shop"], "in the variable")
    assert accepts(of_file["shop"], "in the file")


def test_a_file_may_hold_the_new_secret_and_the_one_before_it(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("new\r\n\nold\n")
    signature = signatures_of(shop(secret_file=str(file)), {})["shop"]

    assert [accepts(signature, secret) for secret in ("new", "old", "new\r\n\nold", "")] == [True, True, False, False]


def test_a_variable_is_one_secret_whatever_is_in_it() -> None:
    signature = signatures_of(shop(secret_env="S"), {"S": "one\ntwo"})["shop"]

    assert [accepts(signature, secret) for secret in ("one\ntwo", "one")] == [True, False]


def test_a_secret_that_is_missing_is_said_with_its_setting(tmp_path: Path) -> None:
    long = tmp_path / "long"
    long.write_text("hidden1\nhidden2\nhidden3\n")

    with pytest.raises(ConfigurationError, match=r"mappings\.shop\.signature: the variable SHOP_SECRET is not set"):
        signatures_of(shop(secret_env="SHOP_SECRET"), {})
    with pytest.raises(ConfigurationError, match=r"mappings\.shop\.signature: no header is named"):
        signatures_of({"shop": MappingSettings(signature=SignatureSettings(secret_env="S"))}, {"S": "hidden"})
    with pytest.raises(ConfigurationError, match=r"mappings\.shop\.signature: the file .* cannot be read"):
        signatures_of(shop(secret_file=str(tmp_path / "none")), {})
    with pytest.raises(ConfigurationError, match=r"mappings\.shop\.signature: the file .* has 3 lines") as refused:
        signatures_of(shop(secret_file=str(long)), {})
    assert "hidden" not in str(refused.value)


def test_without_a_secret_a_token_is_asked_for_and_without_an_intake_there_is_nothing_to_sign() -> None:
    mappings = {
        "plain": MappingSettings(),
        "named-nowhere": MappingSettings(signature=SignatureSettings("A")),
        "topics-only": MappingSettings(intake=False, signature=SignatureSettings("A", secret_env="NOT_SET")),
    }

    assert signatures_of(mappings, {}) == {"plain": None, "named-nowhere": None}
