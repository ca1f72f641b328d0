"""HTTP entry point of the diary: /v1/workouts and /v1/uploads."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from stadion import clock
from stadion.contract import EDIT, KEYED, NotModifiedError
from stadion.errors import FieldRequiredError, IdempotencyKeyReusedError, InvalidCursorError, StaleVersionError
from stadion.http import JSON, Api, Cursor, Limit, lambda_handler, listed, located, no_content
from stadion.observability import correlation_id
from stadion.pagination import DEFAULT_LIMIT, ListResponse
from workouts import service
from workouts.athletes import service as athletes
from workouts.bulk.routes import router as bulk_router
from workouts.errors import (
    AverageAboveMaximumError,
    DuplicateWorkoutError,
    FileNotFoundInWorkoutError,
    FutureWorkoutError,
    HourIsFullError,
    ImpossibleTimesError,
    MeasuredFieldError,
    WorkoutIdTakenError,
    WorkoutNotFoundError,
    WorkoutWasDeletedError,
)
from workouts.lists.routes import router as lists_router
from workouts.measuring.routes import router as measuring_router
from workouts.photos import service as photo_service
from workouts.photos.routes import router as photos_router
from workouts.quotas.errors import QuotaUsedUpError
from workouts.schemas import (
    DownloadLink,
    NewWorkout,
    WorkoutDetail,
    WorkoutPatch,
    WorkoutPhoto,
    variant,
)
from workouts.totals.routes import router as totals_router
from workouts.uploads import service as upload_service
from workouts.uploads.domain import UploadState
from workouts.uploads.errors import UploadIdTakenError, UploadNotFoundError
from workouts.uploads.schemas import CreatedUpload, NewUpload, UploadStatus, UploadSummary

api = Api(reader_of=athletes.reader_of)
api.include_router(lists_router)
api.include_router(bulk_router)
api.include_router(measuring_router)
api.include_router(photos_router)
api.include_router(totals_router)
handler = lambda_handler(api)


@api.post(
    "/v1/workouts",
    status_code=201,
    summary="Record a workout by hand",
    tags=["Workouts"],
    responses={200: {"description": "It was in the diary already, or was merged into the workout that was."}},
    raises=(
        AverageAboveMaximumError,
        ImpossibleTimesError,
        WorkoutIdTakenError,
        DuplicateWorkoutError,
        FutureWorkoutError,
        WorkoutNotFoundError,
        WorkoutWasDeletedError,
        StaleVersionError,
        HourIsFullError,
        QuotaUsedUpError,
        *KEYED,
    ),
    headers=("ETag", "Location"),
)
def record_workout(body: Annotated[NewWorkout, Body()]) -> Response[WorkoutDetail]:
    key, now = api.idempotency_key("record_workout", body), clock.now()
    recorded = service.record(
        body.workout(api.user_id, now),
        body.on_duplicate,
        time_zone=body.time_zone,
        key=key,
        answer=lambda one: _body(one).model_dump(mode="json"),
        now=now,
    )
    return _detail(recorded, status=201 if recorded.created else 200)


@api.get(
    "/v1/workouts/<workout_id>",
    summary="Show a workout",
    tags=["Workouts"],
    raises=(WorkoutNotFoundError, NotModifiedError),
    headers=("ETag",),
)
def get_workout(workout_id: str) -> Response[WorkoutDetail]:
    known = service.detail(api.user_id, workout_id)
    api.reader.is_known(known.person.reader)
    workout, track = known.shown
    now = clock.now()
    photos = WorkoutPhoto.all_of(workout, photo_service.all_links(workout, now), api.reader, now)
    body = WorkoutDetail.of(workout, api.reader, track, photos)
    return api.versioned(body, workout.revision, variant=variant(workout, api.reader, now))


@api.patch(
    "/v1/workouts/<workout_id>",
    summary="Correct a workout (merge patch)",
    tags=["Workouts"],
    raises=(
        MeasuredFieldError,
        AverageAboveMaximumError,
        ImpossibleTimesError,
        DuplicateWorkoutError,
        HourIsFullError,
        FutureWorkoutError,
        WorkoutNotFoundError,
        FieldRequiredError,
        IdempotencyKeyReusedError,
        *EDIT,
    ),
    headers=("ETag", "Location"),
)
def correct_workout(workout_id: str, body: Annotated[WorkoutPatch, Body()]) -> Response[WorkoutDetail]:
    """A recording whose sport changes is measured anew: the answer is `pending` and has the former numbers,
    the new ones come in a moment.
    """

    def correct() -> service.Recorded:
        known = service.detail(api.user_id, workout_id)
        api.if_match(known.workout.revision)
        return service.correct(known, body.changes(), clock.now())

    return _detail(api.edit(correct))


@api.delete(
    "/v1/workouts/<workout_id>",
    status_code=204,
    summary="Delete a workout",
    tags=["Workouts"],
    raises=(WorkoutNotFoundError, *EDIT),
)
def delete_workout(workout_id: str) -> Response[None]:
    def delete() -> None:
        workout = service.detail(api.user_id, workout_id).workout
        api.if_match(workout.revision)
        service.delete(workout, clock.now())

    api.edit(delete)
    return no_content()


@api.get(
    "/v1/workouts/<workout_id>/files/<sha256>",
    summary="Get the original recording back",
    tags=["Workouts"],
    raises=(FileNotFoundInWorkoutError, WorkoutNotFoundError),
)
def get_workout_file(workout_id: str, sha256: str) -> DownloadLink:
    return DownloadLink.of(*service.file_link(api.user_id, workout_id, sha256, clock.now()))


@api.post(
    "/v1/uploads",
    status_code=201,
    summary="Announce a recording and get a form for it",
    tags=["Uploads"],
    raises=(UploadIdTakenError, WorkoutNotFoundError, QuotaUsedUpError, *KEYED),
    headers=("Location",),
)
def create_upload(body: Annotated[NewUpload, Body()]) -> Response[CreatedUpload]:
    """POST the file to `form`, then ask `GET /v1/uploads/{upload_id}` until it is `ready`, `failed` or `duplicate`:
    mostly some seconds. Whoever is connected to the WebSocket hears `upload.ended`; the inbox tells of files that
    cannot be taken in, and of recordings of the last fortnight. A file that does not come has failed."""
    key, now = api.idempotency_key("create_upload", body), clock.now()
    upload = upload_service.create(
        body.upload(api.user_id, correlation_id(), now),
        key=key,
        answer=lambda *made: CreatedUpload.announced(*made).model_dump(mode="json"),
        now=now,
    )
    created = CreatedUpload.announced(*upload)
    headers: dict[str, Any] = {"Location": f"/v1/uploads/{created.upload_id}"}
    return Response(status_code=201, content_type=JSON, headers=headers, body=created)


@api.get("/v1/uploads", summary="List uploads, newest first", tags=["Uploads"], raises=(InvalidCursorError,))
def list_uploads(
    status: Annotated[UploadState | None, Query()] = None, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> ListResponse[UploadSummary]:
    """By the time of their announcement. A page of one `status` looks at a thousand uploads at most, and may be empty
    with a cursor to go on. The list follows what was written within a moment, as the diary's does."""
    page = upload_service.uploads(api.user_id, status, limit=limit, cursor=cursor, now=clock.now())
    return listed(page, lambda upload: UploadSummary.of(upload, api.reader))


@api.get(
    "/v1/uploads/<upload_id>", summary="See what became of a recording", tags=["Uploads"], raises=(UploadNotFoundError,)
)
def get_upload(upload_id: str) -> UploadStatus:
    return UploadStatus.of(upload_service.status(api.user_id, upload_id, clock.now()), api.reader)


def _detail(recorded: service.Recorded, status: int = 200) -> Response[WorkoutDetail]:
    workout, _ = recorded.shown
    return located(
        _body(recorded),
        f"/v1/workouts/{workout.workout_id}",
        workout.revision,
        variant=variant(workout, api.reader, clock.now()),
        status=status,
    )


def _body(recorded: service.Recorded) -> WorkoutDetail:
    api.reader.is_known(recorded.person.reader)
    workout, track = recorded.shown
    now = clock.now()
    photos = WorkoutPhoto.all_of(workout, photo_service.all_links(workout, now), api.reader, now)
    return WorkoutDetail.of(workout, api.reader, track, photos)
