"""Settings from a YAML file, PHAROS_* variables and flags; flags win over variables, variables over the file."""

from __future__ import annotations

import difflib
import types
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec

from streams.configuration.mappings import folder_mappings
from streams.configuration.rules import check_settings
from streams.mapping.shipped import STRUCTS as OF_MAPPINGS
from streams.settings.addresses import is_loopback
from streams.settings.calendar import CalendarEntry, ChangeSettings
from streams.settings.file_paths import at_home, with_homes
from streams.settings.located_yaml import Document, LocatedError, dotted
from streams.settings.mapping import MappingSettings
from streams.settings.secrets import ConfigurationError
from streams.settings.settings import (
    EscalationSettings,
    LinkageMatch,
    LinkageRule,
    LinkageWebhook,
    MailSettings,
    MaintenanceSettings,
    OpeningHours,
    OwnerTable,
    ReceiverSettings,
    RouteSettings,
    SecuritySettings,
    Settings,
    SingleEventRule,
    StepSettings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from streams.settings.fault import Fault

PREFIX = "PHAROS_"
FILE_VARIABLE = "PHAROS_CONFIG"
_TYPES = get_type_hints(Settings)
_STRUCTS = (
    Settings,
    SecuritySettings,
    ReceiverSettings,
    MailSettings,
    OpeningHours,
    CalendarEntry,
    ChangeSettings,
    RouteSettings,
    MaintenanceSettings,
    EscalationSettings,
    StepSettings,
    LinkageRule,
    LinkageMatch,
    LinkageWebhook,
    SingleEventRule,
    OwnerTable,
    *OF_MAPPINGS,
)

_FILE_ONLY = frozenset(
    {
        *("receivers", "routes", "maintenance", "escalations", "opening_hours", "calendar", "changes"),
        *("linkage", "mappings", "on"),
    }
)


def configure(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
    rules: Callable[[Settings], Iterable[Fault]] = check_settings,
) -> Settings:
    """The settings.

    Args:
        file: a YAML file of the fields of `Settings`; absent, PHAROS_CONFIG may name it.
        environment: variables; PHAROS_SESSION_TIMEOUT_S sets session_timeout_s. Lists are separated by commas, mappings
            and security are `orders=12,visits=4`; lists of more than words, such as receivers, belong into the file.
        flags: values by field; None stands for a flag that was not given.
        rules: what must hold.

    Raises:
        ConfigurationError: names the file, line, column and key, the variable, or the flag, and what to do.

    """
    variables = environment or {}
    origins: dict[str, str] = {}
    values: dict[str, Any] = {}
    if file is None and variables.get(FILE_VARIABLE):
        file = Path(at_home(variables[FILE_VARIABLE]))
    document = None
    if file is not None:
        document, found = _from_file(file)
        values |= found
    for source in (_from_variables(variables), _from_flags(flags or {})):
        for field, (value, origin) in source.items():
            values[field], origins[field] = value, origin
    settings = with_homes(Settings(**values))
    try:
        folder = folder_mappings(settings)
    except LocatedError as error:
        raise ConfigurationError(str(error)) from None
    further = {name: with_homes(mapping) for name, (_, mapping) in folder.items()}
    settings = msgspec.structs.replace(settings, mappings={**settings.mappings, **further})
    _refuse_unknown_variables(variables, settings)
    for fault in rules(settings):
        field = str(fault.path[0])
        if field == "mappings" and fault.path[1] in folder:
            raise ConfigurationError(str(folder[str(fault.path[1])][0].error(fault.path[2:], fault.what)))
        if field in origins or document is None:
            inner = dotted(fault.path[1:])
            place = origins.get(field, field) + (f": {inner}" if inner else "")
            raise ConfigurationError(f"{place}: {fault.what}")
        raise ConfigurationError(str(document.error(fault.path, fault.what)))
    return settings


def refuse_open_binding(settings: Settings) -> None:
    """Raises ConfigurationError where others could read and nobody would be asked for a token."""
    if not is_loopback(settings.host) and not settings.tokens_file:
        raise ConfigurationError(
            f"refusing to listen on {settings.host} without a token: set tokens_file to a file of tokens, "
            "or host to 127.0.0.1"
        )


def _from_file(file: Path) -> tuple[Document, dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file}: is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read ({error.strerror}); check --config") from None
    try:
        document = Document(text, str(file))
        if document.value is not None and not isinstance(document.value, dict):
            raise document.error((), "settings are `key: value` lines")
        named = (document.value or {}).get("mappings")
        if isinstance(named, dict):
            for name in named:  # msgspec does not say in which of them a mistake is
                document.convert(("mappings", name), MappingSettings, _STRUCTS)
                named[name] = named[name] or {}  # `shopify:` alone takes the shipped one as it is
        settings = document.convert((), Settings, _STRUCTS)
    except LocatedError as error:
        raise ConfigurationError(str(error)) from None
    return document, {key: getattr(settings, key) for key in document.value or {}}


def _from_variables(variables: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for field, kind in _TYPES.items():
        name = PREFIX + field.upper()
        if name in variables:
            if field in _FILE_ONLY:
                raise ConfigurationError(f"{name}: {field} cannot be a variable; write it into the file of --config")
            found[field] = (_from_text(variables[name], kind, name), name)
    return found


def _from_flags(flags: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for field, value in flags.items():
        if value is not None:
            origin = "--" + field.replace("_", "-")
            kind = _TYPES[field]
            found[field] = (_from_text(value, kind, origin) if isinstance(value, str) else value, origin)
    return found


def _from_text(text: str, kind: Any, origin: str) -> Any:
    value: Any = text.strip()
    if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
        raise ConfigurationError(f"{origin}: is not UTF-8 text; write it in UTF-8")
    container = typing.get_origin(kind)
    try:
        if container is tuple:
            value = [part.strip() for part in text.split(",") if part.strip()]
        elif container is dict or kind is SecuritySettings:
            value = dict(_pair(part, origin) for part in text.split(",") if part.strip())
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        what = str(error).partition(" - at ")[0]
        raise ConfigurationError(f"{origin}: {what[:1].lower()}{what[1:]}; it is a {_name_of(kind)}") from None


def _pair(text: str, origin: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        raise ConfigurationError(f"{origin}: write pairs, as orders=12,visits=4")
    return key.strip(), value.strip()


def _name_of(kind: Any) -> str:
    if isinstance(kind, type) and not isinstance(kind, types.GenericAlias) and kind is not SecuritySettings:
        return {int: "whole number", float: "number", bool: "true or false"}.get(kind, "text")
    return "list separated by commas" if typing.get_origin(kind) is tuple else "list of pairs"


def _refuse_unknown_variables(variables: Mapping[str, str], settings: Settings) -> None:
    """Only near misses: other programs, tests and secrets may have names of their own under the prefix."""
    known = {PREFIX + field.upper() for field in _TYPES} | {FILE_VARIABLE}
    own = {name for receiver in settings.receivers for name in (receiver.url_env, receiver.secret_env)}
    own |= {
        name for rule in settings.linkage if rule.webhook for name in (rule.webhook.url_env, rule.webhook.secret_env)
    }
    own |= {name for rule in settings.on if rule.webhook for name in (rule.webhook.url_env, rule.webhook.secret_env)}
    own |= {mapping.signature.secret_env for mapping in settings.mappings.values() if mapping.signature}
    own |= {settings.security.password_env, settings.security.key_password_env}
    for name in sorted(variables):
        if name.startswith(PREFIX) and name not in known | own:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.88)
            if near:
                raise ConfigurationError(f"{name} is not a setting; did you mean {near[0]}?")
