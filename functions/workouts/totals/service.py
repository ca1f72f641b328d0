"""Use case: what the athlete's diary comes to over days."""

from datetime import date, datetime
from typing import Final

from stadion.clock import local_date
from stadion.sports import SportType
from workouts.athletes import service as athletes
from workouts.totals import store
from workouts.totals.domain import DiaryTotals, days_asked, totals_of

EASTERNMOST: Final = "Pacific/Kiritimati"
"""Where a day begins first."""


def totals(
    user_id: str, first: date | None, last: date | None, sport_type: SportType | None, now: datetime
) -> DiaryTotals:
    """Raises `TotalsRangeError`."""
    today = local_date(now, athletes.zone_of(user_id) or "UTC")
    days = days_asked(first, last, today, local_date(now, EASTERNMOST))
    return totals_of(store.around(user_id, days), days, sport_type)
