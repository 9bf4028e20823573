"""The flags that set `Settings`, the same for every command that takes them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streams.cli.flag_values import file_path

if TYPE_CHECKING:
    from collections.abc import Collection

    from streams.settings.settings import LinkageRule, Settings, SingleEventRule
    from streams.web.security import Token

HELP = {
    "broker": "bootstrap servers, host:port, several separated by commas",
    "time": "live: the wall clock decides what lies ahead and what is over; events: the events do, for replays",
    "security": "encryption and credentials for the brokers, as protocol=SSL,ca_file=ca.pem (docs/security.md)",
    "app": "name of the consumer group and prefix of the transactions",
    "host": "address of the page and the API; beyond loopback a tokens file is needed",
    "port": "port of the page and the API",
    "allowed_hosts": "Host headers that are accepted, separated by commas",
    "tokens_file": "file of tokens, one `role token` a line",
    "audit_file": "file of the audit log; absent, audit.jsonl in the state folder",
    "journey_page": "whether journeys of orders are shown: with_tokens (where tokens are set), always or never",
    "customer_key_env": "variable with the secret that hashes customers, one for all workers (docs/security.md)",
    "customer_key_file": "file with that secret",
    "customer_key_replaces": "fingerprint of the key of customers that was used before",
    "state_dir": "folder of snapshots, where they are not in Kafka",
    "catalogue": "YAML file of the metrics; absent, the one that comes with Pharos",
    "mappings_folder": "folder of files NAME.yaml, each a mapping of what another system sends (docs/mapping.md)",
    "timezone": "time zone of the shop",
    "evaluate_from": "RFC 3339; before it expectations are learnt and nothing is judged",
    "source_partitions": "partitions of the sources, as orders=12,visits=4; absent, the broker is asked",
    "cells_partitions": "partitions of pharos-cells",
    "replication_factor": "copies of each topic that is made; absent, as many as the broker makes",
    "min_insync_replicas": "copies that must have a record of a topic that is made; absent, the broker's",
    "dedup_records": "how many records back a duplicate is recognised",
    "lateness_s": "seconds that events may be late and still count in their window",
    "late_limit_s": "seconds after which a late event no longer counts",
    "future_limit_s": "seconds that an event may lie ahead of its record",
    "flush_interval_s": "seconds between flushes at most",
    "idle_after_s": "seconds without records until a partition counts as idle",
    "session_timeout_s": "seconds until a lost worker's partitions move",
    "heartbeat_interval_s": "seconds between heartbeats",
    "max_series": "series of one cells partition; further ones are counted as __other__",
    "board_url": "address of the boards, for links",
    "page_url": "address of the page as people reach it, for links to acknowledge, snooze and silence",
    "worth": "money of an average event by touchpoint, as order=260, for the impact in messages",
    "currency": "currency of worth",
    "runbook_base_url": "address of the runbook, for links",
    "runbook_base_url_zh": "address of the runbook in Chinese, for links of Chinese messages",
}


def add_settings(
    command: argparse.ArgumentParser, *, only: Collection[str] = tuple(HELP), leave_out: Collection[str] = ()
) -> None:
    """--config and one flag per setting. A flag that is not given is None and leaves the setting alone."""
    group = command.add_argument_group("settings", "flags win over PHAROS_* variables, these over the file")
    group.add_argument("--config", type=file_path, metavar="FILE", help="YAML file of settings (or PHAROS_CONFIG)")
    for name, text in HELP.items():
        if name in only and name not in leave_out:
            group.add_argument("--" + name.replace("_", "-"), dest=name, metavar="X", help=text)
    if len(only) < len(HELP):
        return
    group.add_argument(
        "--transactions",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="exactly once by transactions; not on the embedded broker",
    )
    group.add_argument(
        "--behind-proxy",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="a proxy of yours stands in front of the page and sends forwarding headers",
    )


def ready_to_bind(settings: Settings) -> tuple[Token, ...]:
    """The tokens that are set. Raises an error that is spoken where the page could not be served safely."""
    from streams.catalogue.load import load  # noqa: PLC0415 - `pharos --help` needs no settings
    from streams.cli.errors import UsageError  # noqa: PLC0415 - see above
    from streams.configuration.load import refuse_open_binding  # noqa: PLC0415 - see above
    from streams.configuration.log_level import log_level  # noqa: PLC0415 - see above
    from streams.web.token_file import read_tokens  # noqa: PLC0415 - see above

    refuse_open_binding(settings)
    log_level(os.environ)
    if settings.tokens_file:
        catalogue = load(settings.catalogue, settings.scorecards, settings.lean)
        try:
            return read_tokens(Path(settings.tokens_file), catalogue.dimensions())
        except ValueError as error:
            raise UsageError(str(error)) from None
    return ()


def settings_of(flags: argparse.Namespace, **fixed: Any) -> Settings:
    """The settings that flags, variables and file give; `fixed` ones win. Raises ConfigurationError."""
    from streams.configuration.load import configure  # noqa: PLC0415 - `pharos --help` needs no settings

    return configure(flags.config, os.environ, given(flags) | fixed)


def settings_with_names(flags: argparse.Namespace) -> Settings:
    """The same, once every name that they mention is known to their catalogue. Raises LocatedError for that one."""
    from streams.configuration.load import configure  # noqa: PLC0415 - see above
    from streams.configuration.name_rules import check_with_catalogue  # noqa: PLC0415 - see above

    return configure(flags.config, os.environ, given(flags), check_with_catalogue)


def settings_with_secrets(flags: argparse.Namespace) -> Settings:
    """And once everything that receivers and webhooks need has been found where the settings say that it is."""
    from streams.configuration.load import configure  # noqa: PLC0415 - see above
    from streams.configuration.receiver_check import settings_faults  # noqa: PLC0415 - see above
    from streams.intake.signature_secrets import secrets_of  # noqa: PLC0415 - see above
    from streams.linkage.webhooks import way_of  # noqa: PLC0415 - see above

    settings = configure(flags.config, os.environ, given(flags), lambda settings: settings_faults(settings, os.environ))
    rules: list[LinkageRule | SingleEventRule] = [*settings.linkage, *settings.on]
    for rule in rules:
        if rule.webhook is not None:
            way_of(rule, rule.webhook, os.environ)
    for name, mapping in settings.mappings.items():
        if mapping.intake:
            secrets_of(name, mapping, os.environ)
    return settings


def given(flags: argparse.Namespace) -> dict[str, Any]:
    """Values by setting; None for a flag that was not given."""
    return {name: getattr(flags, name, None) for name in (*HELP, "transactions", "behind_proxy")}
