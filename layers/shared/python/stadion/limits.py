"""Limits in number that hold, however many ask at once.

Who counts and then writes lets two that counted at the same time both write. So every addition replaces a guard, on
the revision that was read before the counting; of two, one looks again.

    limits.add(COUNTED.at(partner_id), lambda: _room_for(endpoint), now)
"""

from collections.abc import Callable
from datetime import datetime

from stadion.change import Change
from stadion.records import Place
from stadion.retry import retry_on_conflict
from stadion.values import Value


class Guard(Value):
    """That something was added; its revision counts how often."""


def add(
    guard: Place[Guard], wanted: Callable[[], Callable[[Change], None]], now: datetime, *, user_id: str | None = None
) -> None:
    """`wanted` counts, raises when there is no room, and answers what writes the addition."""

    def once() -> None:
        seen = guard.read()
        put = wanted()
        with Change(user_id, now) as change:
            change.replace(seen, Guard())
            put(change)

    retry_on_conflict(once)
