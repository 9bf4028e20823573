"""Times as other systems write them, to RFC 3339 with an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from streams.events.event_time import event_time_ms
from streams.mapping.failure import ExpressionError, kind_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_LAYOUT: Final = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<minute>[0-9]{2}:[0-9]{2})(?P<second>:[0-9]{2})?(?P<fraction>\.[0-9]{1,40})?)?"
    r" ?(?P<offset>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_DIGITS: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS_OF: Final = {"epoch_s": Decimal(1000), "epoch_ms": Decimal(1), "epoch_us": Decimal("0.001")}
_KEPT: Final = 4_096


class Times:
    """Reads times; those without an offset are of `zone`, and a mistake without one."""

    def __init__(self, zone: ZoneInfo | None = None) -> None:
        self._zone = zone
        self._offsets: dict[str, tuple[str, str]] = {}  # of local minutes that were read

    def rfc3339(self, value: Any) -> str | None:
        """A time with an offset, with the fraction that it has. null stays null.

        Of local times that are there twice the first is taken; one that is left out by a change of clocks is moved
        forward by the hour that is left out. Raises ExpressionError.

        >>> Times().rfc3339("2026-11-11 08:00:00.250+0800")
        '2026-11-11T08:00:00.250+08:00'
        """
        if type(value) is str:
            if event_time_ms(value) is not None:
                return value
            match = _LAYOUT.fullmatch(value.strip())
            if match is None:
                raise ExpressionError("is no time; write it as RFC 3339")
            if match["minute"] is None:
                raise ExpressionError("is a date without a time of day; write start_of_day(...) or end_of_day(...)")
            return self._written(match["day"], match["minute"], match["second"], match["fraction"], match["offset"])
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise ExpressionError(
                "is a number where a time is wanted; write epoch_s(...), epoch_ms(...) or epoch_us(...)"
            )
        raise ExpressionError(f"is {kind_of(value)} where a time is wanted")

    def of_day(self, value: Any, minute: str, second: str) -> str | None:
        """A moment of the day of a date or time: of its own offset, else of the zone. null stays null."""
        if value is None:
            return None
        match = _LAYOUT.fullmatch(value.strip()) if type(value) is str else None
        if match is None:
            raise ExpressionError("is no date and no time")
        return self._written(match["day"], minute, second, None, match["offset"])

    def since_epoch(self, name: str, value: Any) -> str | None:
        """RFC 3339 in UTC of a number, or a text of digits, of the unit that `name` ends in; whole milliseconds."""
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ExpressionError(f"{name}() is given {kind_of(value)} where a number is wanted")
        text = value.strip() if isinstance(value, str) else f"{value:d}" if isinstance(value, int) else f"{value:.6f}"
        if _DIGITS.fullmatch(text) is None:
            raise ExpressionError(f"{name}() is given a text that is no number, or one too large")
        try:
            moment = _EPOCH + timedelta(
                milliseconds=int((Decimal(text) * _MS_OF[name]).to_integral_value("ROUND_FLOOR"))
            )
        except OverflowError:
            raise ExpressionError(f"{name}() gives no time of the years 1 to 9999; is it another unit?") from None
        written = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
        return written.removesuffix("+00:00") + "Z"

    def ms(self, value: Any) -> int | None:
        """Milliseconds since the epoch. Raises ExpressionError."""
        ms = event_time_ms(value) if type(value) is str else None
        if ms is not None:
            return ms
        text = self.rfc3339(value)
        return None if text is None else event_time_ms(text)

    def _written(self, day: str, minute: str, second: str | None, fraction: str | None, offset: str | None) -> str:
        local = f"{day}T{minute}"
        if offset is None:
            local, offset = self._local(local)
        elif offset in "Zz":
            offset = "Z"
        else:
            digits = offset[1:].replace(":", "").ljust(4, "0")
            offset = f"{offset[0]}{digits[:2]}:{digits[2:]}"
        text = f"{local}{second or ':00'}{fraction or ''}{offset}"
        if event_time_ms(text) is None:
            raise ExpressionError("is no time; there is no such day, hour or offset")
        return text

    def _local(self, minute: str) -> tuple[str, str]:
        known = self._offsets.get(minute)
        if known is not None:
            return known
        if self._zone is None:
            raise ExpressionError("has no offset; set timezone")
        try:
            naive = datetime.fromisoformat(minute)
            moment = naive.replace(tzinfo=self._zone).astimezone(UTC).astimezone(self._zone)  # moves what is left out
            written = moment.isoformat(timespec="minutes")
        except (ValueError, OverflowError):
            raise ExpressionError("is no time; there is no such day or hour") from None
        found = written[:16], written[16:]
        if len(found[1]) > 6:
            raise ExpressionError("is of a day when the offset of timezone had seconds, before standard time")
        if len(self._offsets) >= _KEPT:
            self._offsets.clear()
        self._offsets[minute] = found
        return found
