"""Times as people type them: `2h`, or an RFC 3339 time."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from stadion_cli.base.errors import UsageError

DURATION: Final = re.compile(r"^(\d+)(s|m|h|d)$")
SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(text: str) -> timedelta:
    found = DURATION.match(text)
    if not found:
        raise UsageError(f"{text!r} is not a duration.", hint="30s, 5m, 2h or 1d")
    return timedelta(seconds=int(found[1]) * SECONDS[found[2]])


def moment(text: str, now: datetime) -> datetime:
    """`2h` ago, or an RFC 3339 time; without an offset it is UTC."""
    try:
        return now - parse_duration(text)
    except UsageError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no time.", hint="2h (ago), or 2026-11-21T06:30:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)
