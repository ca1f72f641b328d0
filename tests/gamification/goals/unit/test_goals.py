"""Goals by the athlete's own weeks and months."""

import random
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gamification.base.domain import Facts
from gamification.goals.domain import (
    TOLD_KEPT,
    Days,
    Goal,
    GoalMetric,
    GoalPeriod,
    Goals,
    contribution,
    day_of,
    days_of,
    newly_reached,
    progress,
)
from gamification.goals.texts import FAMILIES
from stadion.postings import Amounts
from stadion.sports import Family, SportType, sport
from stadion.weeks import WeekStart
from tests.kit.size import SEED, sized

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
MOST_XP = 300


def goal(metric: str = "distance", period: str = "week", target: int = 10_000, **more: Any) -> Goal:
    return Goal(
        goal_id="g-1", metric=GoalMetric(metric), period=GoalPeriod(period), target=target, created_at=NOW, **more
    )


def facts(day: str = "2026-11-20", **more: Any) -> Facts:
    known: dict[str, Any] = {
        "workout_id": "w-1",
        "revision": 1,
        "occurred_at": NOW,
        "sport_type": SportType.RUN,
        "started_at": datetime.fromisoformat(f"{day}T08:00:00Z"),
        "time_zone": "UTC",
        "elapsed_time_s": 3600.0,
        "moving_time_s": 3500.5,
        "distance_m": 10_000.125,
        "ascent_m": 120.0,
        "origin": "manual",
        "counts": True,
        "xp": 60,
    }
    return Facts(**(known | more))


def counted(*workouts: Facts) -> Mapping[date, Amounts]:
    days: dict[date, Counter[str]] = {}
    for one in workouts:
        for account, amounts in contribution(one).items():
            days.setdefault(day_of(account), Counter()).update(amounts)
    return days


@pytest.mark.parametrize(
    ("period", "day", "week_start", "first", "last"),
    [
        ("week", "2026-11-20", WeekStart.MONDAY, "2026-11-16", "2026-11-22"),
        ("week", "2026-11-22", WeekStart.SUNDAY, "2026-11-22", "2026-11-28"),
        ("week", "2026-12-31", WeekStart.SATURDAY, "2026-12-26", "2027-01-01"),
        ("month", "2028-02-10", WeekStart.MONDAY, "2028-02-01", "2028-02-29"),
        ("month", "2026-12-31", WeekStart.MONDAY, "2026-12-01", "2026-12-31"),
    ],
)
def test_a_goal_is_of_the_athletes_own_week_or_month(
    period: str, day: str, week_start: WeekStart, first: str, last: str
) -> None:
    days = days_of(GoalPeriod(period), date.fromisoformat(day), week_start)
    assert days == Days(date.fromisoformat(first), date.fromisoformat(last))


def test_a_workout_counts_on_its_own_day_for_every_metric() -> None:
    late = facts(started_at=datetime(2026, 11, 20, 23, tzinfo=UTC), time_zone="Asia/Vladivostok")
    assert contribution(late) == {
        "GOALS#2026-11-21": {
            "run.distance": 10_000_125,
            "run.moving_time": 3_500_500,
            "run.ascent": 120_000,
            "run.workouts": 1000,
            "run.xp": 60_000,
        }
    }
    assert contribution(facts(counts=False)) == {}
    assert contribution(facts(distance_m=None, ascent_m=0.0, xp=0))["GOALS#2026-11-20"].keys() == {
        "run.moving_time",
        "run.workouts",
    }


def test_a_goal_of_a_sport_counts_its_family_and_one_of_all_counts_everything() -> None:
    week = counted(facts(), facts(sport_type=SportType.TRAIL_RUN), facts(sport_type=SportType.RIDE))
    days = days_of(GoalPeriod.WEEK, date(2026, 11, 20), WeekStart.MONDAY)
    assert progress(goal(), days, week, most_xp=MOST_XP).value == 30_000.375
    assert progress(goal(family=Family.RUN), days, week, most_xp=MOST_XP).value == 20_000.25


def test_xp_count_up_to_the_cap_of_each_day() -> None:
    week = counted(facts(xp=250), facts(xp=250), facts("2026-11-21", xp=250), facts("2026-11-23", xp=250))
    days = days_of(GoalPeriod.WEEK, date(2026, 11, 20), WeekStart.MONDAY)
    assert progress(goal("xp"), days, week, most_xp=MOST_XP).value == 550


def test_a_goal_is_told_once_in_a_week_and_again_in_the_next() -> None:
    week, day = counted(facts()), date(2026, 11, 20)
    [(reached, days)] = newly_reached([goal()], day, week, WeekStart.MONDAY, most_xp=MOST_XP)
    told = reached.was_told(days)
    assert newly_reached([told], day, week, WeekStart.MONDAY, most_xp=MOST_XP) == []
    following = counted(facts("2026-11-27"))
    assert newly_reached([told], date(2026, 11, 27), following, WeekStart.MONDAY, most_xp=MOST_XP)
    for _ in range(20):
        told = told.was_told(days)
    assert len(told.told) == TOLD_KEPT


def test_goals_keep_their_order() -> None:
    one, two = goal(), goal().model_copy(update={"goal_id": "g-2"})
    both = Goals().having(one).having(two).having(one.model_copy(update={"target": 5}))
    assert [(it.goal_id, it.target) for it in both.goals] == [("g-1", 5), ("g-2", 10_000)]
    assert both.without("g-1").goals == (two,)


def test_every_family_has_words() -> None:
    assert set(FAMILIES) == set(Family)


def test_progress_equals_a_plain_sum_over_the_workouts() -> None:
    draw = random.Random(SEED)
    for _ in range(sized(small=200, large=5_000)):
        workouts = [
            facts(
                str(date(2026, 10, 20) + timedelta(draw.randint(0, 50))),
                sport_type=draw.choice(list(SportType)),
                distance_m=draw.choice([None, round(draw.uniform(0, 50_000), 3)]),
                counts=draw.random() < 0.9,
                xp=draw.randint(0, 200),
            )
            for _ in range(draw.randint(0, 40))
        ]
        period, day = draw.choice(list(GoalPeriod)), date(2026, 11, draw.randint(1, 30))
        family, start = draw.choice([None, Family.RUN, Family.GYM]), draw.choice(list(WeekStart))
        days = days_of(period, day, start)
        mine = [
            one for one in workouts if one.counts and one.day in days and family in {None, sport(one.sport_type).family}
        ]
        week = counted(*workouts)
        found = progress(goal("distance", family=family), days, week, most_xp=MOST_XP)
        assert found.thousandths == sum(round((one.distance_m or 0) * 1000) for one in mine)
        by_day: Counter[date] = Counter()
        for one in mine:
            by_day[one.day] += one.xp
        found = progress(goal("xp", family=family), days, week, most_xp=MOST_XP)
        assert found.value == sum(min(MOST_XP, xp) for xp in by_day.values())
