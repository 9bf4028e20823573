"""What `--against` names: settings or a catalogue, told apart by what stands in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from streams.configuration.load import configure
from streams.configuration.name_rules import check_with_catalogue
from streams.settings.located_yaml import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from streams.settings.settings import Settings

_OF_CATALOGUES = frozenset({"metrics", "events"})


class OtherSide(NamedTuple):
    """Settings of the run that another one is held against, and what the file is."""

    kind: Literal["settings", "catalogue"]
    settings: Settings


def other_side(file: Path, this: Settings, environment: Mapping[str, str], flags: Mapping[str, Any]) -> OtherSide:
    """The settings that a file asks for.

    A catalogue stands in place of that of `this`; all else is as there. A file of settings stands in place of the file
    that `this` came from: variables and flags hold for both runs, but for the flag and the variable of the catalogue.

    Args:
        file: YAML; a catalogue has the key `metrics`.
        this: settings of the run itself.
        environment: variables, see `configure`.
        flags: values by setting.

    Raises LocatedError or ConfigurationError that names file, line and key, and says what to do.

    """
    document = read_document(file)
    top = document.value
    if isinstance(top, dict) and _OF_CATALOGUES & top.keys():
        return OtherSide("catalogue", msgspec.structs.replace(this, catalogue=str(file)))
    if not isinstance(top, dict) or not top:
        raise document.error((), "is neither settings (`key: value` lines) nor a catalogue (a list under `metrics`)")
    known = {name: value for name, value in flags.items() if not (name == "catalogue" and "catalogue" in top)}
    variables = {
        name: value for name, value in environment.items() if not (name == "PHAROS_CATALOGUE" and "catalogue" in top)
    }
    return OtherSide("settings", configure(file, variables, known, check_with_catalogue))
