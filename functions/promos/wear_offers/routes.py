"""Which promo a worn piece of a category earns, over HTTP."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import BaseModel

from promos.errors import PromoNotFoundError
from promos.values import Name
from promos.wear_offers import service, store
from stadion import clock
from stadion.categories import GearCategory
from stadion.errors import RequestInProgressError
from stadion.http import AdminRoutes, RequestModel, no_content

router = AdminRoutes()
TAGS = ["Admin"]
Category = Annotated[GearCategory, Path(examples=["running_shoes"], description="of gear")]
CategoryOfOld = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", examples=["running_shoes"], description="of gear")]
"""Also one that is on no list: its rule fits nothing, and can be taken away."""


class WearOfferPut(RequestModel):
    promo_id: Name


class WearOffers(BaseModel):
    promos: dict[str, str]
    """Category of gear -> promo."""


@router.get("/v1/admin/wear-offers", summary="Which promos worn gear earns", tags=TAGS)
def list_wear_offers() -> WearOffers:
    return WearOffers(promos=dict(store.rules()))


@router.put(
    "/v1/admin/wear-offers/<gear_category>",
    summary="Set the promo of a category",
    tags=TAGS,
    raises=(PromoNotFoundError, RequestInProgressError),
)
def put_wear_offer(gear_category: Category, body: Annotated[WearOfferPut, Body()]) -> WearOffers:
    return WearOffers(promos=dict(service.set_rule(gear_category.value, body.promo_id, clock.now())))


@router.delete(
    "/v1/admin/wear-offers/<gear_category>",
    status_code=204,
    summary="Take it away",
    tags=TAGS,
    raises=(PromoNotFoundError, RequestInProgressError),
)
def delete_wear_offer(gear_category: CategoryOfOld) -> Response[None]:
    service.set_rule(gear_category, None, clock.now())
    return no_content()
