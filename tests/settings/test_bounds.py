"""Numbers among the settings have their bounds beside them, and need nothing else."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest

from streams.cli.settings_flags import HELP
from streams.configuration import load
from streams.configuration.load import ConfigurationError, configure
from streams.settings.bounds import Bounds, check_bounds
from streams.settings.settings import (
    LinkageRule,
    LinkageWebhook,
    MailSettings,
    ReceiverSettings,
    SecuritySettings,
    Settings,
)

SCALARS = (bool, int, float, str, SecuritySettings)


class Inner(msgspec.Struct):
    """Settings within settings."""

    waits: tuple[Annotated[float, Bounds(above=0)], ...] = ()


class Outer(msgspec.Struct):
    """Settings with all ways to hold a number."""

    inner: tuple[Inner, ...] = ()
    named: dict[str, Annotated[int, Bounds(least=1, most=5)]] = {}
    free: int = 0


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Outer(free=-1), []),
        (Outer((Inner((1.0,)), Inner((1.0, 0.0)))), [(("inner", 1, "waits", 1), "must be above 0")]),
        (Outer(named={"a": 5, "b": 6}), [(("named", "b"), "must not be above 5")]),
        (Outer(named={"a": 0}), [(("named", "a"), "must not be below 1")]),
        (Outer((Inner((float("nan"),)),)), [(("inner", 0, "waits", 0), "must be above 0")]),
    ],
)
def test_a_number_out_of_bounds_is_named_by_its_place(settings: Outer, expected: list[Any]) -> None:
    assert list(check_bounds(settings)) == expected


def test_the_settings_as_they_ship_are_within_their_bounds() -> None:
    assert not list(check_bounds(Settings()))


def test_a_new_number_takes_one_line_for_its_value_and_one_for_its_help(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = ("quiet_hours_s", Annotated[float, Bounds(above=0, most=9)], 1.0)
    more = msgspec.defstruct("Settings", [hours], bases=(Settings,), frozen=True, forbid_unknown_fields=True)
    monkeypatch.setattr(load, "Settings", more)
    monkeypatch.setattr(load, "_TYPES", {**load._TYPES, "quiet_hours_s": float})

    assert configure(environment={"PHAROS_QUIET_HOURS_S": "8"}).quiet_hours_s == 8.0  # type: ignore[attr-defined]
    assert configure(flags={"quiet_hours_s": "2"}).quiet_hours_s == 2.0  # type: ignore[attr-defined]
    with pytest.raises(ConfigurationError, match="PHAROS_QUIET_HOURS_S: must not be above 9"):
        configure(environment={"PHAROS_QUIET_HOURS_S": "10"})


def test_every_setting_of_one_value_has_a_line_of_help_and_so_a_flag() -> None:
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    only_in_files = {"snapshot_interval_s", "full_snapshot_interval_s"} | {
        name for name in fields if name.startswith(("group_", "repeat_"))
    }
    without = {name for name in fields if name not in HELP and name not in only_in_files}

    assert {name for name in without if isinstance(fields[name], type) and issubclass(fields[name], SCALARS)} == {
        "transactions",
        "behind_proxy",
    }


def test_inner_settings_have_bounds_too() -> None:
    mail = MailSettings("mx", "p@shop.example", ("d@shop.example",))
    settings = Settings(
        receivers=(ReceiverSettings("m", "email", mail=mail, timeout_s=0),),
        linkage=(LinkageRule("r", "act", webhook=LinkageWebhook("A", "", "B", timeout_s=0)),),
    )

    assert list(check_bounds(settings)) == [
        (("receivers", 0, "timeout_s"), "must be above 0"),
        (("linkage", 0, "webhook", "timeout_s"), "must be above 0"),
    ]
