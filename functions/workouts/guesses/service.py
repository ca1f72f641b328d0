"""Use case: the inbox asks about a sport that was guessed."""

from datetime import datetime

from stadion.change import Change
from workouts import store
from workouts.guesses.domain import question


def ask(user_id: str, workout_id: str, now: datetime) -> bool:
    """As the workout is now: not when the athlete was faster, or deleted it."""
    workout = store.find(user_id, workout_id)
    asked = question(workout, now) if workout is not None else None
    if asked is None:
        return False
    with Change(user_id, now) as change:
        change.publish(asked)
    return True
