"""The days and moments that questions are about."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from stadion.clock import local_date
from telemetry.athletes import store as athlete_store
from telemetry.errors import TelemetryRangeError
from telemetry.instants import YEARS, read_moment
from telemetry.metrics.errors import MetricsRangeError
from telemetry.timeseries.domain import MAX_SERIES
from telemetry.timeseries.port import Span

MAX_DAYS: Final = 731
USUAL_DAYS: Final = 42


def span(user_id: str, first: str | None, last: str | None, now: datetime) -> Span:
    """Six weeks until the athlete's today when nothing is said; `MetricsRangeError`."""
    end = _day(last, "query:to") if last else local_date(now, athlete_store.person(user_id).time_zone)
    start = _day(first, "query:from") if first else end - timedelta(days=USUAL_DAYS - 1)
    if not 0 <= (end - start).days < MAX_DAYS:
        raise MetricsRangeError(pointer="query:from", days=MAX_DAYS)
    return Span(start, end)


def moments(since: str | None, until: str | None, now: datetime) -> tuple[datetime, datetime]:
    """The last day when nothing is said; `TelemetryRangeError`."""
    ends = _moment(until, is_end=True) if until else now
    begins = _moment(since, is_end=False) if since else ends - timedelta(days=1)
    return begins, ends


def _moment(text: str, *, is_end: bool) -> datetime:
    try:
        return read_moment(text, is_end=is_end)
    except ValueError:
        pointer = "query:to" if is_end else "query:from"
        raise TelemetryRangeError(pointer=pointer, days=MAX_SERIES.days) from None


def days(span_: Span) -> Iterator[date]:
    for number in range((span_.last - span_.first).days + 1):
        yield span_.first + timedelta(days=number)


def _day(text: str, pointer: str) -> date:
    """Only as 2026-11-21: Python would read weeks and days without their dashes, too."""
    try:
        found = date.fromisoformat(text)
        if len(text) == len("2026-11-21") and found.isoformat() == text and found.year in YEARS:
            return found
    except ValueError:
        pass
    raise MetricsRangeError(pointer=pointer, days=MAX_DAYS)
