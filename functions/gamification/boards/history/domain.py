"""Where an athlete stood when a period was over. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gamification.boards.domain import Period, PeriodKind, percentile_of, period_of
from stadion.values import Value

SETTLED_AFTER: Final = timedelta(hours=48)
"""Watches are synchronized late; what comes later moves the board, not the history."""
MOST_PERIODS: Final = 60


class Stood(Value):
    period: str
    rank: int
    score: int
    total: int

    @property
    def percentile(self) -> float:
        return percentile_of(self.rank, self.total)


class Settling(Value):
    """How far the round is with a period that is over."""

    is_done: bool = False
    board: str | None = None
    """The one that it is at."""
    octave: str = ""
    after: str = ""
    """The last entry that was written, by its key."""
    counted: int = 0
    rank: int = 0
    score: int = 0
    """Of that entry."""
    revision: int = 0


@dataclass
class Count:
    """Ranks, in the order of a board: 1, 2, 2, 4."""

    position: int = 0
    rank: int = 0
    score: int = 0

    def next(self, score: int) -> int:
        self.position += 1
        if score != self.score:
            self.rank, self.score = self.position, score
        return self.rank


def to_settle(now: datetime) -> list[Period]:
    """Those that are over for two days, and not for long."""
    settled = now - SETTLED_AFTER
    found = []
    for kind in (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR):
        current = period_of(kind, settled.astimezone(UTC).date())
        before = period_of(kind, (current.start - timedelta(days=1)).date())
        found.append(before)
    return found
