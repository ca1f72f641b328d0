"""Use cases: a workout moves streaks; the athlete looks at them, and sets their rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gamification.base.domain import Source, in_burst, joined
from gamification.base.store import ledger
from gamification.streaks import store
from gamification.streaks.domain import (
    Diary,
    Rules,
    Settings,
    Standing,
    Streaks,
    StreakUnit,
    account_of,
    measure_of,
    milestone,
    starts_of,
    streaks,
)
from stadion.change import Change
from stadion.errors import StaleVersionError
from stadion.events.notifications import NotificationRequested
from stadion.events.workouts import WorkoutFacts, WorkoutUse
from stadion.ledger import Outcome
from stadion.postings import Amounts, Posting
from stadion.retry import retry_on_conflict


def apply(source: Source) -> Outcome:
    """Counts the start of the workout; then, whatever became of that, tells what is reached and was not told yet: so a
    crash between the two is mended by the next delivery."""
    outcome = retry_on_conflict(lambda: _post(source))
    retry_on_conflict(lambda: _stand(source))
    return outcome


def _post(source: Source) -> Outcome:
    posting = Posting(f"streaks:{source.workout_id}", source.revision, _contribution(source.workout))
    with Change(source.user_id, source.now) as change:
        return ledger(source.user_id).post(change, posting)


def _contribution(workout: WorkoutFacts | None) -> dict[str, Amounts]:
    if workout is None or not workout.counts_for(WorkoutUse.PLAY):
        return {}
    local = workout.started_at.astimezone(ZoneInfo(workout.time_zone))
    return {account_of(local): {measure_of(local): 1}}


def _stand(source: Source) -> None:
    known = store.known(source.user_id)
    found = _counted(source.user_id, known, source.now)
    before = known.standing.value or Standing()
    standing = before.model_copy(update={"best": {StreakUnit(unit): best for unit, best in found.bests.items()}})
    unit = (known.settings.value or Settings()).current.unit
    reached = milestone(found.of(unit), before.announced.get(unit, 0)) if source.is_news else None
    with Change(source.user_id, source.now) as change:
        if reached is not None:
            burst = joined(before.burst, f"streak:{unit}:{reached}", source.now)
            standing = standing.model_copy(
                update={"announced": {**before.announced, unit: reached}, "burst": burst},
            )
            change.publish(_news(unit, reached, in_burst(burst)))
        if standing != before:
            change.replace(known.standing, standing)


def _news(unit: StreakUnit, reached: int, asked: dict[str, Any]) -> NotificationRequested:
    asked = {**asked, "values": {"count": reached}, "about": {"streak": unit.value}}
    if unit is StreakUnit.DAY:
        return NotificationRequested(template="streak_of_days", **asked)
    return NotificationRequested(template="streak_of_weeks", **asked)


def bests(user_id: str) -> dict[str, int]:
    """The longest streaks of days and of weeks that the diary holds, as of the last workout: one request."""
    found = store.STANDINGS.find(user_id) or Standing()
    return {unit.value: found.best.get(unit, 0) for unit in StreakUnit}


@dataclass(frozen=True)
class Shown:
    streaks: Streaks
    settings: Settings
    revision: int
    """Of the settings."""


def show(user_id: str, now: datetime) -> Shown:
    """Two requests."""
    return _shown(user_id, store.known(user_id), now)


def set_rules(user_id: str, known: store.Known, rules: dict[str, Any], now: datetime) -> Shown:
    """From the athlete's today on. Raises StaleVersionError when somebody set others meanwhile."""
    settings = known.settings.value or Settings()
    diary = _diary(user_id, known, now)
    changed = settings.changed(Rules(since=diary.today, **rules))
    with Change(user_id, now) as change:
        change.replace(known.settings, changed, refused=StaleVersionError)
    found = streaks(diary.under(changed))
    return Shown(found, changed, known.settings.next_revision)


def _shown(user_id: str, known: store.Known, now: datetime) -> Shown:
    found = _counted(user_id, known, now)
    return Shown(found, known.settings.value or Settings(), known.settings.revision or 0)


def _counted(user_id: str, known: store.Known, now: datetime) -> Streaks:
    return streaks(_diary(user_id, known, now))


def _diary(user_id: str, known: store.Known, now: datetime) -> Diary:
    at_home = now.astimezone(known.athlete.zone).utcoffset() or timedelta()
    starts = starts_of(store.accounts(user_id))
    return Diary.of(starts, known.settings.value or Settings(), known.athlete.week_start, now, at_home)
