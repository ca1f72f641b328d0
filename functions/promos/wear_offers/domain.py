"""When a worn pair earns an offer, and when its owner is reminded. Pure."""

from datetime import datetime, timedelta
from typing import Final

WORN: Final = 80
"""Per cent: from here on a pair earns an offer. At 50 it is too early, and 100 comes as a second
chance; inventory tells of no other thresholds."""
REMINDER_AFTER: Final = 0.7
"""Of the time that the code is valid."""
LONGEST_WAIT: Final = timedelta(days=360)
"""Of the workflow: an execution of Step Functions lives a year at most. A code may be good for longer; nobody waits for
its end then."""


def waits(issued_at: datetime, expires_at: datetime) -> tuple[datetime, datetime]:
    """When its owner is reminded, and until when the workflow looks at the offer."""
    ends_at = min(expires_at, issued_at + LONGEST_WAIT)
    return issued_at + (ends_at - issued_at) * REMINDER_AFTER, ends_at


def is_worth_it(threshold_percent: int, component_id: str | None) -> bool:
    return component_id is None and threshold_percent >= WORN
