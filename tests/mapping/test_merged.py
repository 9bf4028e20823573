"""A mapping takes over the rules of a shipped one; what it says itself wins."""

from __future__ import annotations

import pytest

from streams.mapping.merged import merged
from streams.settings.mapping import MappingSettings, SignatureSettings
from tests.mapping.support.shop import ignored, rule

BASE = MappingSettings(
    signature=SignatureSettings("X-Sign", encoding="base64"),
    timezone="UTC",
    values={"a": "1", "b": "2"},
    tables={"t": {"x": "1", "y": "2"}, "u": {"z": "3"}},
    events=(rule(), ignored("open")),
)


def base(name: str) -> MappingSettings:
    return {"base": BASE}[name]


def test_rules_tables_and_values_are_taken_over() -> None:
    own = MappingSettings(
        extends="base", topics=("shop",), values={"b": "9"}, tables={"t": {"y": "9"}}, events=(ignored("test"),)
    )

    whole = merged("shop", own, ("base",), base)

    assert whole.settings.events == (ignored("test"), rule(), ignored("open"))
    assert (whole.own, whole.extends) == (1, "base")
    assert whole.settings.values == {"a": "1", "b": "9"}
    assert whole.settings.tables == {"t": {"x": "1", "y": "9"}, "u": {"z": "3"}}
    assert (whole.settings.timezone, whole.settings.topics) == ("UTC", ("shop",))


def test_the_secret_is_ones_own_and_the_way_of_signing_that_of_the_shipped_mapping() -> None:
    own = MappingSettings(extends="base", signature=SignatureSettings(secret_env="SHOP_SECRET"))

    assert merged("shop", own, ("base",), base).settings.signature == SignatureSettings(
        "X-Sign", secret_env="SHOP_SECRET", encoding="base64"
    )


def test_one_of_the_same_name_is_extended_where_there_are_no_rules() -> None:
    assert merged("base", MappingSettings(), ("base",), base).settings.events == BASE.events
    assert merged("base", MappingSettings(events=(rule(),)), ("base",), base).extends == ""
    assert merged("other", MappingSettings(), ("base",), base).settings == MappingSettings()


def test_a_name_that_is_not_shipped_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        merged("shop", MappingSettings(extends="none"), ("base",), base)
