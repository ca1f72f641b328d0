"""Photos of a workout over HTTP: of the athlete's own, for nobody else."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from stadion import clock, ids
from stadion.contract import EDIT, KEYED, NotModifiedError
from stadion.errors import FieldRequiredError
from stadion.http import JSON, Routes, no_content, tagged
from workouts import store
from workouts.domain import Photo, Workout
from workouts.errors import WorkoutNotFoundError
from workouts.photos import service
from workouts.photos.domain import photo_of
from workouts.photos.errors import PhotoIdTakenError, PhotoNotFoundError, TooManyPhotosError
from workouts.photos.schemas import AnnouncedPhoto, NewPhoto, PhotoPatch
from workouts.schemas import WorkoutPhoto, photo_variant

router = Routes()
PHOTOS = "/v1/workouts/<workout_id>/photos"
PHOTO = f"{PHOTOS}/<photo_id>"


@router.post(
    PHOTOS,
    status_code=201,
    summary="Announce a photo and get a form for it",
    tags=["Workouts"],
    raises=(WorkoutNotFoundError, PhotoIdTakenError, TooManyPhotosError, *KEYED),
    headers=("Location",),
)
def create_photo(workout_id: str, body: Annotated[NewPhoto, Body()]) -> Response[AnnouncedPhoto]:
    """One file of at most 20 MB, within a quarter of an hour. It is shown once it was made plain and small, without
    what the camera wrote into it: where it was taken, for one. Ten photos a workout at most."""
    key, now = router.idempotency_key("create_photo", body), clock.now()
    photo = Photo(photo_id=body.photo_id or ids.new_id(), alt=body.alt or None, created_at=now)
    shown = WorkoutPhoto.of(photo, router.reader, now)
    form = service.announce(
        router.user_id,
        workout_id,
        photo,
        body.content_type,
        key=key,
        answer=lambda _, made: AnnouncedPhoto.announced(shown, made).model_dump(mode="json"),
        now=now,
    )
    headers: dict[str, Any] = {"Location": f"/v1/workouts/{workout_id}/photos/{photo.photo_id}"}
    return Response(status_code=201, content_type=JSON, headers=headers, body=AnnouncedPhoto.announced(shown, form))


@router.get(
    PHOTO,
    summary="Show a photo",
    tags=["Workouts"],
    raises=(WorkoutNotFoundError, PhotoNotFoundError, NotModifiedError),
    headers=("ETag",),
)
def get_photo(workout_id: str, photo_id: str) -> Response[WorkoutPhoto]:
    """With links of an hour; ask until its `status` is `ready` or `failed`."""
    now, workout = clock.now(), store.get(router.user_id, workout_id)
    photo = photo_of(workout, photo_id)
    return router.versioned(
        _shown(workout, photo, now), photo.revision, variant=photo_variant(photo, router.reader, now)
    )


@router.patch(
    PHOTO,
    summary="Describe or move a photo (merge patch)",
    tags=["Workouts"],
    raises=(WorkoutNotFoundError, PhotoNotFoundError, FieldRequiredError, *EDIT),
    headers=("ETag",),
)
def edit_photo(workout_id: str, photo_id: str, body: Annotated[PhotoPatch, Body()]) -> Response[WorkoutPhoto]:
    changes, now = body.changes(), clock.now()
    workout, photo = _edited(workout_id, photo_id, lambda workout, photo: service.edit(workout, photo, changes, now))
    return tagged(_shown(workout, photo, now), photo.revision, variant=photo_variant(photo, router.reader, now))


@router.delete(
    PHOTO,
    status_code=204,
    summary="Delete a photo",
    tags=["Workouts"],
    raises=(WorkoutNotFoundError, PhotoNotFoundError, *EDIT),
)
def delete_photo(workout_id: str, photo_id: str) -> Response[None]:
    _edited(workout_id, photo_id, lambda workout, photo: service.remove(workout, photo, clock.now()))
    return no_content()


def _edited(workout_id: str, photo_id: str, change: Callable[[Workout, Photo], Any]) -> tuple[Workout, Any]:
    """Another photo that arrives meanwhile is no other version of this one: then it is looked at again."""

    def edit() -> tuple[Workout, Any]:
        workout = store.get(router.user_id, workout_id)
        photo = photo_of(workout, photo_id)
        router.if_match(photo.revision)
        return workout, change(workout, photo)

    return router.edit(edit)


def _shown(workout: Workout, photo: Photo, now: datetime) -> WorkoutPhoto:
    return WorkoutPhoto.of(photo, router.reader, now, service.links(workout, photo, now))
