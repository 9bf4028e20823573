"""Everything that can be set, with its default; `streams.configuration.load` reads it from file, environment, flags."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from streams.settings.bounds import Bounds
from streams.settings.calendar import CalendarEntry, ChangeSettings  # noqa: TC001 - msgspec reads them at run time
from streams.settings.limits import DAY_S, LONGEST_WAIT_S, MONTH_S, MOST_PARTITIONS
from streams.settings.mapping import MappingSettings  # noqa: TC001 - as above

SOURCE_TOPICS = ("orders", "logistics", "consultations", "aftersales", "visits", "feedback")
_Partitions = Annotated[int, Bounds(above=0, most=MOST_PARTITIONS)]
_Copies = Annotated[int, Bounds(least=0, most=100)]
_Seconds = Annotated[int, Bounds(above=0, most=MONTH_S)]
_Wait = Annotated[int, Bounds(least=0, most=LONGEST_WAIT_S, why="news would be old")]
_Repeat = Annotated[int, Bounds(least=0, most=MONTH_S)]
DEFAULT_APP = "pharos"  # another one stands in the names of what installations share: boards, incidents, alerts


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
        kind: console, webhook, dingtalk, wecom, feishu, slack, pagerduty, email, alertmanager or apprise.
        group: receivers of one group stand in for one another, in their order; "" for one that always gets everything.
        keyword: what a robot with the security setting "keyword" looks for; each message holds it, and "Pharos".
        language: of chats, mail and incidents.
        secret_env, secret_file: where the signature's secret, the routing key, the password or the token is kept.
        timeout_s: for one attempt.

    """

    name: str
    kind: str
    group: str = ""
    keyword: str = ""
    language: Literal["en", "zh"] = "en"
    url_env: str = ""
    url_file: str = ""
    secret_env: str = ""
    secret_file: str = ""
    timeout_s: Annotated[float, Bounds(above=0, most=300)] = 5.0
    mail: MailSettings | None = None


class LinkageMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which transitions a rule of linkage is about. A list that is empty leaves its field open.

    Attributes:
        scope: by dimension the values that will do; "*" is any value, but the dimension must be there.
        changes: "escalated" is an update in which the severity rose; "updated" is any update.
        symptoms: whether what another anomaly caused counts too.

    """

    metrics: tuple[str, ...] = ()
    touchpoints: tuple[str, ...] = ()
    severities: tuple[Literal["critical", "warning", "info"], ...] = ("critical", "warning")
    scope: dict[str, tuple[str, ...]] = {}
    changes: tuple[Literal["opened", "escalated", "updated", "resolved"], ...] = ("opened",)
    symptoms: bool = False


class LinkageWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a request is posted to; address and secret come from the named variable or file."""

    url_env: str = ""
    url_file: str = ""
    secret_env: str = ""
    secret_file: str = ""
    timeout_s: Annotated[float, Bounds(above=0, most=60)] = 5.0


class LinkageRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What business systems are asked to do about an anomaly (docs/linkage.md).

    Attributes:
        action: what is asked for, in the words of the system that does it.
        approval: the role whose holder must approve first; empty: none.
        valid_s: how long an approval may take, and then how long the webhook is tried.

    """

    name: str
    action: str
    match: LinkageMatch = LinkageMatch()
    note: str = ""
    approval: Literal["", "on-call", "operator", "admin"] = ""
    valid_s: float = 900.0
    webhook: LinkageWebhook | None = None


class OwnerTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose business a single event is: what stands at its value of one dimension, or else the default."""

    default: str
    by: Literal["store", "queue", "role"] = "store"
    table: dict[str, str] = {}


class SingleEventRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for at every single event that matches (docs/closed-loop.md).

    Attributes:
        events: its types.
        where: conditions on fields of its `data`, as those of the catalogue; read by `streams.catalogue.single_events`.
        action: what is asked for, in the words of the system that does it.
        approval: the role whose holder must approve first; empty: none.
        per_minute: so many requests in a minute; what is beyond goes into one request for the rest of the minute.
        valid_s: how long an approval may take, and then how long the webhook is tried.
        message: whether the receiver, or group of receivers, that bears the owner's name gets a message.

    """

    name: str
    events: tuple[str, ...]
    action: str
    owner: OwnerTable
    where: dict[str, dict[str, Any]] = {}
    note: str = ""
    approval: Literal["", "on-call", "operator", "admin"] = ""
    per_minute: Annotated[int, Bounds(above=0, most=100)] = 20
    valid_s: Annotated[float, Bounds(above=0, most=3_600)] = 900.0
    webhook: LinkageWebhook | None = None
    message: bool = False


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


class RouteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is notified of what matches, on `days` from `opens` to `closes` (HH:MM of the shop; over midnight as well).

    Attributes:
        match: region=zhejiang, severity=~critical|warning and so on; all must hold.
        receivers: their names, or those of groups; none: nobody is notified.
        days: mon, tue, ...; empty: every day.
        proceed: `continue` in the file: the routes that follow are asked, too.

    """

    receivers: tuple[str, ...]
    match: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    opens: str = "00:00"
    closes: str = "24:00"
    proceed: bool = msgspec.field(default=False, name="continue")


class MaintenanceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is planned to be broken, and sends no notifications meanwhile.

    Attributes:
        match: warehouse=hz1 and so on; all must hold.
        begins, ends: RFC 3339, for once. Without them it recurs:
        days, opens, closes: mon, tue, ... (none: every day) from HH:MM to HH:MM of the shop, over midnight as well.

    """

    name: str
    match: tuple[str, ...]
    begins: str = ""
    ends: str = ""
    days: tuple[str, ...] = ()
    opens: str = ""
    closes: str = ""


class StepSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is notified when nobody has acknowledged in time.

    `after_s`: since the first notification; 0: 300 s for the first step, then 900 s.
    """

    receivers: tuple[str, ...]
    after_s: _Repeat = 0


class EscalationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chain for what matches; all matchers must hold. The first chain that matches is the one."""

    steps: tuple[StepSettings, ...]
    match: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a worker. Durations are in seconds."""

    app: str = DEFAULT_APP
    broker: str = "localhost:19092"
    time: Literal["live", "events"] = "live"  # events: the wall clock has no say, for replays and scenarios
    security: SecuritySettings = SecuritySettings()
    transactions: bool = True  # false on the embedded broker, which only pretends them
    host: str = "127.0.0.1"
    port: int = 6066
    allowed_hosts: tuple[str, ...] = ()
    behind_proxy: bool = False  # a proxy of yours stands in front: its forwarding headers are expected
    tokens_file: str = ""
    audit_file: str = ""  # empty: audit.jsonl in state_dir
    journey_page: Literal["with_tokens", "always", "never"] = "with_tokens"  # it shows what orders lead to people
    customer_key_env: str = ""  # the key that hashes customers, one for all workers; see docs/security.md
    customer_key_file: str = ""  # as above
    customer_key_replaces: str = ""  # fingerprint of the key that was used before, to change it for good
    state_dir: str = "state"
    catalogue: str = ""  # empty: the one shipped
    scorecards: tuple[str, ...] = ()  # shipped ones by name, or files NAME.yaml, beside those of the catalogue
    lean: tuple[str, ...] = ()  # dimensions with very many values, as store of a marketplace (docs/merchants.md)
    timezone: str = "Asia/Shanghai"
    opening_hours: tuple[OpeningHours, ...] = ()  # empty: always open
    holidays: tuple[str, ...] = ()  # of countries or parts of them, as CN or BR-SP; days of their own kind
    calendar: tuple[CalendarEntry, ...] = ()  # what is planned; a catalogue may hold more
    changes: tuple[ChangeSettings, ...] = ()  # of one's own, which figures before and after are compared by
    false_warnings_a_day: Annotated[float, Bounds(above=0, most=10_000)] = 1.0  # over all series; sets the limits
    evaluate_from: str = ""  # RFC 3339; before it baselines are filled and nothing is judged
    source_partitions: dict[str, _Partitions] = {}  # the broker is asked for what is missing here
    mappings: dict[str, MappingSettings] = {}  # by name, how records of other systems become events (docs/mapping.md)
    mappings_folder: str = ""  # of files NAME.yaml with one mapping each; empty: none
    cells_partitions: _Partitions = 4
    replication_factor: _Copies = 0  # of topics that Pharos makes; 0: the broker's default
    min_insync_replicas: _Copies = 0  # as above
    dedup_records: Annotated[int, Bounds(least=0, most=10_000_000)] = 20_000
    lateness_s: _Seconds = 30
    late_limit_s: _Seconds = 7_200
    future_limit_s: _Seconds = 300
    flush_interval_s: Annotated[float, Bounds(above=0, most=3_600)] = 4.0
    idle_after_s: Annotated[float, Bounds(above=0, most=DAY_S)] = 5.0
    snapshot_interval_s: Annotated[float, Bounds(above=0, most=DAY_S)] = 60.0
    full_snapshot_interval_s: Annotated[float, Bounds(above=0, most=7 * DAY_S)] = 1_800.0
    session_timeout_s: Annotated[float, Bounds(above=0, most=1_800)] = 10.0  # brokers allow no more by default
    heartbeat_interval_s: Annotated[float, Bounds(above=0, most=600)] = 2.0
    max_series: Annotated[int, Bounds(above=0, most=10_000_000)] = 200_000  # of a cells partition, else __other__
    max_lean_series: Annotated[int, Bounds(above=0, most=10_000_000)] = 1_000_000  # as above, of each lean scope
    board_url: str = ""
    page_url: str = ""  # of this page as people reach it, for links that ask whether to ack, snooze or silence
    runbook_base_url: str = ""
    runbook_base_url_zh: str = ""  # of the runbook in Chinese; empty: Chinese messages link to the other one
    worth: dict[str, float] = {}  # by touchpoint, money of an average event: shows the impact in money, too
    currency: str = "CNY"
    routes: tuple[RouteSettings, ...] = ()  # the first that matches; what none matches goes to all receivers
    maintenance: tuple[MaintenanceSettings, ...] = ()
    escalations: tuple[EscalationSettings, ...] = ()
    group_wait_critical_s: _Wait = 0  # before the first message of an incident; the life-cycle has waited already
    group_wait_s: _Wait = 0  # as above, of what is not critical
    group_interval_s: _Wait = 60  # before the next message of an incident that is not critical
    repeat_critical_s: _Repeat = 3_600  # between messages of what is open and not acknowledged; 0: never
    repeat_s: _Repeat = 14_400  # as above, of what is not critical
    receivers: tuple[ReceiverSettings, ...] = (ReceiverSettings(name="console", kind="console"),)
    linkage: tuple[LinkageRule, ...] = ()  # what business systems are asked to do
    on: tuple[SingleEventRule, ...] = ()  # what is asked for at single events
