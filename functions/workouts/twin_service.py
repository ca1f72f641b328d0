"""A workout that is in the diary already: how it is found, and what is looked at again when it moved meanwhile."""

from stadion.errors import NotFoundError, StaleVersionError
from workouts import store
from workouts.domain import Workout
from workouts.matching import Fingerprint, is_same_workout

MOVED = (StaleVersionError, NotFoundError)
"""A revision that moved under a merge is looked at again, like a slot that moved."""


def find_twin(slots: store.Slots, fingerprint: Fingerprint, *, but: str | None = None) -> str | None:
    for workout_id, other in slots.neighbours(fingerprint):
        if workout_id != but and is_same_workout(fingerprint, other):
            return workout_id
    return None


def with_join(slots: store.Slots, twin: Workout, joined: Workout) -> store.Slots:
    """The slots of both starts as well, since a join may move it."""
    slots.widen(store.slots_of(twin, joined))
    return slots
