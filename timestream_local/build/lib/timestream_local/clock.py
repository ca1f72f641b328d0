"""Time as an argument: aware UTC outside, microseconds since 1970 inside."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def system_clock() -> datetime:
    return datetime.now(UTC)


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def seconds(moment_us: int) -> float:
    """The JSON protocol's timestamps are seconds since 1970."""
    return moment_us / 1e6


def text(moment_us: int) -> str:
    """As Timestream prints a TIMESTAMP: no zone, nine digits."""
    moment = EPOCH + timedelta(microseconds=moment_us)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond:06d}000"
