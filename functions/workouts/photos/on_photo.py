"""S3 says that a photo arrived (through a queue): make it plain and small, and show it."""

from typing import Final

from stadion import clock
from stadion.events.arrivals import arrival_consumer
from stadion.observability import count, log, logger
from stadion.pictures import PictureError, opened, webp
from workouts.errors import WorkoutNotFoundError
from workouts.photos import picture_store, service
from workouts.photos.errors import PhotoNotFoundError
from workouts.photos.picture_store import MAX_BYTES, Place
from workouts.quotas.errors import QuotaUsedUpError
from workouts.reasons import Reason

SIDE, THUMBNAIL_SIDE = 2048, 512
GIVE_UP_AFTER_TRIES: Final = 4
"""One before the queue itself gives up, so that the athlete hears of it."""


def take_photo(key: str, tries: int) -> None:
    place = Place.of_key(key)
    if service.waiting(place) is None:
        log("photo", outcome="ignored", workout_id=place.workout_id)
        return
    try:
        outcome = _give_up(place) if tries > GIVE_UP_AFTER_TRIES else _take(place)
    except Exception:
        if tries < GIVE_UP_AFTER_TRIES:
            raise
        logger.exception("photo not processed", extra={"workout_id": place.workout_id, "tries": tries})
        outcome = _give_up(place)
    log("photo", outcome=outcome, workout_id=place.workout_id)


def _take(place: Place) -> str:
    now = clock.now()
    data = picture_store.read(place)
    if data is None:
        return "repeated"
    try:
        if len(data) > MAX_BYTES:
            raise PictureError("picture_too_large")
        service.count(place, len(data), now)
        upright = opened(data, at_least=SIDE)
        picture, size = webp(upright, side=SIDE)
        thumbnail, _ = webp(upright, side=THUMBNAIL_SIDE)
    except PictureError as error:
        return _refused(place, Reason.of(str(error)))
    except QuotaUsedUpError as error:
        return _refused(place, Reason.of(error.code))
    except (WorkoutNotFoundError, PhotoNotFoundError):
        picture_store.discard(place)
        return "removed"
    if not service.show(place, picture, thumbnail, size, now):
        return "removed"
    count("PhotoReady")
    return "shown"


def _refused(place: Place, problem: Reason) -> str:
    count("PhotoFailed")
    service.refuse(place, problem, clock.now())
    return problem.code


def _give_up(place: Place) -> str:
    return _refused(place, Reason.of("picture_broken"))


handler = arrival_consumer(take_photo)
