"""HTTP entry point of promos: /v1/promos for athletes."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from promos.athletes import store as athletes
from promos.errors import OfferIsOverError, OfferNotFoundError, PromoNotFoundError
from promos.offers import service as offer_service
from promos.offers.schemas import ClickResponse, OfferResponse
from stadion import clock
from stadion.errors import InvalidCursorError, RequestInProgressError
from stadion.http import Api, Cursor, Limit, lambda_handler, listed, no_content
from stadion.pagination import DEFAULT_LIMIT, ListResponse

api = Api(reader_of=athletes.reader_of)
handler = lambda_handler(api)


@api.get("/v1/promos", summary="List my offers, newest first", tags=["Promos"], raises=(InvalidCursorError,))
def list_offers(
    active: Annotated[bool, Query()] = True, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> ListResponse[OfferResponse]:
    now = clock.now()
    page = offer_service.mine(api.user_id, only_active=active, limit=limit, cursor=cursor, now=now)
    return listed(page, lambda held: OfferResponse.of(held, api.language, now))


@api.get("/v1/promos/<offer_id>", summary="Show an offer", tags=["Promos"], raises=(OfferNotFoundError,))
def get_offer(offer_id: str) -> OfferResponse:
    return OfferResponse.of(offer_service.show(api.user_id, offer_id), api.language, clock.now())


@api.post(
    "/v1/promos/<offer_id>/view",
    status_code=204,
    summary="The offer was seen",
    tags=["Promos"],
    raises=(OfferNotFoundError, RequestInProgressError),
)
def view_offer(offer_id: str) -> Response[None]:
    offer_service.view(api.user_id, offer_id, clock.now())
    return no_content()


@api.post(
    "/v1/promos/<offer_id>/click",
    summary="The offer was tapped: where it leads",
    tags=["Promos"],
    raises=(OfferIsOverError, OfferNotFoundError, PromoNotFoundError, RequestInProgressError),
)
def click_offer(offer_id: str) -> ClickResponse:
    return ClickResponse(link=offer_service.click(api.user_id, offer_id, clock.now()))


@api.post(
    "/v1/promos/<offer_id>/dismiss",
    status_code=204,
    summary="Not interested",
    tags=["Promos"],
    raises=(OfferNotFoundError, RequestInProgressError),
)
def dismiss_offer(offer_id: str) -> Response[None]:
    offer_service.dismiss(api.user_id, offer_id, clock.now())
    return no_content()
