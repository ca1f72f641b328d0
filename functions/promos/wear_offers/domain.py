"""When a worn pair earns an offer, and when its owner is reminded. Pure."""

from typing import Final

WORN: Final = 80
"""Per cent: from here on a pair earns an offer. At 50 it is too early, and 100 comes as a second
chance; inventory tells of no other thresholds."""
REMINDER_AFTER: Final = 0.7
"""Of the time that the code is valid."""


def is_worth_it(threshold_percent: int, component_id: str | None) -> bool:
    return component_id is None and threshold_percent >= WORN
