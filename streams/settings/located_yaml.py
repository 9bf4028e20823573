"""YAML whose values remember line and column, so that an error says where, which key, and what to do."""

from __future__ import annotations

import difflib
import enum
import re
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

import msgspec
import yaml

from streams.settings.core_yaml import DEEPEST, MOST_VALUES, CoreLoader, container, scalar
from streams.settings.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path as FilePath

Path = tuple[str | int, ...]
T = TypeVar("T")

_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`")
_MISSING = re.compile(r"Object missing required field `(?P<key>.*)`")
_ENUM = re.compile(r"Invalid enum value '(?P<word>.*)'")
_AT = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+|\.\.\.)\]")


class LocatedError(InputError):
    """A mistake in a file: `file:line:column: key: what is wrong; what to do`."""

    def __init__(self, file: str, line: int, column: int, key: str, what: str) -> None:
        self.file, self.line, self.column, self.key, self.what = file, line, column, key, what
        place = f"{file}:{line}:{column}"
        super().__init__(f"{place}: {key}: {what}" if key else f"{place}: {what}")


class Document:
    """A parsed file: `.value` in plain Python, and the place of each of its parts.

    Raises LocatedError for what is not YAML, a key given twice, a key that is no string, a tag that is not of the core
    of YAML, a number or a text that no setting can hold, and for what is nested or repeated without end.
    """

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._marks: dict[Path, yaml.Mark] = {}
        self._keys: dict[Path, yaml.Mark] = {}
        self._values = 0
        self.value: Any = self._read(text)

    def _read(self, text: str) -> Any:
        loader: CoreLoader | None = None
        try:
            loader = CoreLoader(text)
            node = loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._at(mark, "", f"not YAML: {error.problem or error.context}") from None
        except yaml.reader.ReaderError as error:
            raise self._at(None, "", f"not YAML: {error.reason} at position {error.position}") from None
        except (ValueError, OverflowError):  # an escape or a version that is no number of a character or a version
            raise self._at(loader.get_mark() if loader else None, "", "not YAML: a number is too large") from None
        return None if node is None else self._build(node, ())

    def _at(self, mark: yaml.Mark | None, key: str, what: str) -> LocatedError:
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return LocatedError(self.file, line, column, key, what)

    def error(self, path: Path, what: str) -> LocatedError:
        """The error to raise for the value at `path`, or for the nearest part around it that exists."""
        known = path
        while known and known not in self._marks:
            known = known[:-1]
        mark = self._keys.get(path) or self._marks.get(known)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return LocatedError(self.file, line, column, dotted(path), what)

    def convert(self, path: Path, kind: type[T], structs: Iterable[type[msgspec.Struct]] = ()) -> T:
        """The value at `path` as `kind`; raises LocatedError. `structs` name the keys that a typing error may mean."""
        value = self.value
        for step in path:
            value = value[step]
        try:
            return msgspec.convert({} if value is None else value, kind)
        except msgspec.ValidationError as error:
            raise self._explain(str(error), path, structs) from None

    def _explain(self, message: str, path: Path, structs: Iterable[type[msgspec.Struct]]) -> LocatedError:
        parts = _AT.match(message)
        what, inner = (parts["what"], parts["path"] or "") if parts else (message, "")
        full = (*path, *_steps(inner))
        if unknown := _UNKNOWN.match(what):
            names = sorted({name for struct in structs for name in struct.__struct_encode_fields__})
            return self.error((*full, unknown["key"]), f"unknown key{suggestion(unknown['key'], names)}")
        if missing := _MISSING.match(what):
            return self.error(full, f"the key `{missing['key']}` is missing; add it")
        if wrong := _ENUM.match(what):
            return self.error(
                full, f'"{wrong["word"]}" is not known here{suggestion(wrong["word"], _words(full, structs))}'
            )
        return self.error(full, what[:1].lower() + what[1:])

    def _build(self, node: yaml.Node, path: Path) -> Any:
        self._marks[path] = node.start_mark
        self._values += 1
        if len(path) > DEEPEST:
            raise self._at(node.start_mark, dotted(path[:3]), "an alias refers to what it is in; write the values out")
        if self._values > MOST_VALUES:
            what = f"more than {MOST_VALUES:,} values; aliases may repeat too much: write them out"
            raise self._at(node.start_mark, dotted(path[:3]), what)
        try:
            if isinstance(node, yaml.ScalarNode):
                return scalar(node)
            container(node)
        except ValueError as error:
            raise self._at(node.start_mark, dotted(path), str(error)) from None
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, (*path, index)) for index, item in enumerate(node.value)]
        built: dict[str, Any] = {}
        for key_node, item in node.value:
            key = self._key(key_node, path)
            self._keys[(*path, key)] = key_node.start_mark
            if key in built:
                raise self.error((*path, key), "the key is given twice; remove one of them")
            built[key] = self._build(item, (*path, key))
        return built

    def _key(self, node: yaml.Node, path: Path) -> str:
        try:
            key = scalar(node) if isinstance(node, yaml.ScalarNode) else None
        except ValueError as error:
            raise self._at(node.start_mark, dotted(path), str(error)) from None
        if not isinstance(key, str):
            raise self._at(node.start_mark, dotted(path), "a key must be a word")
        if key == "<<":
            raise self._at(node.start_mark, dotted(path), "mappings are not merged here; write the keys out")
        return key


def read_document(file: FilePath) -> Document:
    """The document in a file. Raises LocatedError, also where the file cannot be read."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LocatedError(str(file), 1, 1, "", f"cannot be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError:
        raise LocatedError(str(file), 1, 1, "", "is not UTF-8 text; save it as UTF-8") from None
    return Document(text, str(file))


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?`, or the list of what is known where nothing is near and the list is short."""
    names = sorted(known)
    plain = {name.lower(): name for name in names}
    if near := difflib.get_close_matches(word.lower(), plain, n=1, cutoff=0.5):
        return f'; did you mean "{plain[near[0]]}"?'
    return f"; known are {', '.join(names)}" if names and len(names) <= 40 else "; remove it"


def dotted(path: Path) -> str:
    """`metrics[3].numerator[0].events`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _words(path: Path, structs: Iterable[type[msgspec.Struct]]) -> list[str]:
    """The words that the field at the end of a path may hold."""
    for struct in structs:
        kind = get_type_hints(struct).get(str(path[-1])) if path else None
        if kind is not None:
            return [str(word) for word in (kind if isinstance(kind, type(enum.Enum)) else get_args(kind))]
    return []


def _steps(path: str) -> Path:
    """The steps of msgspec's `$.a[0].b`; it writes `[...]` inside a mapping, where the way in ends for us."""
    steps: list[str | int] = []
    for step in _STEP.finditer(path):
        if step["index"] == "...":
            break
        steps.append(int(step["index"]) if step["index"] else step["key"])
    return tuple(steps)
