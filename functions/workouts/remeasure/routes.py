"""Runs that measure workouts anew over HTTP, for `stadion workouts remeasure`: signed requests only."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query

from stadion import clock
from stadion.errors import InvalidCursorError
from stadion.http import AdminRoutes, Cursor, listed
from stadion.pagination import ListResponse
from workouts.remeasure import service, store
from workouts.remeasure.errors import (
    RemeasureAppliedError,
    RemeasureDryRunError,
    RemeasureRunEndedError,
    RemeasureRunNotFoundError,
    RemeasureRunTakenError,
)
from workouts.remeasure.schemas import (
    NewRemeasureRun,
    RemeasuredWorkout,
    RemeasureRunResponse,
    RemeasureStatusChange,
)

router = AdminRoutes()
TAGS: Final = ["Workouts"]
BASE: Final = "/v1/admin/remeasure-runs"
RunId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$", examples=["20261129-180412-3f9a"])]
Batches = Annotated[int, Query(ge=1, le=10)]


@router.get(BASE, summary="List the runs that measured workouts anew, newest first", tags=TAGS)
def list_remeasure_runs() -> ListResponse[RemeasureRunResponse]:
    return ListResponse[RemeasureRunResponse](items=[RemeasureRunResponse.of(run) for run in store.runs()])


@router.put(
    f"{BASE}/<run_id>",
    summary="Begin a dry run, or apply the list of one",
    tags=TAGS,
    raises=(RemeasureAppliedError, RemeasureDryRunError, RemeasureRunNotFoundError, RemeasureRunTakenError),
)
def put_remeasure_run(run_id: RunId, body: Annotated[NewRemeasureRun, Body()]) -> RemeasureRunResponse:
    """The same again begins nothing, and tells how it stands."""
    return RemeasureRunResponse.of(service.begin(run_id, body.which(), body.dry_run_id, clock.now()))


@router.get(f"{BASE}/<run_id>", summary="How far a run is", tags=TAGS, raises=(RemeasureRunNotFoundError,))
def get_remeasure_run(run_id: RunId) -> RemeasureRunResponse:
    return RemeasureRunResponse.with_counts(service.show(run_id))


@router.post(
    f"{BASE}/<run_id>/status",
    summary="Stop a run, or go on with it",
    tags=TAGS,
    raises=(RemeasureRunEndedError, RemeasureRunNotFoundError),
)
def change_remeasure_status(run_id: RunId, body: Annotated[RemeasureStatusChange, Body()]) -> RemeasureRunResponse:
    """`resume` also goes on with a run that failed or was killed, from where it stands."""
    return RemeasureRunResponse.of(service.act(run_id, body.action, clock.now()))


@router.get(
    f"{BASE}/<run_id>/workouts",
    summary="What a run changed, and what failed",
    tags=TAGS,
    raises=(InvalidCursorError, RemeasureRunNotFoundError),
)
def list_remeasured_workouts(
    run_id: RunId, batches: Batches = 4, cursor: Cursor = None
) -> ListResponse[RemeasuredWorkout]:
    """A page is what is listed of some batches: it may be empty, and have another after it."""
    return listed(service.listed(run_id, limit=batches, cursor=cursor), RemeasuredWorkout.of)
