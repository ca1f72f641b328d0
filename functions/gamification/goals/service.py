"""Use cases: a workout moves goals; the athlete sets, changes, removes and looks at them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gamification.base.domain import Source, day_of, in_burst, joined
from gamification.base.store import ledger
from gamification.goals import store
from gamification.goals.domain import (
    MOST_GOALS,
    Days,
    Goal,
    GoalMetric,
    Goals,
    Progress,
    contribution,
    days_of,
    latest_day,
    newly_reached,
    progress,
)
from gamification.goals.errors import GoalIdTakenError, GoalNotFoundError, TooManyGoalsError
from gamification.goals.texts import PERIODS, sports_of
from gamification.xp.domain import XP_PER_DAY
from stadion.change import Change
from stadion.errors import StaleVersionError
from stadion.events.notifications import NotificationRequested
from stadion.ledger import Outcome
from stadion.postings import Posting
from stadion.retry import retry_on_conflict

KM = 1000


# --- a workout --------------------------------------------------------------------------------------------------------


def apply(source: Source) -> Outcome:
    """Counts the workout; then, whatever became of that, tells which goals are reached and were not told of yet: so a
    crash between the two is mended by the next delivery."""
    outcome = retry_on_conflict(lambda: _post(source))
    if source.is_news and source.workout is not None:
        day = day_of(source.workout)
        retry_on_conflict(lambda: _tell(source, day))
    return outcome


def _post(source: Source) -> Outcome:
    """Of the facts that are kept of this very version: what is told of an older one is told of again by a newer."""
    posting = Posting(f"goals:{source.workout_id}", source.revision)
    if source.workout is not None:
        facts = store.facts(source.user_id, source.workout_id)
        if facts is None or facts.revision != source.revision:
            return Outcome.STALE
        posting = Posting(posting.source_id, source.revision, contribution(facts))
    with Change(source.user_id, source.now) as change:
        return ledger(source.user_id).post(change, posting)


def _tell(source: Source, day: date) -> None:
    known = store.known(source.user_id)
    if not known.goals.goals:
        return
    reached = _reached(source.user_id, known, known.goals.goals, day, source.now)
    if not reached:
        return
    burst = joined(known.goals.burst, f"goals:{source.workout_id}:{source.revision}", source.now)
    told = known.goals.model_copy(update={"burst": burst})
    for goal, days in reached:
        told = told.having(goal.was_told(days))
    with Change(source.user_id, source.now) as change:
        change.replace(known.stored, told)
        change.publish(_news([goal for goal, _ in reached], in_burst(burst)))


def _reached(
    user_id: str, known: store.Known, goals: tuple[Goal, ...], day: date, now: datetime
) -> list[tuple[Goal, Days]]:
    week_start = known.athlete.week_start
    spans = [days_of(goal.period, day, week_start) for goal in goals]
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    counted = store.counted(user_id, first, min(last, latest_day(now)))
    return newly_reached(goals, day, counted, week_start, most_xp=XP_PER_DAY)


def _news(goals: list[Goal], asked: dict[str, Any]) -> NotificationRequested:
    first = goals[0]
    words = {"period": vars(PERIODS[first.period]), "sports": vars(sports_of(first.family))}
    asked = {**asked, "about": {"goal_id": first.goal_id}}
    if len(goals) > 1:
        return NotificationRequested(template="goals_reached", values={"count": len(goals)}, **asked)
    if first.metric is GoalMetric.DISTANCE:
        values = {**words, "target": first.target / KM}
        return NotificationRequested(template="goal_of_distance", values=values, **asked)
    values = {**words, "target": first.target}
    if first.metric is GoalMetric.MOVING_TIME:
        return NotificationRequested(template="goal_of_time", values=values, **asked)
    if first.metric is GoalMetric.ASCENT:
        return NotificationRequested(template="goal_of_ascent", values=values, **asked)
    if first.metric is GoalMetric.WORKOUTS:
        return NotificationRequested(template="goal_of_workouts", values=values, **asked)
    return NotificationRequested(template="goal_of_xp", values=values, **asked)


# --- the athlete ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    goal: Goal
    progress: Progress


def everything(user_id: str, now: datetime) -> list[Shown]:
    """Two requests."""
    known = store.known(user_id)
    return _shown(user_id, known, known.goals.goals, now)


def show(user_id: str, goal: Goal, known: store.Known, now: datetime) -> Shown:
    return _shown(user_id, known, (goal,), now)[0]


def find(known: store.Known, goal_id: str) -> Goal:
    goal = known.goals.find(goal_id)
    if goal is None:
        raise GoalNotFoundError
    return goal


def add(user_id: str, goal: Goal, now: datetime) -> tuple[Shown, bool]:
    """And whether it is new. The same goal again is the goal that is there."""
    return retry_on_conflict(lambda: _add(user_id, goal, now))


def _add(user_id: str, goal: Goal, now: datetime) -> tuple[Shown, bool]:
    known = store.known(user_id)
    there = known.goals.find(goal.goal_id)
    if there is not None:
        if not there.is_same(goal):
            raise GoalIdTakenError
        return show(user_id, there, known, now), False
    if len(known.goals.goals) >= MOST_GOALS:
        raise TooManyGoalsError
    shown = _begun(user_id, goal, known, now)
    with Change(user_id, now) as change:
        change.replace(known.stored, known.goals.having(shown.goal))
    return shown, True


def change(user_id: str, known: store.Known, goal: Goal, target: int, now: datetime) -> Shown:
    """Raises StaleVersionError when somebody changed goals meanwhile."""
    if target == goal.target:
        return show(user_id, goal, known, now)
    days = days_of(goal.period, _today(known, now), known.athlete.week_start)
    shown = _begun(user_id, goal.aims_at(target, days), known, now)
    _write(user_id, known, known.goals.having(shown.goal), now)
    return shown


def remove(user_id: str, known: store.Known, goal: Goal, now: datetime) -> None:
    _write(user_id, known, known.goals.without(goal.goal_id), now)


def _write(user_id: str, known: store.Known, goals: Goals, now: datetime) -> None:
    with Change(user_id, now) as change:
        change.replace(known.stored, goals, refused=StaleVersionError)


def _begun(user_id: str, goal: Goal, known: store.Known, now: datetime) -> Shown:
    """A goal that is reached from the start is no news, in this week or month."""
    shown = show(user_id, goal, known, now)
    if shown.progress.is_reached and not goal.is_told(shown.progress.days):
        return Shown(goal.was_told(shown.progress.days), shown.progress)
    return shown


def _today(known: store.Known, now: datetime) -> date:
    """Where the athlete lives."""
    return now.astimezone(known.athlete.zone).date()


def _shown(user_id: str, known: store.Known, goals: tuple[Goal, ...], now: datetime) -> list[Shown]:
    if not goals:
        return []
    today, week_start = _today(known, now), known.athlete.week_start
    spans = {goal.goal_id: days_of(goal.period, today, week_start) for goal in goals}
    first, last = min(span.first for span in spans.values()), max(span.last for span in spans.values())
    counted = store.counted(user_id, first, min(last, latest_day(now)))
    return [Shown(goal, progress(goal, spans[goal.goal_id], counted, most_xp=XP_PER_DAY)) for goal in goals]
