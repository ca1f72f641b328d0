"""Use cases of photos: announce one, take it in, describe and order them, remove one.

They stand in their workout's item, so that a workout is shown, listed and deleted with them in no request more. They
are no edit of the workout: its revision stays, others hear of nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from stadion.change import Change
from stadion.idempotency import IdempotencyKey
from stadion.retry import retry_on_conflict
from stadion.values import PresignedPost
from workouts import store
from workouts.domain import Photo, PhotoLinks, PhotoStatus, Workout
from workouts.errors import WorkoutNotFoundError
from workouts.photos import picture_store
from workouts.photos.domain import photo_of, with_new, with_photo, without
from workouts.photos.errors import PhotoNotFoundError
from workouts.photos.picture_store import Place
from workouts.quotas import store as quotas
from workouts.quotas.domain import BYTES
from workouts.reasons import Reason

Answer = Callable[[Photo, PresignedPost], Mapping[str, Any]]
"""What a client is told, for its idempotency key."""


def announce(
    user_id: str,
    workout_id: str,
    photo: Photo,
    content_type: str,
    *,
    key: IdempotencyKey | None,
    answer: Answer,
    now: datetime,
) -> PresignedPost:
    form = picture_store.form(Place(user_id, workout_id, photo.photo_id), content_type, now)

    def once() -> None:
        workout = store.get(user_id, workout_id)
        with Change(user_id, now, key) as change:
            change.remember(status=201, answer=answer(photo, form))
            store.note_photos(change, workout, with_new(workout, photo, now))

    retry_on_conflict(once)
    return form


def links(workout: Workout, photo: Photo, now: datetime) -> PhotoLinks | None:
    """For the athlete whose workout it is, and nobody else. None: there is nothing to see."""
    if photo.status is not PhotoStatus.READY:
        return None
    return picture_store.links(Place(workout.user_id, workout.workout_id, photo.photo_id), now)


def all_links(workout: Workout, now: datetime) -> list[PhotoLinks | None]:
    """In the order of its photos."""
    return [links(workout, photo, now) for photo in workout.photos]


def edit(workout: Workout, photo: Photo, changes: Mapping[str, Any], now: datetime) -> Photo:
    """Of the photo as it was seen, in the workout as it was seen. `WriteConflictError` when that is another by now."""
    fields = {name: value for name, value in changes.items() if name != "position"}
    edited = photo.model_copy(update={**fields, "revision": photo.revision + 1})
    _note(workout, with_photo(workout, edited, changes.get("position")), now)
    return edited


def remove(workout: Workout, photo: Photo, now: datetime) -> None:
    """What a crash leaves of it in S3 nobody is led to, and goes with the workout."""
    _note(workout, without(workout, photo.photo_id), now)
    picture_store.discard(Place(workout.user_id, workout.workout_id, photo.photo_id))


# --- what arrives ---------------------------------------------------------------------------------------------------


def waiting(place: Place) -> Photo | None:
    """None: nobody waits for it (any more), and nothing of it is left."""
    photo = _find(place)
    if photo is None:
        picture_store.discard(place)
    elif photo.status is not PhotoStatus.PENDING:
        picture_store.discard_incoming(place)
        return None
    return photo


def count(place: Place, size: int, now: datetime) -> None:
    """Its bytes, once, however often it is tried. `QuotaUsedUpError`."""

    def once() -> None:
        workout = store.get(place.user_id, place.workout_id)
        photo = photo_of(workout, place.photo_id)
        if photo.size is None:
            with Change(place.user_id, now) as change:
                store.note_photos(change, workout, with_photo(workout, photo.model_copy(update={"size": size})))
                quotas.spend(change, place.user_id, BYTES, size, now)

    retry_on_conflict(once)


def show(place: Place, picture: bytes, thumbnail: bytes, size: tuple[int, int], now: datetime) -> bool:
    """False: it was removed meanwhile, and so is this."""
    picture_store.keep(place, picture, thumbnail)
    return _end(place, {"status": PhotoStatus.READY, "width": size[0], "height": size[1]}, now)


def refuse(place: Place, problem: Reason, now: datetime) -> bool:
    return _end(place, {"status": PhotoStatus.FAILED, "problem": problem}, now)


def _end(place: Place, fields: Mapping[str, Any], now: datetime) -> bool:
    def once() -> None:
        workout = store.get(place.user_id, place.workout_id)
        photo = photo_of(workout, place.photo_id)
        if photo.status is PhotoStatus.PENDING:
            _note(workout, with_photo(workout, photo.model_copy(update=dict(fields))), now)

    try:
        retry_on_conflict(once)
    except (WorkoutNotFoundError, PhotoNotFoundError):
        picture_store.discard(place)
        return False
    picture_store.discard_incoming(place)
    return True


def _find(place: Place) -> Photo | None:
    try:
        return photo_of(store.get(place.user_id, place.workout_id), place.photo_id)
    except (WorkoutNotFoundError, PhotoNotFoundError):
        return None


def _note(old: Workout, new: Workout, now: datetime) -> None:
    with Change(old.user_id, now) as change:
        store.note_photos(change, old, new)
