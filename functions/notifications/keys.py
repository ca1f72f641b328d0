"""Keys that several wings' items have, and how long they stay."""

from datetime import datetime, timedelta

KEPT_FOR = timedelta(days=180)
COUNTED_FOR = timedelta(days=40)


def user(user_id: str) -> str:
    return f"USER#{user_id}"


def expiry(now: datetime) -> int:
    return int((now + KEPT_FOR).timestamp())
