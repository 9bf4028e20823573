"""The file of tokens: one `ROLE TOKEN [scope=DIMENSION:VALUE,...] [name=WHO]` a line.

What is not understood is refused with its line, and nothing is left out of what was read: a token must never see more
than its line says. No message holds a word of the line that might belong to a token.
"""

from __future__ import annotations

import codecs
import hmac
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from streams.records.action import LONGEST_NAME
from streams.settings.located_yaml import suggestion
from streams.web.data_scope import DIMENSIONS, EVERYTHING, read_data_scope
from streams.web.security import TOKEN_ROLES, Role, Token

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

SHORTEST_TOKEN: Final = 16
_FORM: Final = "write 'viewer|on-call|operator|admin|intake TOKEN [scope=DIMENSION:VALUE] [name=WHO]'"
_OPTIONS: Final = ("scope", "name")
_COMMENT: Final = re.compile(r"(?:^|\s)#")  # as in a shell: a token, a value or a name may have one inside
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class _LineError(ValueError):
    """What is wrong with one line, and what to do."""


def read_tokens(path: Path, dimensions: Collection[str] = DIMENSIONS) -> tuple[Token, ...]:
    """The tokens of a file in UTF-8, with or without a byte order mark; a # at the start of a word begins a comment.

    Options stand in any order. `scope=` limits a token to what bears one of these values (`streams.web.data_scope`);
    `name=` says who has it and goes on until the next option or the end of the line: what is done with the token then
    bears that name, whatever a request says. `dimensions` are those that a scope may name.

    Raises:
        ValueError: names the line, and never the token.
        OSError: the file cannot be read.

    """
    tokens: list[Token] = []
    for number, line in _lines(path.read_bytes(), path.name):
        try:
            token = _token_of(line, dimensions)
            if token is not None and any(_same(token, known) for known in tokens):
                raise _LineError("this token is there twice; make another")
        except ValueError as error:
            raise ValueError(f"{path.name} line {number}: {error}") from None
        if token is not None:
            tokens.append(token)
    if not tokens:
        raise ValueError(f"{path.name} has no token: write one 'viewer TOKEN' a line")
    return tuple(tokens)


def _lines(content: bytes, name: str) -> Iterator[tuple[int, str]]:
    if content.startswith(_UTF_16):
        raise ValueError(f"{name} is UTF-16 text: save it as UTF-8")
    lines = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = lines.decode()
    except UnicodeDecodeError as error:
        number = len(_LINE_END.findall(lines[: error.start].decode())) + 1
        raise ValueError(f"{name} line {number}: not UTF-8 text; save the file as UTF-8") from None
    yield from enumerate(_LINE_END.split(text), 1)


def _token_of(line: str, dimensions: Collection[str]) -> Token | None:
    """None for a line without one."""
    if "\0" in line:
        raise _LineError("holds a NUL; save the file as UTF-8 text")
    comment = _COMMENT.search(line)
    written, left_out = (line[: comment.start()], line[comment.end() :]) if comment else (line, "")
    if not written.strip():
        return None
    for column, sign in enumerate(written, 1):
        if sign != "\t" and unicodedata.category(sign) in _UNSEEN:
            raise _LineError(f"column {column} holds a character that is not shown; write the line again")
    if "scope=" in _folded(left_out):
        raise _LineError("a scope= behind # restricts nothing; write it before the #, or remove it")
    return _token_of_words(written.split(), dimensions)


def _token_of_words(words: list[str], dimensions: Collection[str]) -> Token:
    if words[0].lower() not in TOKEN_ROLES:
        raise _LineError(f"does not begin with a role{suggestion(words[0].lower(), TOKEN_ROLES)}")
    if len(words) == 1:
        raise _LineError(f"the token is missing; {_FORM}")
    secret = words[1]
    if any(f"{option}=" in _folded(secret) for option in _OPTIONS):
        raise _LineError(f"the token, or the blank behind it, is missing before its options; {_FORM}")
    if len(secret) < SHORTEST_TOKEN:
        raise _LineError(f"a token needs at least {SHORTEST_TOKEN} characters")
    if not secret.isascii():
        raise _LineError("a token is letters, digits and signs of ASCII, or no client could send it; make another")
    options = _options(words[2:])
    role = TOKEN_ROLES[words[0].lower()]
    if role is Role.INTAKE and "scope" in options:
        raise _LineError("a token with the role intake reads nothing, so scope= restricts nothing; remove it")
    data_scope = read_data_scope("".join(options["scope"]), dimensions) if "scope" in options else EVERYTHING
    return Token(role, secret, _name(options.get("name", [])), data_scope)


def _options(words: list[str]) -> dict[str, list[str]]:
    """By option its words. Both are announced: the half of a token that was broken in two is never taken for one."""
    found: dict[str, list[str]] = {}
    key = ""
    for word in words:
        option, _, value = word.partition("=")
        if option in _OPTIONS and "=" in word:
            key = option
            if key in found:
                raise _LineError(f"{key}= is given twice; keep one of them")
            found[key] = [value]
            doubtful = value if key == "name" else ""
        elif key == "scope" and "=" not in _folded(word):
            raise _LineError("a scope has no blanks: write %20 for one in a value, and name= before a name")
        else:
            doubtful = word
            found.setdefault(key, []).append(word)
        if (key != "name" and doubtful) or _looks_like_an_option(doubtful):
            raise _LineError(_not_understood(doubtful))
    return found


def _looks_like_an_option(word: str) -> bool:
    """In a name as well: what may be meant as a restriction must not become a part of a name."""
    plain = _folded(word)
    return "=" in plain or ":" in plain or plain == "scope"


def _not_understood(word: str) -> str:
    if not _looks_like_an_option(word):
        return f"what follows the token is neither scope= nor name=; {_FORM}"
    near = suggestion(re.split("[=:]", _folded(word))[0], _OPTIONS)
    return f"a name cannot hold = or :, and there is no such option{near}"


def _folded(text: str) -> str:
    """Wide letters and signs as they are typed with a Chinese keyboard, as plain small ones."""
    return unicodedata.normalize("NFKC", text).lower()


def _name(words: list[str]) -> str:
    name = " ".join(words).strip()
    if len(name) > LONGEST_NAME:
        raise _LineError(f"a name has at most {LONGEST_NAME} characters")
    if words and not name:
        raise _LineError("name= is empty; write who has the token, or leave it out")
    return name


def _same(one: Token, other: Token) -> bool:
    return hmac.compare_digest(one.secret.encode(), other.secret.encode())
