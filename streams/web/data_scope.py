"""What of the data a token sees: all of it, or only what bears certain values of certain dimensions."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import msgspec

from streams.events.vocabulary import SHIPPED
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from streams.records.anomaly import Anomaly

DIMENSIONS: Final = SHIPPED.all_dimensions
"""All that a scope can be made of."""
_SEPARATED_OTHERWISE: Final = re.compile(r"[,;、|]\s*[a-z_]+:")  # store:a;region:b, or a wide comma


class DataScope(msgspec.Struct, frozen=True):
    """By dimension the values that are seen. What does not bear the dimension belongs to all, and is not seen."""

    values: tuple[tuple[str, frozenset[str]], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether everything is seen."""
        return not self.values

    def sees(self, scope: Mapping[str, str]) -> bool:
        """Whether what has this scope is seen.

        >>> own = read_data_scope("store:flagship")
        >>> own.sees({"store": "flagship", "region": "zhejiang"}), own.sees({"region": "zhejiang"}), own.sees({})
        (True, False, False)
        """
        return all(scope.get(dimension) in values for dimension, values in self.values)

    def narrowed(self, anomaly: Anomaly, seen: Callable[[str], bool]) -> Anomaly:
        """The anomaly without what it says of others; `seen` tells of a fingerprint whether it is."""
        if self.whole:
            return anomaly
        return msgspec.structs.replace(
            anomaly,
            contributors=[part for part in anomaly.contributors if self.sees(part.scope)],
            cause_of=[symptom for symptom in anomaly.cause_of if seen(symptom)],
            caused_by=anomaly.caused_by if anomaly.caused_by and seen(anomaly.caused_by) else None,
            incident="",
        )


EVERYTHING: Final = DataScope()
NOTHING: Final = DataScope((("", frozenset()),))


def read_data_scope(text: str, dimensions: Collection[str] = DIMENSIONS) -> DataScope:
    """From `dimension:value`, several separated by commas; signs that would separate are percent-encoded.

    Raises:
        ValueError: malformed, or it names a dimension that is not among `dimensions`; the text is not repeated.

    >>> read_data_scope("store:a,store:b%2Cc").sees({"store": "b,c"})
    True
    """
    found: dict[str, set[str]] = {}
    for part in text.split(","):
        dimension, colon, encoded = part.partition(":")
        if not (dimension.isidentifier() and dimension.isascii() and colon and encoded):
            raise ValueError("a data scope is written dimension:value, several separated by commas")
        if dimension not in dimensions:
            raise ValueError(f"no metric is counted by what the data scope names{suggestion(dimension, dimensions)}")
        try:
            value = unquote(encoded, errors="strict")
        except UnicodeDecodeError:  # its text would hold the value
            raise ValueError("a value of the data scope is percent-encoded, but not as UTF-8") from None
        if _SEPARATED_OTHERWISE.search(unicodedata.normalize("NFKC", encoded)):
            raise ValueError("the parts of a data scope are separated by commas, and by nothing else")
        found.setdefault(dimension, set()).add(value)
    return DataScope(tuple((dimension, frozenset(values)) for dimension, values in sorted(found.items())))
