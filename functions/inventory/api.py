"""HTTP entry point of the gear locker: /v1/gear."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from inventory import service, store
from inventory.categories import CATEGORIES
from inventory.domain import Gear, GearStatus, UsedGear
from inventory.errors import (
    ComponentIdTakenError,
    ComponentNotFoundError,
    GearIdTakenError,
    GearNotFoundError,
    TooMuchGearError,
)
from inventory.schemas import ComponentPatch, GearCategoryResponse, GearPatch, GearResponse, NewComponent, NewGear
from stadion import clock
from stadion.contract import EDIT, KEYED
from stadion.errors import FieldRequiredError, IdempotencyKeyReusedError, InvalidCursorError, StaleVersionError
from stadion.http import Api, Cursor, Limit, lambda_handler, listed, located, no_content
from stadion.pagination import DEFAULT_LIMIT, ListResponse

api = Api(reader_of=store.reader_of)
handler = lambda_handler(api)


@api.post(
    "/v1/gear",
    status_code=201,
    summary="Add a piece of gear",
    tags=["Gear"],
    raises=(ComponentIdTakenError, GearIdTakenError, *KEYED),
    headers=("ETag", "Location"),
)
def add_gear(body: Annotated[NewGear, Body()]) -> Response[GearResponse]:
    key, now = api.idempotency_key("add_gear", body), clock.now()
    added = service.add(body.gear(api.user_id, now), key=key, answer=_said(now), now=now)
    return _answer(added, now, status=201)


@api.get("/v1/gear", summary="List the gear", tags=["Gear"], raises=(InvalidCursorError,))
def list_gear(
    status: Annotated[GearStatus | None, Query()] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ListResponse[GearResponse]:
    today = clock.now().date()
    page = service.locker(api.user_id, status, limit=limit, cursor=cursor)
    return listed(page, lambda used: GearResponse.of(used, today, api.reader))


@api.get("/v1/gear/categories", summary="Show what gear there is and how long it lasts", tags=["Gear"])
def list_categories() -> ListResponse[GearCategoryResponse]:
    items = [GearCategoryResponse.of(category, facts) for category, facts in CATEGORIES.items()]
    return ListResponse[GearCategoryResponse](items=items)


@api.get(
    "/v1/gear/<gear_id>",
    summary="Show a piece of gear with its wear",
    tags=["Gear"],
    raises=(GearNotFoundError,),
    headers=("ETag", "Location"),
)
def get_gear(gear_id: str) -> Response[GearResponse]:
    """Without an ETag shortcut: its wear moves without an edit."""
    return _shown(store.get(api.user_id, gear_id))


@api.patch(
    "/v1/gear/<gear_id>",
    summary="Change or retire a piece of gear (merge patch)",
    tags=["Gear"],
    raises=(GearNotFoundError, FieldRequiredError, IdempotencyKeyReusedError, *EDIT),
    headers=("ETag", "Location"),
)
def change_gear(gear_id: str, body: Annotated[GearPatch, Body()]) -> Response[GearResponse]:
    return _shown(api.edit(lambda: service.change(_edited(gear_id), body.changes(), clock.now())))


@api.delete(
    "/v1/gear/<gear_id>",
    status_code=204,
    summary="Delete a piece of gear",
    tags=["Gear"],
    raises=(GearNotFoundError, *EDIT),
)
def delete_gear(gear_id: str) -> Response[None]:
    api.edit(lambda: service.remove(_edited(gear_id), clock.now()))
    return no_content()


@api.post(
    "/v1/gear/<gear_id>/components",
    status_code=201,
    summary="Fit a component",
    tags=["Gear"],
    raises=(ComponentIdTakenError, GearNotFoundError, TooMuchGearError, StaleVersionError, *KEYED),
    headers=("ETag", "Location"),
)
def add_component(gear_id: str, body: Annotated[NewComponent, Body()]) -> Response[GearResponse]:
    key, now = api.idempotency_key(f"add_component:{gear_id}", body), clock.now()
    fitted = service.add_component(
        api.user_id,
        gear_id,
        lambda gear: body.component(gear.category, now),
        key=key,
        answer=_said(now),
        now=now,
    )
    return _answer(fitted, now, status=201)


@api.patch(
    "/v1/gear/<gear_id>/components/<component_id>",
    summary="Change a component",
    tags=["Gear"],
    raises=(ComponentNotFoundError, GearNotFoundError, FieldRequiredError, IdempotencyKeyReusedError, *EDIT),
    headers=("ETag", "Location"),
)
def change_component(
    gear_id: str, component_id: str, body: Annotated[ComponentPatch, Body()]
) -> Response[GearResponse]:
    return _shown(
        api.edit(lambda: service.change_component(_edited(gear_id), component_id, body.changes(), clock.now()))
    )


@api.delete(
    "/v1/gear/<gear_id>/components/<component_id>",
    summary="Take a component off",
    tags=["Gear"],
    raises=(ComponentNotFoundError, GearNotFoundError, IdempotencyKeyReusedError, *EDIT),
    headers=("ETag", "Location"),
)
def remove_component(gear_id: str, component_id: str) -> Response[GearResponse]:
    return _shown(api.edit(lambda: service.remove_component(_edited(gear_id), component_id, clock.now())))


def _edited(gear_id: str) -> Gear:
    gear = store.get(api.user_id, gear_id)
    api.if_match(gear.revision)
    return gear


def _shown(gear: Gear) -> Response[GearResponse]:
    return _answer(service.used(gear), clock.now())


def _answer(used: UsedGear, now: datetime, status: int = 200) -> Response[GearResponse]:
    gear = used.gear
    body, place = GearResponse.of(used, now.date(), api.reader), f"/v1/gear/{gear.gear_id}"
    return located(body, place, gear.revision, status=status)


def _said(now: datetime) -> service.Answer:
    return lambda used: GearResponse.of(used, now.date(), api.reader).model_dump(mode="json")
