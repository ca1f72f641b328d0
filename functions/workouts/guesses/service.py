"""Use case: the inbox asks about a sport that was guessed."""

from datetime import datetime

from stadion.change import Change
from workouts import store
from workouts.errors import WorkoutNotFoundError
from workouts.guesses.domain import question


def ask(user_id: str, workout_id: str, now: datetime) -> bool:
    """As the workout is now: not when the athlete was faster, or deleted it."""
    try:
        asked = question(store.get(user_id, workout_id), now)
    except WorkoutNotFoundError:
        return False
    if asked is None:
        return False
    with Change(user_id, now) as change:
        change.publish(asked)
    return True
