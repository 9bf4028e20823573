"""What the source that `streams.mapping.writer` writes calls when it runs: the parts of JMESPath that Python lacks."""

from __future__ import annotations

from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, Final

from jmespath.visitor import TreeInterpreter

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.mapping.functions import MappingFunctions

ORDER: Final = {"lt": lt, "gt": gt, "lte": le, "gte": ge}

_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
    "boolean": (bool,),
}


def is_true(value: Any) -> bool:
    """What JMESPath calls true: all but null, false and what is empty. Numbers are, 0 as well."""
    return bool(value) or (value == 0 and value is not False)


def projected(base: Any, made: Callable[[Any], Any]) -> list[Any] | None:
    """What is made of each element, without null; null where `base` is no array."""
    if type(base) is not list:
        return None
    return [found for element in base if (found := made(element)) is not None]


def projected_values(base: Any, made: Callable[[Any], Any]) -> list[Any] | None:
    """The same for the values of an object."""
    return projected(list(base.values()), made) if type(base) is dict else None


def sifted(base: Any, fits: Callable[[Any], bool], made: Callable[[Any], Any]) -> list[Any] | None:
    """The same for the elements that fit."""
    if type(base) is not list:
        return None
    return [found for element in base if fits(element) and (found := made(element)) is not None]


def flattened(base: Any) -> list[Any] | None:
    """Elements that are arrays are replaced by theirs."""
    if type(base) is not list:
        return None
    flat: list[Any] = []
    for element in base:
        if type(element) is list:
            flat.extend(element)
        else:
            flat.append(element)
    return flat


def sliced(base: Any, begin: int | None, end: int | None, step: int | None) -> list[Any] | None:
    """A part of an array."""
    return base[begin:end:step] if type(base) is list else None


class _Expression:
    """An expression that is given to a function. JMESPath knows such an argument by the name of its class."""

    expression = None

    def __init__(self, run: Callable[[Any], Any]) -> None:
        self._run = run

    def visit(self, _: None, value: Any) -> Any:
        """What it finds in a value."""
        return self._run(value)


def runtime_names() -> dict[str, Any]:
    """All of it, by the names in the source."""
    return {
        "equals": TreeInterpreter.COMPARATOR_FUNC["eq"],
        "true": is_true,
        "nothing": None,
        "projected": projected,
        "projected_values": projected_values,
        "sifted": sifted,
        "flattened": flattened,
        "sliced": sliced,
        "reference": _Expression,
        **{f"is_{name}": _ordered(compare) for name, compare in ORDER.items()},
    }


def called(functions: MappingFunctions, name: str) -> Callable[..., Any]:
    """A function of expressions, with JMESPath's checks of what it is given."""
    if name == "join":
        return _joined(functions)
    method: Callable[..., Any] = getattr(functions, f"_func_{name}")
    wanted = [argument["types"] for argument in functions.FUNCTION_TABLE[name]["signature"]]
    if not any(wanted):
        return method  # takes anything
    kinds = [frozenset(kind for word in words for kind in _KINDS.get(word, ())) if words else None for words in wanted]

    def call(*given: Any) -> Any:
        for value, known in zip(given, kinds, strict=False):
            if known is not None and type(value) not in known:  # JMESPath looks closer: at elements, too
                return functions.call_function(name, given)
        return method(*given)

    return call


def _ordered(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool | None]:
    def compared(left: Any, right: Any) -> bool | None:
        comparable = all(isinstance(side, int | float | str) and not isinstance(side, bool) for side in (left, right))
        return bool(compare(left, right)) if comparable else None

    return compared


def _joined(functions: MappingFunctions) -> Callable[[Any, Any], str]:
    def join(separator: Any, parts: Any) -> str:
        if type(separator) is str and type(parts) is list:
            try:
                return separator.join(parts)
            except TypeError:
                pass
        return str(functions.call_function("join", (separator, parts)))

    return join
