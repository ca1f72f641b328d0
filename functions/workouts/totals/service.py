"""Use case: what the athlete's diary comes to over days."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from stadion.clock import local_date
from stadion.consents import health_among
from stadion.sports import SportType
from workouts.athletes import service as athletes
from workouts.domain import shown
from workouts.totals import store
from workouts.totals.domain import DiaryTotals, Sums, days_asked, totals_of

EASTERNMOST: Final = "Pacific/Kiritimati"
"""Where a day begins first."""


def totals(
    user_id: str, first: date | None, last: date | None, sport_type: SportType | None, now: datetime
) -> DiaryTotals:
    """Raises `TotalsRangeError`."""
    person = athletes.person(user_id)
    today = local_date(now, person.known_zone or "UTC")
    days = days_asked(first, last, today, local_date(now, EASTERNMOST))
    workouts = (shown(workout, agrees=person.agrees) for workout in store.around(user_id, days))
    found = totals_of(workouts, days, sport_type)
    return found if person.agrees else replace(found, dropped=tuple(health_among(Sums.model_fields)))
