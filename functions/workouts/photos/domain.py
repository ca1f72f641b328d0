"""Which photos a workout has, and in which order."""

from datetime import datetime
from typing import Final

from workouts.domain import Photo, PhotoStatus, Workout
from workouts.photos.errors import PhotoIdTakenError, PhotoNotFoundError, TooManyPhotosError

MAX_PHOTOS: Final = 10
"""Shown, or on their way."""


def photo_of(workout: Workout, photo_id: str) -> Photo:
    found = next((photo for photo in workout.photos if photo.photo_id == photo_id), None)
    if found is None:
        raise PhotoNotFoundError
    return found


def with_new(workout: Workout, photo: Photo, now: datetime) -> Workout:
    """As the last one. What never came or could not be shown makes room for it."""
    if any(one.photo_id == photo.photo_id for one in workout.photos):
        raise PhotoIdTakenError
    photos = workout.photos
    if len(photos) >= MAX_PHOTOS:
        photos = [one for one in photos if one.as_of(now).status is not PhotoStatus.FAILED]
    if len(photos) >= MAX_PHOTOS:
        raise TooManyPhotosError(most=MAX_PHOTOS)
    return _with(workout, [*photos, photo])


def with_photo(workout: Workout, photo: Photo, position: int | None = None) -> Workout:
    """In the place of what it was, or moved to another; beyond the last one is the last one."""
    photos = [photo if one.photo_id == photo.photo_id else one for one in workout.photos]
    if position is not None:
        photos.remove(photo)
        photos.insert(position, photo)
    return _with(workout, photos)


def without(workout: Workout, photo_id: str) -> Workout:
    photo_of(workout, photo_id)
    return _with(workout, [one for one in workout.photos if one.photo_id != photo_id])


def _with(workout: Workout, photos: list[Photo]) -> Workout:
    return workout.model_copy(update={"photos": photos, "photos_revision": workout.photos_revision + 1})
