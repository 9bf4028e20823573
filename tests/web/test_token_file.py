"""The file of tokens: what is written is what a token may, and what is not understood is refused by line."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from streams.web.data_scope import EVERYTHING, read_data_scope
from streams.web.security import Facts, Refusal, Role, Security, Token
from streams.web.token_file import read_tokens

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "SECRETsecret0123"
LINE = f"viewer {SECRET}"
ROLE_LADDER = [role for role in Role if role is not Role.INTAKE]
STORE_A = read_data_scope("store:a")


def facts(cookie: str = "", **headers: str) -> Facts:
    return Facts("GET", "localhost:6066", CIMultiDict(headers), cookie)


def read(tmp_path: Path, content: str | bytes) -> tuple[Token, ...]:
    file = tmp_path / "tokens"
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return read_tokens(file)


def test_the_file_of_tokens_is_read_by_lines(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("# people\nviewer 0123456789abcdef\n\nresponder fedcba9876543210 # on duty\n")

    assert read_tokens(file) == (Token(Role.VIEWER, "0123456789abcdef"), Token(Role.RESPONDER, "fedcba9876543210"))


def test_a_token_may_bear_the_name_of_who_has_it(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("responder fedcba9876543210 name=Li Wei # on duty\nviewer 0123456789abcdef\n")
    named, nameless = read_tokens(file)
    security = Security(tokens=(named, nameless))

    assert named == Token(Role.RESPONDER, "fedcba9876543210", "Li Wei")
    assert security.actor_of(facts(Authorization=f"Bearer {named.secret}")) == "Li Wei"
    assert security.actor_of(facts(cookie=named.session())) == "Li Wei"
    assert security.actor_of(facts(Authorization=f"Bearer {nameless.secret}")) == ""
    assert security.actor_of(facts(Authorization="Bearer wrong")) == ""
    assert security.actor_of(facts()) == ""


def test_roles_are_a_ladder_and_on_call_is_a_responder(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("on-call 0123456789abcdef\noperator 123456789abcdef0\nadmin 23456789abcdef01\n")
    tokens = read_tokens(file)

    assert [token.role for token in tokens] == [Role.RESPONDER, Role.OPERATOR, Role.ADMIN]
    security = Security(tokens=tokens)
    allowed = [
        [security.refuse_role(facts(Authorization=f"Bearer {token.secret}"), role) is None for role in ROLE_LADDER]
        for token in tokens
    ]
    assert allowed == [[True, True, False, False], [True, True, True, False], [True, True, True, True]]


def test_a_token_may_see_a_part_of_the_data_and_without_one_nothing_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("viewer 0123456789abcdef scope=store:fl%20ag name=Flag Ship\nviewer 123456789abcdef0\n")
    part, whole = read_tokens(file)
    security = Security(tokens=(part, whole))

    assert part.name == "Flag Ship"
    assert security.data_scope_of(facts(Authorization=f"Bearer {part.secret}")).sees({"store": "fl ag"})
    assert security.data_scope_of(facts(cookie=part.session())) == part.data_scope
    assert security.data_scope_of(facts(Authorization=f"Bearer {whole.secret}")).whole
    assert not security.data_scope_of(facts()).sees({"store": "fl ag"})
    assert Security().data_scope_of(facts()).whole


def test_a_token_with_the_role_intake_may_nothing_of_what_people_may(tmp_path: Path) -> None:
    (token,) = read(tmp_path, f"intake {SECRET} name=Shopify")
    security = Security(tokens=(token,))
    bearer = facts(Authorization=f"Bearer {SECRET}")

    assert token == Token(Role.INTAKE, SECRET, "Shopify")
    assert security.opens_intake(bearer)
    assert {security.refuse_role(bearer, role) for role in ROLE_LADDER} == {Refusal.ROLE}
    assert security.session_of(SECRET) is None
    assert not security.opens_intake(facts(cookie=token.session()))


def test_no_other_role_opens_the_intake(tmp_path: Path) -> None:
    security = Security(tokens=read(tmp_path, f"admin {SECRET}"))

    assert not security.opens_intake(facts(Authorization=f"Bearer {SECRET}"))
    assert not security.opens_intake(facts())
    assert not security.knows_intake


@pytest.mark.parametrize(
    ("line", "name", "sees"),
    [
        (f"{LINE} scope=store:a name=Li Wei", "Li Wei", STORE_A),
        (f"{LINE} name=Li Wei scope=store:a", "Li Wei", STORE_A),
        (f"{LINE} name=Li scope=store:a # on duty", "Li", STORE_A),
        (f"{LINE}\tscope=store:a\tname=Li\u3000Wei", "Li Wei", STORE_A),
        (f"{LINE} scope=store:a%2Cb", "", read_data_scope("store:a%2Cb")),
        (f"{LINE} scope=store:a#1", "", read_data_scope("store:a#1")),
        (f"{LINE} name=Li #2 on duty", "Li", EVERYTHING),
        (f"{LINE} name=Li#2", "Li#2", EVERYTHING),
        (f"VIEWER {SECRET} name=\u674e\u5a1c", "\u674e\u5a1c", EVERYTHING),
    ],
)
def test_options_stand_in_any_order_and_none_is_left_out(tmp_path: Path, line: str, name: str, sees: object) -> None:
    assert read(tmp_path, line) == (Token(Role.VIEWER, SECRET, name, sees),)  # type: ignore[arg-type]


def test_a_token_is_never_cut_short(tmp_path: Path) -> None:
    (token,) = read(tmp_path, "viewer abcdefghijklmnop#SECRETPART name=Li")

    assert token == Token(Role.VIEWER, "abcdefghijklmnop#SECRETPART", "Li")


@pytest.mark.parametrize(
    "content",
    [
        f"\ufeff{LINE} name=Li Wei\nadmin zyxwvutsrqponm9876\n",
        f"{LINE} name=Li Wei\r\nadmin zyxwvutsrqponm9876\r\n",
        f"{LINE} name=Li Wei\radmin zyxwvutsrqponm9876",
        f"\n  {LINE}   name= Li  Wei  \n\n\tadmin\tzyxwvutsrqponm9876#\n".replace("#", ""),
    ],
    ids=["byte order mark", "ends of lines of Windows", "ends of lines of old Macs", "blanks"],
)
def test_a_file_of_any_editor_is_read(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == (
        Token(Role.VIEWER, SECRET, "Li Wei"),
        Token(Role.ADMIN, "zyxwvutsrqponm9876"),
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "has no token"),
        ("# nobody\n\n", "has no token"),
        (LINE.encode("utf-16"), "is UTF-16 text: save it as UTF-8"),
        (codecs.BOM_UTF16_BE + LINE.encode("utf-16-be"), "is UTF-16 text: save it as UTF-8"),
        (LINE.encode("utf-16-le"), "line 1: holds a NUL"),
        (f"{LINE}\nadmin 0123456789abcde\0f", "line 2: holds a NUL"),
        (b"# \xe6\x9d\x8e\r\nviewer SECRETsecret\xff0123", "line 2: not UTF-8 text"),
        (f"{LINE} SECRETsecretOTHER", "line 1: what follows the token is neither"),
        (f"{LINE} SECRETpadded==", "line 1: a name cannot hold ="),
        ("viewer", "line 1: the token is missing"),
        ("viewer #SECRETsecret0123", "line 1: the token is missing"),
        ("viewer scope=store:SECRETsecret", "line 1: the token, or the blank behind it, is missing"),
        (f"{LINE}scope=store:a", "line 1: the token, or the blank behind it, is missing"),
        ("viewer SECRET", "line 1: a token needs at least 16 characters"),
        ("viewer SECRETsecret\u00fc0123", "line 1: a token is letters, digits and signs of ASCII"),
        ("viewer SECRETsecret\u200b0123", "line 1: column 20 holds a character that is not shown"),
        (f"{LINE} name=Li\x07Wei", "line 1: column 32 holds a character that is not shown"),
        (f"{LINE} name=Li\u2028scope=store:a", "line 1: column 32 holds a character that is not shown"),
        (f"\nowner {SECRET}", "line 2: does not begin with a role; did you mean"),
        (f"viwer {SECRET}", 'line 1: does not begin with a role; did you mean "viewer"?'),
        (f"{SECRET} viewer", "line 1: does not begin with a role"),
        (f"\n{LINE} name={'x' * 81}", "line 2: a name has at most 80 characters"),
        (f"{LINE} name=", "line 1: name= is empty"),
        (f"{LINE} name=Li name=Wei", "line 1: name= is given twice"),
        (f"{LINE} scope=store:a scope=store:b", "line 1: scope= is given twice"),
        (f"intake {SECRET} scope=store:a", "line 1: a token with the role intake reads nothing"),
        (f"{LINE} name=Li scop=store:a", 'no such option; did you mean "scope"?'),
        (f"{LINE} name=Li Scope=store:a", 'no such option; did you mean "scope"?'),
        (f"{LINE} name=Li scope =store:a", 'no such option; did you mean "scope"?'),
        (f"{LINE} name=Li scope: store:a", 'no such option; did you mean "scope"?'),
        (f"{LINE} name=Li scope\uff1dstore:a", 'no such option; did you mean "scope"?'),
        (f"{LINE} name=Li store:a", "a name cannot hold = or :"),
        (f"{LINE} name=scope=store:a", 'no such option; did you mean "scope"?'),
        (f"{LINE} nam=Li", 'no such option; did you mean "name"?'),
        (f"{LINE} # scope=store:a", "a scope= behind # restricts nothing"),
        (f"{LINE} name=Li #2 scope=store:a", "a scope= behind # restricts nothing"),
        (f"{LINE} scope=", "line 1: a data scope is written"),
        (f"{LINE} scope=store", "line 1: a data scope is written"),
        (f"{LINE} scope=store:", "line 1: a data scope is written"),
        (f"{LINE} scope=:a", "line 1: a data scope is written"),
        (f"{LINE} scope=store:a,", "line 1: a data scope is written"),
        (f"{LINE} scope=store\uff1aa", "line 1: a data scope is written"),
        (f"{LINE} scope=store:a, store:b", "line 1: a scope has no blanks"),
        (f"{LINE} scope=store:a SECRETsecretOTHER", "line 1: a scope has no blanks"),
        (f"{LINE} scope=store:a;region:b", "line 1: the parts of a data scope are separated by commas"),
        (f"{LINE} scope=store:a\uff0cregion:b", "line 1: the parts of a data scope are separated by commas"),
        (f"{LINE} scope=store:%ff", "line 1: a value of the data scope is percent-encoded, but not as UTF-8"),
        (
            f"{LINE} scope=stroe:a",
            'line 1: no metric is counted by what the data scope names; did you mean "store"?',
        ),
        (f"{LINE} scope=severity:critical", "line 1: no metric is counted by what the data scope names"),
        (f"{LINE}\nadmin {SECRET}", "line 2: this token is there twice"),
        (f"{LINE}\n{LINE} scope=store:a", "line 2: this token is there twice"),
    ],
)
def test_what_is_not_understood_is_refused_by_line_and_never_by_secret(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        read(tmp_path, content)
    assert "secret" not in str(raised.value).lower()
    assert "0123" not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__cause__ is None


def test_a_scope_names_dimensions_that_some_metric_has(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"{LINE} scope=origin:a")

    assert read_tokens(file)[0].data_scope == read_data_scope("origin:a")
    with pytest.raises(ValueError, match='scope names; did you mean "region"'):
        read_tokens(file, {"store", "region"})


_PARTS = st.sampled_from(
    ["viewer", "admin", SECRET, "scope=store:a", "SCOPE=store:a", "scope", "=", "store:a", "name=Li", "Wei", "#", "# "]
)
_BETWEEN = st.sampled_from([" ", "", "  ", "\t", "\u00a0", "\u3000", "\u200b", "\n", "\r", "\u2028", "\0", "\ufeff"])


@given(parts=st.lists(st.tuples(_PARTS, _BETWEEN) | st.tuples(st.text(max_size=3), _BETWEEN), max_size=9))
def test_no_token_sees_more_than_its_line_says_whatever_is_written(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[str, str]]
) -> None:
    text = f"viewer {SECRET} " + "".join(part for pair in parts for part in pair)
    try:
        tokens = read(tmp_path_factory.getbasetemp(), text)
    except ValueError as error:
        assert "secret" not in str(error).lower()  # noqa: PT017 - either answer will do
    else:
        lines = [line for line in re.split("[\r\n]", text) if line.strip() and not line.strip().startswith("#")]
        assert len(tokens) == len([line for line in lines if line.strip("\ufeff")])
        for token, line in zip(tokens, lines, strict=False):
            restricted = "scope=" in unicodedata.normalize("NFKC", line).lower()
            assert token.data_scope.whole is not restricted
