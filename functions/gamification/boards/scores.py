"""What an athlete has on boards, out of the days that the ledger keeps of them. Pure.

A day of the world (UTC) is an account of raw amounts, each named by the place that the athlete had, the sport's family
and the metric. A score of a period is the sum of its days, of which XP counts up to a cap.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from gamification.base.domain import Facts
from gamification.boards.domain import WHOLE, BoardMetric, Period, PeriodKind, Place, city_slug, period_of
from stadion.postings import Amounts
from stadion.sports import Family, sport

XP_PER_DAY: Final = 300
"""Of each board."""
CLOCKS_DIFFER: Final = timedelta(minutes=15)
ACCOUNT: Final = "boards:"
Scored = dict[str, tuple[int, int]]
"""`scope|family|metric` -> the score, and when it was reached (ms of the epoch)."""
Reached = Mapping[str, int]
"""Amount -> when it was moved last (ms)."""


@dataclass(frozen=True)
class Day:
    day: date
    amounts: Amounts
    reached: Reached


def source_of(workout_id: str) -> str:
    return f"{ACCOUNT}{workout_id}"


def account_of(day: date) -> str:
    return f"{ACCOUNT}{day.isoformat()}"


def day_of_account(name: str) -> date:
    return date.fromisoformat(name.removeprefix(ACCOUNT))


def is_account(name: str) -> bool:
    return name.startswith(ACCOUNT)


def counts(facts: Facts) -> bool:
    """Recorded, nothing doubtful in it, and not from the future."""
    return facts.counts and not facts.is_manual and facts.started_at <= facts.occurred_at + CLOCKS_DIFFER


def contribution(facts: Facts, place: Place) -> dict[str, Amounts]:
    where, family = _written(place), sport(facts.sport_type).family
    amounts = {
        BoardMetric.XP: facts.xp,
        BoardMetric.DISTANCE: _recorded(facts, "distance_m"),
        BoardMetric.MOVING_TIME: round(facts.moving_time_s),
        BoardMetric.ASCENT: _recorded(facts, "ascent_m"),
        BoardMetric.WORKOUTS: 1,
    }
    named = {f"{where}|{family}|{metric}": amount for metric, amount in amounts.items() if amount > 0}
    return {account_of(facts.utc_day): named}


def _recorded(facts: Facts, name: str) -> int:
    """Nothing of what was typed in beside a recording."""
    return round(getattr(facts, name) or 0) if name not in facts.by_hand else 0


def place_in(contribution: Mapping[str, Amounts], day: date) -> Place | None:
    """That an earlier version of the workout counted for on that day: a correction moves it nowhere else."""
    for name in contribution.get(account_of(day), {}):
        country, region, city = name.split("|")[0].split("/")
        return Place(country or None, region or None, city or None)
    return None


def _written(place: Place) -> str:
    city = city_slug(place.city) if place.city and place.city.strip() else ""
    return f"{place.country or ''}/{place.region or ''}/{city}"


# --- days to scores -------------------------------------------------------------------------------------------------


def of_day(day: Day) -> Scored:
    """What one day counts on each board."""
    sums: dict[str, int] = defaultdict(int)
    moments: dict[str, int] = {}
    for name, amount in day.amounts.items():
        where, family, metric = name.split("|")
        country, region, city = where.split("/")
        families = (WHOLE,) if family == Family.UNKNOWN else (WHOLE, family)
        for scope in Place(country or None, region or None, city or None).scopes:
            for one in families:
                key = f"{scope}|{one}|{metric}"
                sums[key] += amount
                moments[key] = max(moments.get(key, 0), day.reached.get(name, 0))
    return {key: (_capped(key, total), moments[key]) for key, total in sums.items()}


def _capped(key: str, total: int) -> int:
    return min(XP_PER_DAY, total) if key.endswith(f"|{BoardMetric.XP}") else total


def total(days: Iterable[Day], wanted: Callable[[str], bool]) -> Scored:
    """Of all of them: what `moved` comes to step by step."""
    found: Scored = {}
    for day in days:
        found = _added(found, of_day(day), {}, wanted)
    return found


def moved(known: Scored, before: Day, after: Day, wanted: Callable[[str], bool]) -> Scored:
    """The scores of a period, when one of its days was `before` and is `after`."""
    return _added(known, of_day(after), of_day(before), wanted)


def _added(known: Scored, plus: Scored, minus: Scored, wanted: Callable[[str], bool]) -> Scored:
    found = dict(known)
    for key, (score, reached) in plus.items():
        if (score, reached) != minus.get(key) and (wanted(key) or key in known):
            old_score, old_reached = found.get(key, (0, 0))
            found[key] = (old_score + score - minus.get(key, (0, 0))[0], max(old_reached, reached))
    return found


def periods_of(day: date) -> tuple[Period, ...]:
    return tuple(period_of(kind, day) for kind in PeriodKind)


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
