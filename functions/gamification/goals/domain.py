"""What a goal is, and how far its week or month has come. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime

from gamification.base.domain import Burst, Facts
from stadion.postings import Amounts
from stadion.sports import Family, sport
from stadion.values import Value
from stadion.weeks import WeekStart

MOST_GOALS: Final = 10
PREFIX: Final = "GOALS#"
PARTS: Final = 1000
"""Amounts are whole thousandths, which is what workouts are measured in."""
FARTHEST_AHEAD: Final = timedelta(hours=14)
"""Of UTC: the zone in which a day begins first."""


FARTHEST_BEHIND: Final = timedelta(hours=12)
"""UTC: the zone in which a day ends last."""


class GoalMetric(StrEnum):
    DISTANCE = "distance"
    MOVING_TIME = "moving_time"
    ASCENT = "ascent"
    WORKOUTS = "workouts"
    XP = "xp"


class GoalPeriod(StrEnum):
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Days:
    """From the first to the last one, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def days_of(period: GoalPeriod, day: date, week_start: WeekStart) -> Days:
    """The athlete's own week or month that the day is in."""
    if period is GoalPeriod.WEEK:
        first = week_start.first_day(day)
        return Days(first, first + timedelta(days=6))
    following = day.replace(day=28) + timedelta(days=4)
    return Days(day.replace(day=1), following - timedelta(days=following.day))


TOLD_KEPT: Final = 6
HALF_A_WEEK: Final = timedelta(days=3)


class Goal(Value):
    goal_id: str
    revision: int = 1
    metric: GoalMetric
    period: GoalPeriod
    family: Family | None = None
    """None: all sports."""
    target: int
    """In metres, seconds, workouts or XP."""
    created_at: AwareDatetime
    told: tuple[date, ...] = ()
    """First days of the weeks or months in which it was told that it is reached, the last few."""

    def is_same(self, other: "Goal") -> bool:
        """What the athlete says of them."""
        said = {"goal_id", "metric", "period", "family", "target"}
        return self.model_dump(include=said) == other.model_dump(include=said)

    def is_told(self, days: Days) -> bool:
        """Also in the week of another `week_start` that most of it was in."""
        return any(abs(first - days.first) <= HALF_A_WEEK for first in self.told)

    def was_told(self, days: Days) -> "Goal":
        return self.model_copy(update={"told": (*self.told, days.first)[-TOLD_KEPT:]})

    def stands_in(self, days: Days) -> bool:
        """It was set before they were over, wherever the athlete lived."""
        return days.last >= (self.created_at - FARTHEST_BEHIND).date()

    def aims_at(self, target: int, days: Days) -> "Goal":
        """Another target is news anew, from the week or month on that it is now."""
        told = tuple(first for first in self.told if first < days.first - HALF_A_WEEK)
        return self.model_copy(update={"target": target, "revision": self.revision + 1, "told": told})


class Goals(Value):
    """All goals of an athlete, in the order in which they were set."""

    goals: tuple[Goal, ...] = ()
    burst: Burst | None = None

    def find(self, goal_id: str) -> Goal | None:
        return next((goal for goal in self.goals if goal.goal_id == goal_id), None)

    def having(self, goal: Goal) -> "Goals":
        """In the place of what it was, or as the last one."""
        others = tuple(one for one in self.goals if one.goal_id != goal.goal_id)
        if len(others) == len(self.goals):
            return self.model_copy(update={"goals": (*others, goal)})
        return self.model_copy(
            update={"goals": tuple(goal if one.goal_id == goal.goal_id else one for one in self.goals)}
        )

    def without(self, goal_id: str) -> "Goals":
        return self.model_copy(update={"goals": tuple(one for one in self.goals if one.goal_id != goal_id)})


# --- what the ledger counts -------------------------------------------------------------------------------------------


def account_of(day: date) -> str:
    """One for each of the athlete's own days."""
    return f"{PREFIX}{day}"


def day_of(account: str) -> date:
    return date.fromisoformat(account.removeprefix(PREFIX))


def contribution(facts: Facts) -> dict[str, Amounts]:
    """Of all metrics, whether or not somebody has a goal: one that is set later finds them."""
    if not facts.counts:
        return {}
    amounts = {
        GoalMetric.DISTANCE: round((facts.distance_m or 0) * PARTS),
        GoalMetric.MOVING_TIME: round(facts.moving_time_s * PARTS),
        GoalMetric.ASCENT: round((facts.ascent_m or 0) * PARTS),
        GoalMetric.WORKOUTS: PARTS,
        GoalMetric.XP: facts.xp * PARTS,
    }
    family = sport(facts.sport_type).family
    return {account_of(facts.day): {_measure(family, name): amount for name, amount in amounts.items() if amount}}


def _measure(family: Family, metric: GoalMetric) -> str:
    return f"{family.value}.{metric.value}"


# --- progress ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    days: Days
    thousandths: int
    target: int

    @property
    def value(self) -> float:
        return self.thousandths / PARTS

    @property
    def is_reached(self) -> bool:
        return self.thousandths >= self.target * PARTS


def progress(goal: Goal, days: Days, counted: Mapping[date, Amounts], *, most_xp: int) -> Progress:
    """`counted`: by the athlete's own days. A day counts up to `most_xp`."""
    families = [goal.family] if goal.family is not None else list(Family)
    measures = [_measure(family, goal.metric) for family in families]
    each = (sum(amounts.get(name, 0) for name in measures) for day, amounts in counted.items() if day in days)
    cap = most_xp * PARTS if goal.metric is GoalMetric.XP else None
    return Progress(days, sum(min(cap, one) if cap is not None else one for one in each), goal.target)


def newly_reached(
    goals: Iterable[Goal], day: date, counted: Mapping[date, Amounts], week_start: WeekStart, *, most_xp: int
) -> list[tuple[Goal, Days]]:
    """In the week or month of the day, and not told of yet."""
    found = []
    for goal in goals:
        days = days_of(goal.period, day, week_start)
        is_news = not goal.is_told(days) and goal.stands_in(days)
        if is_news and progress(goal, days, counted, most_xp=most_xp).is_reached:
            found.append((goal, days))
    return found


def latest_day(now: datetime) -> date:
    """That it is anywhere: what is later is yet to come."""
    return (now + FARTHEST_AHEAD).date()
