"""Who stayed: athletes by the week in which they registered, and how many recorded a workout in each week since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from promos.athletes import store as athletes
from promos.facts import Athlete
from promos.targeting import Needs
from stadion.clock import local_date

WEEKS = 12
"""Of a cohort, its first included."""
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cohorts:
    """Athletes by the week in which they registered, of one page of athletes."""

    looked_at: int
    by_week: Mapping[str, list[int]]
    """Monday -> athletes, and the active ones of week 0, 1, …"""
    next_cursor: str | None


def page(*, limit: int, cursor: str | None, now: datetime) -> Cohorts:
    """Of those who agree to be counted. Weeks that are not over yet count as far as they have come."""
    listed = athletes.page(limit=limit, cursor=cursor)
    found: dict[str, list[int]] = {}
    for user_id, known in listed.items:
        today = local_date(now, known.time_zone)
        if not known.may_be_counted or known.registered_on is None or known.registered_on > today:
            continue
        cohort = monday(known.registered_on)
        weeks = min(WEEKS, (monday(today) - cohort) // A_WEEK + 1)
        counts = found.setdefault(cohort.isoformat(), [0] * (weeks + 1))
        counts[0] += 1
        for week in _active_weeks(user_id, known, cohort, today):
            counts[week + 1] += 1
    return Cohorts(len(listed.items), found, listed.next_cursor)


def _active_weeks(user_id: str, known: Athlete, cohort: date, today: date) -> set[int]:
    needs = Needs(activity_days=(today - cohort).days + 1)
    active = athletes.facts(user_id, known, needs, today).activity
    weeks = {(monday(day) - cohort) // A_WEEK for day, amounts in active.items() if any(amounts.values())}
    return {week for week in weeks if 0 <= week < WEEKS}


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
