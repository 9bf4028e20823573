"""The key of customers: given by the settings, or on the embedded broker made at the first start."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from streams.app.customer_key import FILE, given_key, own_key, refuse_without_key
from streams.catalogue.load import Catalogue, load
from streams.catalogue.metric import Condition, Direction, Metric, Term
from streams.events.customer import CustomerKey
from streams.settings.secrets import ConfigurationError
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "0123456789abcdef"


def test_the_settings_name_a_variable_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{SECRET}\n")

    of_variable = given_key(Settings(customer_key_env="KEY"), {"KEY": SECRET})
    of_file = given_key(Settings(customer_key_file=str(tmp_path / "key")), {})

    assert of_variable.fingerprint == of_file.fingerprint != ""
    assert of_variable.hashed("C-1029") == of_file.hashed("C-1029") != "C-1029"
    assert given_key(Settings(), {"KEY": SECRET}).fingerprint == ""


def test_a_short_key_is_refused_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET[:-1])

    with pytest.raises(ConfigurationError, match="has at least 16 characters; make another") as refused:
        given_key(Settings(customer_key_file=str(tmp_path / "key")), {})
    assert SECRET[:-1] not in str(refused.value)


def test_an_own_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "new"

    made, found = own_key(str(folder)), own_key(str(folder))
    other = own_key(str(tmp_path / "other"))

    assert made.fingerprint == found.fingerprint != other.fingerprint
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert made.hashed("C-1029") == found.hashed("C-1029") != other.hashed("C-1029")


@pytest.mark.parametrize(
    "term",
    [
        Term(("consultation.opened",), again="customer", again_s=86_400),
        Term(("consultation.opened",), where={"customer": Condition(present=True)}),
    ],
)
def test_without_a_key_a_metric_that_asks_for_customers_is_refused(term: Term) -> None:
    metric = Metric(
        id="C", name="again", title="again", touchpoint="consultation", unit="ratio", signal="ratio",
        direction=Direction.UP, minimum_effect=0.1, minimum_exposure=20, scopes=((),),
        numerator=(term,), denominator=(Term(("consultation.opened",)),),
    )  # fmt: skip

    with pytest.raises(ConfigurationError, match=r"metric again asks for customers.*set customer_key_file"):
        refuse_without_key(Catalogue.of((metric,)), CustomerKey())
    refuse_without_key(Catalogue.of((metric,)), CustomerKey(SECRET.encode()))
    refuse_without_key(load(), CustomerKey())
