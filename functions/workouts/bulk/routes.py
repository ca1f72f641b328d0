"""Many workouts at once over HTTP."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from stadion import clock
from stadion.contract import KEYED
from stadion.http import Routes
from workouts.bulk import service
from workouts.bulk.schemas import BulkAnswer, BulkDelete, BulkGear

router = Routes()


@router.post("/v1/workouts/bulk/delete", summary="Delete many workouts", tags=["Workouts"], raises=(*KEYED,))
def delete_workouts(body: Annotated[BulkDelete, Body()]) -> BulkAnswer:
    """Each by itself: what became of it stands in its result, and the others go on. Safe to repeat: what is deleted
    already is done. Send again what was not reached."""
    key, reader = router.idempotency_key("delete_workouts", body), router.reader
    results = service.delete(
        router.user_id,
        body.named(),
        key=key,
        answer=lambda them: BulkAnswer.of(them, reader).model_dump(mode="json"),
        now=clock.now(),
    )
    return BulkAnswer.of(results, reader)


@router.post("/v1/workouts/bulk/gear", summary="Name the gear of many workouts", tags=["Workouts"], raises=(*KEYED,))
def set_gear_of_workouts(body: Annotated[BulkGear, Body()]) -> BulkAnswer:
    """Each by itself, as a correction of that workout. Safe to repeat: what has that gear already is done. Send again
    what was not reached."""
    key, reader = router.idempotency_key("set_gear_of_workouts", body), router.reader
    results = service.set_gear(
        router.user_id,
        body.named(),
        body.gear_ids,
        key=key,
        answer=lambda them: BulkAnswer.of(them, reader).model_dump(mode="json"),
        now=clock.now(),
    )
    return BulkAnswer.of(results, reader)
