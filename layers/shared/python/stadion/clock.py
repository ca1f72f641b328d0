"""The one place that reads the clock: everything else takes the time as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """UTC with milliseconds and a `Z`, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_date(moment: datetime, time_zone: str) -> date:
    """The athlete's day: the only conversion from an instant to a calendar date."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
