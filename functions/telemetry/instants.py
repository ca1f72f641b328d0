"""Moments: as milliseconds since 1970, and as the API is asked with them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

YEARS: Final = range(1990, 2200)


def epoch_ms(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def at(moment_ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment_ms)


def read_moment(text: str, *, is_end: bool) -> datetime:
    """A date as its beginning, or as its end; `ValueError`. A plus that was not escaped has become a space."""
    if not text[:4].isdecimal() or int(text[:4]) not in YEARS:
        raise ValueError("out of the calendar")
    if len(text) == len("2026-11-21"):
        return _midnight(date.fromisoformat(text) + timedelta(days=int(is_end)))
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError("without a zone")
    return moment.astimezone(UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
