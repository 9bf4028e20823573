"""Everything that can be set, with its default. `streams.configuration` reads it from file, environment and flags."""

from __future__ import annotations

from typing import Literal

import msgspec

SOURCE_TOPICS = ("orders", "logistics", "consultations", "aftersales", "visits", "feedback")


class MailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where mail goes, and by which server. `port` 0: 587 with STARTTLS, 465 with TLS, 25 with neither."""

    host: str
    sender: str
    recipients: tuple[str, ...]
    port: int = 0
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""


class ReceiverSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One receiver. Secrets come from the named environment variable or file, never from this file itself.

    Attributes:
        group: receivers of one group stand in for one another, in their order; "" for one that always gets everything.
        language: of chats, mail and incidents.
        secret_env, secret_file: where the signature's secret, the routing key, the password or the token is kept.
        timeout_s: for one attempt.

    """

    name: str
    kind: Literal[
        "console",
        "webhook",
        "dingtalk",
        "wecom",
        "feishu",
        "slack",
        "pagerduty",
        "email",
        "alertmanager",
        "apprise",
    ]
    group: str = ""
    language: Literal["en", "zh"] = "en"
    url_env: str = ""
    url_file: str = ""
    secret_env: str = ""
    secret_file: str = ""
    timeout_s: float = 5.0
    mail: MailSettings | None = None


class SecuritySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How brokers are spoken to. Files are PEM; passwords come from the named variable or file, never from here."""

    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    mechanism: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = ""
    username: str = ""
    password_env: str = ""
    password_file: str = ""
    ca_file: str = ""  # empty: the authorities that this machine trusts
    cert_file: str = ""
    key_file: str = ""
    key_password_env: str = ""
    key_password_file: str = ""
    verify_host: bool = True


class OpeningHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Open from `opens` to `closes` (HH:MM, 24:00 allowed, local time) on `days` (mon, tue, ...)."""

    days: tuple[str, ...]
    opens: str
    closes: str


class CalendarEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time that is planned to be unlike a usual day: a peak, a wave of balance payments, a holiday.

    Attributes:
        begins, ends: RFC 3339.
        activity: counts are planned to be from so many to so many times the usual: (3, 40) for a peak that shall come,
            (0.2, 1) for a holiday. A ratio is never planned to be unusual.
        metrics: names of counts; empty: all that are counted per minute and have no exposure.

    """

    name: str
    begins: str
    ends: str
    activity: tuple[float, float]
    metrics: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a worker. Durations are in seconds."""

    app: str = "pharos"
    broker: str = "localhost:19092"
    security: SecuritySettings = SecuritySettings()
    transactions: bool = True  # false on the embedded broker, which only pretends them
    host: str = "127.0.0.1"
    port: int = 6066
    allowed_hosts: tuple[str, ...] = ()
    behind_proxy: bool = False  # a proxy of yours stands in front: its forwarding headers are expected
    tokens_file: str = ""
    state_dir: str = "state"
    catalogue: str = ""  # empty: the one shipped
    timezone: str = "Asia/Shanghai"
    opening_hours: tuple[OpeningHours, ...] = ()  # empty: always open
    calendar: tuple[CalendarEntry, ...] = ()  # what is planned; a catalogue may hold more
    evaluate_from: str = ""  # RFC 3339; before it baselines are filled and nothing is judged
    source_partitions: dict[str, int] = {}  # asked from the broker for what is missing here
    cells_partitions: int = 4
    replication_factor: int = 0  # of topics that are made; 0: as many copies as the broker makes by default
    min_insync_replicas: int = 0  # as above
    dedup_records: int = 20_000
    lateness_s: int = 30
    late_limit_s: int = 7_200
    future_limit_s: int = 300
    flush_interval_s: float = 4.0
    idle_after_s: float = 5.0
    snapshot_interval_s: float = 60.0
    full_snapshot_interval_s: float = 1_800.0
    session_timeout_s: float = 10.0
    heartbeat_interval_s: float = 2.0
    max_series: int = 200_000  # of one cells partition; what comes later is counted in the scope __other__
    board_url: str = ""
    runbook_base_url: str = ""
    receivers: tuple[ReceiverSettings, ...] = (ReceiverSettings(name="console", kind="console"),)
