"""Crop and split, and back: the same workout, whose numbers follow in a moment (`measurement`)."""

from collections.abc import Callable
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from stadion import clock
from stadion.contract import EDIT
from stadion.http import Routes, located
from workouts import store
from workouts.domain import Workout, shown, shown_track
from workouts.errors import HourIsFullError, WorkoutNotFoundError
from workouts.measuring import edit_service
from workouts.measuring.errors import (
    NotCroppedError,
    NotRecordedError,
    NotSplitError,
    OutsideRecordingError,
    SplitPartGoneError,
    TooManyRecordingsError,
)
from workouts.measuring.schemas import WorkoutCrop, WorkoutSplit
from workouts.photos import service as photo_service
from workouts.schemas import WorkoutDetail, WorkoutPhoto, variant

router = Routes()
CROP = "/v1/workouts/<workout_id>/crop"
SPLIT = "/v1/workouts/<workout_id>/split"


@router.post(
    CROP,
    summary="Let a stretch of the recording count",
    tags=["Workouts"],
    raises=(WorkoutNotFoundError, NotRecordedError, OutsideRecordingError, *EDIT),
    headers=("ETag", "Location"),
)
def crop_workout(workout_id: str, body: Annotated[WorkoutCrop, Body()]) -> Response[WorkoutDetail]:
    """The original is kept. The answer is `pending` and has the former numbers: show the workout until it is not."""
    return _edited(workout_id, lambda old: edit_service.crop(old, body.from_s, body.to_s, clock.now()))


@router.delete(
    CROP,
    summary="Let the whole recording count again",
    tags=["Workouts"],
    raises=(WorkoutNotFoundError, NotCroppedError, *EDIT),
    headers=("ETag", "Location"),
)
def uncrop_workout(workout_id: str) -> Response[WorkoutDetail]:
    """Or what a split left of it. The numbers come as after a crop."""
    return _edited(workout_id, lambda old: edit_service.uncrop(old, clock.now()))


@router.post(
    SPLIT,
    summary="Make two workouts of a recording",
    tags=["Workouts"],
    raises=(WorkoutNotFoundError, NotRecordedError, OutsideRecordingError, HourIsFullError, *EDIT),
    headers=("ETag", "Location"),
)
def split_workout(workout_id: str, body: Annotated[WorkoutSplit, Body()]) -> Response[WorkoutDetail]:
    """The first part keeps the id; `cut.next_workout_id` is the second, which is there when both are measured:
    when the first one's `measurement` is `done`. The end of an earlier crop goes with the second.
    """
    return _edited(workout_id, lambda old: edit_service.split(old, body.at_s, clock.now()))


@router.delete(
    SPLIT,
    summary="Make one workout of the two again",
    tags=["Workouts"],
    raises=(WorkoutNotFoundError, NotSplitError, SplitPartGoneError, TooManyRecordingsError, *EDIT),
    headers=("ETag", "Location"),
)
def unsplit_workout(workout_id: str) -> Response[WorkoutDetail]:
    """Asked of the first part. The second is deleted; recordings that joined it come back with it."""
    return _edited(workout_id, lambda old: edit_service.unsplit(old, clock.now()))


def _edited(workout_id: str, change: Callable[[Workout], Workout]) -> Response[WorkoutDetail]:
    now = clock.now()

    def edit() -> tuple[WorkoutDetail, Workout]:
        old, track, person = store.see(router.user_id, workout_id)
        agrees = person.agrees
        router.reader.is_known(person.reader)
        router.if_match(old.revision)
        new = shown(change(old), agrees=agrees)
        photos = WorkoutPhoto.all_of(new, photo_service.all_links(new, now), router.reader, now)
        return WorkoutDetail.of(new, router.reader, shown_track(track, agrees=agrees), photos), new

    body, workout = router.edit(edit)
    place = f"/v1/workouts/{workout_id}"
    return located(body, place, workout.revision, variant=variant(workout, router.reader, now))
