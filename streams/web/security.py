"""Who may ask for what: decided from plain facts of a request, before any handler runs (docs/security.md)."""

from __future__ import annotations

import enum
import hashlib
import hmac
import ipaddress
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from streams.settings.addresses import is_loopback
from streams.settings.errors import InputError
from streams.web.data_scope import EVERYTHING, NOTHING, DataScope

if TYPE_CHECKING:
    from collections.abc import Mapping

COOKIE: Final = "pharos_session"
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_FORWARDING: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
_SAFE: Final = frozenset({"GET", "HEAD"})

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Role(enum.IntEnum):
    """Each role may do what those below it may. A responder is somebody on call.

    INTAKE is that of a system: it may post to the intake, which no other role may, and do nothing else.
    """

    INTAKE = 0
    VIEWER = 1
    RESPONDER = 2
    OPERATOR = 3
    ADMIN = 4


ROLES: Final = {
    "viewer": Role.VIEWER,
    "on-call": Role.RESPONDER,
    "responder": Role.RESPONDER,
    "operator": Role.OPERATOR,
    "admin": Role.ADMIN,
}
TOKEN_ROLES: Final = ROLES | {"intake": Role.INTAKE}


class Token(msgspec.Struct, frozen=True):
    """A secret, what it opens, who has it (empty where nobody wrote it down), and what of the data they see."""

    role: Role
    secret: str
    name: str = ""
    data_scope: DataScope = EVERYTHING

    def session(self) -> str:
        """What the cookie carries: it proves the token without holding it, and ends when the token is withdrawn."""
        return hmac.new(self.secret.encode(), b"pharos session", hashlib.sha256).hexdigest()


class Refusal(enum.Enum):
    """Why a request is turned away: HTTP status, and the sentence with the remedy."""

    HOST = 403, "This host name is not allowed here: add it to allowed_hosts."
    FORWARDED = 403, "The request came through a proxy, but none is configured: set behind_proxy."
    ORIGIN = 403, "The Origin of a write must equal its Host."
    CONTENT_TYPE = 415, "A write needs the content type application/json."
    TOKEN_MISSING = 401, "A token is needed: send it as 'Authorization: Bearer <token>'."
    TOKEN_UNKNOWN = 401, "This token is not known."
    ROLE = 403, "The token's role does not cover this."
    SIGHT = 403, "This covers all of the data, and the token sees only a part of it."

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def sentence(self) -> str:
        return self.value[1]


class Facts(NamedTuple):
    """What of a request matters: the header names are case-insensitive in the mapping given."""

    method: str
    host: str
    headers: Mapping[str, str]
    cookie: str


class UnsafeBindingError(InputError):
    """Binding beyond loopback without a token."""


class Security:
    """The rules of one server.

    Args:
        host: the address it binds to.
        allowed_hosts: Host names beside loopback's, each "name" (any port) or "name:port".
        tokens: known tokens; with none, every reader of the loopback interface is trusted.
        behind_proxy: a proxy of ours stands in front: forwarding headers are expected.

    Raises:
        UnsafeBindingError: `host` is not loopback and there is no token.

    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        allowed_hosts: tuple[str, ...] = (),
        tokens: tuple[Token, ...] = (),
        *,
        behind_proxy: bool = False,
    ) -> None:
        if not tokens and not is_loopback(host):
            raise UnsafeBindingError(
                f"refusing to listen on {host} without a token: name a file of tokens in tokens_file, "
                "or listen on 127.0.0.1"
            )
        self._hosts = _LOOPBACK_NAMES | {name.lower() for name in allowed_hosts}
        if not is_loopback(host) and not _is_unspecified(host):
            self._hosts |= {f"[{host}]" if ":" in host else host.lower()}
        self._tokens = tokens
        self.behind_proxy = behind_proxy

    def refuse_transport(self, facts: Facts) -> Refusal | None:
        """What holds for every request but a webhook, whoever sends it."""
        refusal = self.refuse_route(facts)
        if refusal is not None:
            return refusal
        if facts.method not in _SAFE:
            origin = facts.headers.get("Origin")
            if origin is not None and _host_of(origin) != facts.host.lower():
                return Refusal.ORIGIN
            if facts.headers.get("Content-Type", "").split(";")[0].strip().lower() != "application/json":
                return Refusal.CONTENT_TYPE
        return None

    def refuse_route(self, facts: Facts) -> Refusal | None:
        """By which name and way a request comes. Host is checked on reads too: DNS rebinding reads."""
        if not self._host_allowed(facts.host):
            return Refusal.HOST
        if not self.behind_proxy and any(name in facts.headers for name in _FORWARDING):
            return Refusal.FORWARDED
        return None

    def opens_intake(self, facts: Facts) -> bool:
        """Whether the bearer token has the role intake. A cookie does not count: a browser would send it unasked."""
        token = self._token_of(facts._replace(cookie=""))
        return not isinstance(token, Refusal) and token.role is Role.INTAKE

    @property
    def knows_intake(self) -> bool:
        """Whether any token has the role intake."""
        return any(token.role is Role.INTAKE for token in self._tokens)

    def refuse_role(self, facts: Facts, needed: Role) -> Refusal | None:
        """Whether the bearer token, or else the cookie, opens what needs this role."""
        if not self._tokens:
            return None
        token = self._token_of(facts)
        if isinstance(token, Refusal):
            return token
        return None if token.role >= needed else Refusal.ROLE

    def actor_of(self, facts: Facts) -> str:
        """The name that stands beside the token in use; empty without a token, or without a name."""
        token = self._token_of(facts)
        return "" if isinstance(token, Refusal) else token.name

    def token_role(self, facts: Facts) -> Role | None:
        """The role of the token in use; None without one that is known."""
        token = self._token_of(facts)
        return None if isinstance(token, Refusal) else token.role

    def data_scope_of(self, facts: Facts) -> DataScope:
        """What of the data the reader sees: where tokens are needed, without one nothing, and else everything."""
        if not self._tokens:
            return EVERYTHING
        token = self._token_of(facts)
        return NOTHING if isinstance(token, Refusal) else token.data_scope

    def role_of(self, secret: str) -> Role | None:
        """The role a token opens, compared in constant time against every token."""
        token = self._best(secret, {token.secret: token for token in self._tokens})
        return None if token is None else token.role

    def name_of(self, secret: str) -> str:
        """The name beside a token; empty for one that has none, or is not known."""
        token = self._best(secret, {token.secret: token for token in self._tokens})
        return "" if token is None else token.name

    def session_of(self, secret: str) -> str | None:
        """The cookie for a token; None for a token that is not known, or that no person has."""
        if self.role_of(secret) in (None, Role.INTAKE):
            return None
        return Token(Role.VIEWER, secret).session()

    def _token_of(self, facts: Facts) -> Token | Refusal:
        scheme, _, secret = facts.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            token = self._best(secret.strip(), {token.secret: token for token in self._tokens})
        elif facts.cookie:
            token = self._best(facts.cookie, {token.session(): token for token in self._tokens})
        else:
            return Refusal.TOKEN_MISSING
        return Refusal.TOKEN_UNKNOWN if token is None else token

    @staticmethod
    def _best(given: str, known: Mapping[str, Token]) -> Token | None:
        sent = given.encode(errors="surrogatepass")  # in headers that are no UTF-8
        found = [token for secret, token in known.items() if hmac.compare_digest(sent, secret.encode())]
        return max(found, key=lambda token: token.role, default=None)

    def _host_allowed(self, host: str) -> bool:
        name = host.lower()
        without_port = name.rpartition(":")[0] if not name.endswith("]") and ":" in name else name
        return name in self._hosts or without_port in self._hosts


def _host_of(origin: str) -> str:
    """The host and port of an Origin; empty where it has none, or is no address at all."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_unspecified(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False
