"""Use case: what the athlete's diary comes to over days."""

from datetime import date, datetime
from typing import Final

from stadion.clock import local_date
from stadion.consents import health_among
from stadion.sports import SportType
from workouts.base.entry import Entry
from workouts.lists import index_service
from workouts.lists.errors import DiaryIsBeingListedError
from workouts.totals import store
from workouts.totals.domain import (
    Days,
    DiaryTotals,
    Sums,
    Tally,
    Totals,
    TotalsPeriod,
    days_asked,
    days_before,
    periods_of,
    totals_of,
)

EASTERNMOST: Final = "Pacific/Kiritimati"
"""Where a day begins first."""
LOOKS: Final = 4
"""At an index that is built anew meanwhile."""


def totals(
    user_id: str,
    first: date | None,
    last: date | None,
    sports: frozenset[SportType],
    now: datetime,
    *,
    by: TotalsPeriod | None = None,
) -> DiaryTotals:
    """`sports` empty: all of them. Raises `TotalsRangeError` and `DiaryIsBeingListedError`."""
    known = _known(user_id, now)
    for _ in range(LOOKS):
        person = known.person
        today = local_date(now, person.known_zone or "UTC")
        days = days_asked(first, last, today, local_date(now, EASTERNMOST), by, person.week_start)
        before = days_before(days, by, person.week_start)
        generation = known.state.generation
        try:
            entries = store.around(user_id, Days(before.first, days.last), generation)
        except store.OtherIndexError:
            again = _known(user_id, now)
            if again.state.generation != generation:
                known = again
                continue
            entries = store.around(user_id, Days(before.first, days.last), generation, is_sure=True)

        return _summed_up(known, entries, sports, days, before, by)
    raise DiaryIsBeingListedError(retry_after_s=1)


def _summed_up(
    known: store.Known,
    entries: list[Entry],
    sports: frozenset[SportType],
    days: Days,
    before: Days,
    by: TotalsPeriod | None,
) -> DiaryTotals:
    person, agrees = known.person, known.person.agrees

    def over(some: Days) -> Totals:
        return totals_of(entries, some, sports, agrees=agrees)

    return DiaryTotals(
        asked=over(days),
        before=over(before),
        periods=[over(period) for period in periods_of(days, by, person.week_start)],
        all_time=_all_time(known, sports),
        dropped=() if agrees else tuple(health_among(Sums.model_fields)),
    )


def _all_time(known: store.Known, sports: frozenset[SportType]) -> Totals:
    tally = Tally(agrees=known.person.agrees)
    for one in known.sums:
        if not sports or one.sport_type in sports:
            tally.add(one.sport_type, one.standing, one.amounts)
    return tally.totals(None)


def _known(user_id: str, now: datetime) -> store.Known:
    found = store.known(user_id)
    if not found.state.is_listed:
        index_service.build_or_ask(user_id, now)
        found = store.known(user_id)
    return found
