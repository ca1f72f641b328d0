"""Runs that count all diaries over HTTP, for `stadion achievement backfill`: signed requests only."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from gamification.achievements.backfill import service, store
from gamification.achievements.backfill.errors import BackfillEndedError, BackfillNotFoundError
from gamification.achievements.backfill.schemas import BackfillResponse, BackfillStatusChange
from stadion import clock
from stadion.http import AdminRoutes
from stadion.pagination import ListResponse

router = AdminRoutes()
TAGS: Final = ["Gamification"]
BASE: Final = "/v1/admin/achievement-backfills"
BackfillId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$", examples=["20261129-180412-3f9a"])]


@router.get(BASE, summary="List the runs that counted all diaries, newest first", tags=TAGS)
def list_achievement_backfills() -> ListResponse[BackfillResponse]:
    return ListResponse[BackfillResponse](items=[BackfillResponse.of(run) for run in store.runs()])


@router.put(f"{BASE}/<backfill_id>", summary="Count all diaries by the rules of today", tags=TAGS)
def put_achievement_backfill(backfill_id: BackfillId) -> BackfillResponse:
    """The same again begins nothing, and tells how it stands."""
    return BackfillResponse.of(service.begin(backfill_id, clock.now()))


@router.get(f"{BASE}/<backfill_id>", summary="How far a run is", tags=TAGS, raises=(BackfillNotFoundError,))
def get_achievement_backfill(backfill_id: BackfillId) -> BackfillResponse:
    return BackfillResponse.of(store.RUNS.get(backfill_id))


@router.post(
    f"{BASE}/<backfill_id>/status",
    summary="Stop a run, or go on with it",
    tags=TAGS,
    raises=(BackfillEndedError, BackfillNotFoundError),
)
def change_achievement_backfill(
    backfill_id: BackfillId, body: Annotated[BackfillStatusChange, Body()]
) -> BackfillResponse:
    """`resume` also goes on with a run that failed or was killed, from where it stands."""
    return BackfillResponse.of(service.act(backfill_id, body.action, clock.now()))
