"""The rules of docs/security.md on who may ask for what, without a server."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from streams.web.security import Facts, Refusal, Role, Security, Token, UnsafeBindingError

VIEWER = Token(Role.VIEWER, "viewer-secret-of-tests")
RESPONDER = Token(Role.RESPONDER, "responder-secret-of-tests")


def facts(method: str = "GET", host: str = "localhost:6066", cookie: str = "", **headers: str) -> Facts:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Facts(method, host, CIMultiDict(names), cookie)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "pharos.example"])
def test_binding_beyond_loopback_without_a_token_refuses_with_the_remedy(host: str) -> None:
    with pytest.raises(UnsafeBindingError, match="tokens_file"):
        Security(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_binding_to_loopback_needs_no_token(host: str) -> None:
    Security(host)


def test_binding_anywhere_is_possible_with_a_token() -> None:
    Security("0.0.0.0", tokens=(VIEWER,))


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:6066", "LOCALHOST:6066", "127.0.0.1:1", "[::1]", "[::1]:6066"]
)
def test_loopback_names_are_always_allowed(host: str) -> None:
    assert Security().refuse_transport(facts(host=host)) is None


@pytest.mark.parametrize(
    "host", ["", "evil.example", "evil.example:6066", "localhost.evil.example", "[::2]:6066", ":6066"]
)
def test_an_unknown_host_is_refused_on_reads_too(host: str) -> None:
    assert Security().refuse_transport(facts(host=host)) is Refusal.HOST


def test_an_allowed_host_with_a_port_allows_that_port_only() -> None:
    security = Security(allowed_hosts=("board.example:443", "shop.example"))

    assert security.refuse_transport(facts(host="board.example:443")) is None
    assert security.refuse_transport(facts(host="board.example:80")) is Refusal.HOST
    assert security.refuse_transport(facts(host="shop.example:80")) is None


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-Real-IP"])
def test_forwarding_headers_are_refused_unless_a_proxy_is_configured(name: str) -> None:
    forwarded = facts(**{name: "1.2.3.4"})

    assert Security().refuse_transport(forwarded) is Refusal.FORWARDED
    assert Security(behind_proxy=True).refuse_transport(forwarded) is None


@pytest.mark.parametrize(
    ("origin", "refusal"),
    [
        ("http://localhost:6066", None),
        ("http://localhost:6067", Refusal.ORIGIN),
        ("http://evil.example", Refusal.ORIGIN),
        ("null", Refusal.ORIGIN),
        ("http://[", Refusal.ORIGIN),
        ("", Refusal.ORIGIN),
    ],
)
def test_the_origin_of_a_write_must_equal_its_host(origin: str, refusal: Refusal | None) -> None:
    write = facts("POST", Origin=origin, Content_Type="application/json")

    assert Security().refuse_transport(write) is refusal


def test_a_write_without_an_origin_is_a_program_and_passes() -> None:
    assert Security().refuse_transport(facts("POST", Content_Type="application/json; charset=utf-8")) is None


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_a_write_of_another_content_type_is_refused(content_type: str) -> None:
    assert Security().refuse_transport(facts("POST", Content_Type=content_type)) is Refusal.CONTENT_TYPE


def test_without_tokens_every_role_is_open() -> None:
    assert Security().refuse_role(facts(), Role.ADMIN) is None


@pytest.mark.parametrize(
    ("authorization", "needed", "refusal"),
    [
        ("", Role.VIEWER, Refusal.TOKEN_MISSING),
        ("Basic dTpw", Role.VIEWER, Refusal.TOKEN_MISSING),
        ("Bearer wrong", Role.VIEWER, Refusal.TOKEN_UNKNOWN),
        ("Bearer ", Role.VIEWER, Refusal.TOKEN_UNKNOWN),
        ("Bearer g\u00fcnther", Role.VIEWER, Refusal.TOKEN_UNKNOWN),
        ("Bearer \udcff\udcfe", Role.VIEWER, Refusal.TOKEN_UNKNOWN),
        (f"Bearer {VIEWER.secret}", Role.VIEWER, None),
        (f"bearer {VIEWER.secret}", Role.VIEWER, None),
        (f"Bearer {VIEWER.secret}", Role.RESPONDER, Refusal.ROLE),
        (f"Bearer {RESPONDER.secret}", Role.VIEWER, None),
        (f"Bearer {RESPONDER.secret}", Role.RESPONDER, None),
    ],
)
def test_a_bearer_token_opens_its_role_and_those_below(
    authorization: str, needed: Role, refusal: Refusal | None
) -> None:
    security = Security(tokens=(VIEWER, RESPONDER))

    assert security.refuse_role(facts(Authorization=authorization), needed) is refusal


def test_a_session_proves_the_token_and_does_not_contain_it() -> None:
    security = Security(tokens=(VIEWER, RESPONDER))
    session = security.session_of(RESPONDER.secret)

    assert session is not None
    assert RESPONDER.secret not in session
    assert security.refuse_role(facts(cookie=session), Role.RESPONDER) is None
    assert Security(tokens=(VIEWER,)).refuse_role(facts(cookie=session), Role.VIEWER) is Refusal.TOKEN_UNKNOWN


def test_a_session_is_no_bearer_token_and_a_token_no_session() -> None:
    security = Security(tokens=(VIEWER,))

    assert security.refuse_role(facts(Authorization=f"Bearer {VIEWER.session()}"), Role.VIEWER) is Refusal.TOKEN_UNKNOWN
    assert security.refuse_role(facts(cookie=VIEWER.secret), Role.VIEWER) is Refusal.TOKEN_UNKNOWN
