"""Where the key of customers comes from."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from streams.app.customer_key import FILE, given_key, lacks_without_key, own_key
from streams.catalogue.load import Catalogue, load, parse
from streams.events.customer import CustomerKey
from streams.settings.secrets import ConfigurationError
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "the secret of this installation"
AGAIN = """\
metrics:
  - id: X1
    name: came_again
    title: Customers who come again
    touchpoint: order
    unit: ratio
    signal: ratio
    direction: down
    minimum_effect: 0.05
    minimum_exposure: 20
    numerator:
      - events: [order.paid]
        by: customer
        after: {events: [order.paid], reach_s: 86400}
    denominator:
      - events: [order.paid]
    scopes: [[]]
"""


def test_the_key_is_that_of_the_variable_or_the_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(SECRET + "\n", encoding="utf-8")
    by_file = given_key(Settings(customer_key_file=str(file)), {})
    by_variable = given_key(Settings(customer_key_env="SHOP_KEY"), {"SHOP_KEY": SECRET})

    assert by_file.fingerprint == by_variable.fingerprint != ""
    assert given_key(Settings(), {}).fingerprint == ""


def test_a_secret_that_is_missing_or_short_is_refused_without_being_said(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("short", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="customer_key_env: the variable SHOP_KEY is not set"):
        given_key(Settings(customer_key_env="SHOP_KEY"), {})
    with pytest.raises(ConfigurationError, match="customer_key_file: a key of customers has at least 16") as caught:
        given_key(Settings(customer_key_file=str(file)), {})
    assert "short" not in str(caught.value)


def test_the_key_of_the_embedded_broker_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    first, again = own_key(str(folder)), own_key(str(folder))

    assert first.fingerprint == again.fingerprint
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert own_key(str(tmp_path / "other")).fingerprint != first.fingerprint


def test_a_worker_without_a_key_says_which_metrics_stay_empty_and_that_cases_can_be_guessed() -> None:
    asking = parse(AGAIN, "mine.yaml")

    lacking = lacks_without_key(asking, CustomerKey())
    assert "came_again stay empty" in lacking
    assert "pharos-cases" in lacking
    assert "customer_key_file" in lacking
    assert lacks_without_key(asking, CustomerKey(SECRET.encode())) == ""


def test_a_worker_without_a_key_lacks_nothing_where_no_metric_follows_cases() -> None:
    plain = Catalogue.of(tuple(metric for metric in load().metrics if metric.name == "orders_created"))

    assert lacks_without_key(plain, CustomerKey()) == ""
