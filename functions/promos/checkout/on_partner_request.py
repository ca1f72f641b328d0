"""The store's codes: /partner/v1/codes of the partner API."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from promos.athletes import link_store
from promos.checkout import order_service, service
from promos.checkout.domain import Cart
from promos.checkout.schemas import CodeOrder, CodeResponse, CodeUse, OrderMoneyResponse, RedemptionResponse
from promos.checkout.service import OnOrder
from promos.errors import (
    CodeExpiredError,
    CodeNotFoundError,
    CodeNotIssuedError,
    CodeOfAnotherError,
    CodeReservedError,
    CodeTakenBackError,
    CodeUsedError,
    CurrencyError,
    LimitReachedError,
    NotStackableError,
    OrderCompleteError,
    OrderDiffersError,
    OrderNotFoundError,
    OrderReversedError,
    OrderTooSmallError,
    OutsideHoursError,
    PromoNotActiveError,
    PromoNotFoundError,
    RedemptionNotFoundError,
    TooManyCodesError,
    UserRequiredError,
)
from stadion import clock
from stadion.errors import RequestInProgressError
from stadion.events.partners import PartnerAbility
from stadion.identifiers import OrderId
from stadion.observability import count
from stadion.partner_athletes import AthleteNotLinkedError, IgnoredPart
from stadion.partner_http import PartnerApi, needs, partner_handler

PromoCode = Annotated[str, Path(examples=["RUN-7F3K-9QXD"], description="as the athlete typed it")]

api = PartnerApi()
handler = partner_handler(api)

REFUSALS = (
    CodeUsedError,
    CodeExpiredError,
    CodeReservedError,
    CodeTakenBackError,
    CodeNotFoundError,
    CodeNotIssuedError,
    CodeOfAnotherError,
    AthleteNotLinkedError,
    NotStackableError,
    CurrencyError,
    LimitReachedError,
    OrderDiffersError,
    OrderTooSmallError,
    OrderReversedError,
    OutsideHoursError,
    PromoNotActiveError,
    PromoNotFoundError,
    TooManyCodesError,
    UserRequiredError,
)
"""Why a code is not held or used."""


@api.get(
    "/partner/v1/codes/<code>",
    summary="What a code is worth",
    tags=["Codes"],
    raises=(CodeNotFoundError, PromoNotFoundError),
)
@needs(PartnerAbility.CODES)
def get_code(code: PromoCode) -> CodeResponse:
    return CodeResponse.of(*service.look_up(api.partner_id, code), clock.now())


@api.post(
    "/partner/v1/codes/<code>/reserve",
    summary="Hold a code for a cart",
    tags=["Codes"],
    raises=(*REFUSALS, OrderCompleteError, RequestInProgressError),
)
@needs(PartnerAbility.CODES)
def reserve_code(code: PromoCode, body: Annotated[CodeUse, Body()]) -> RedemptionResponse:
    """The order's id makes it safe to repeat: the same order is answered alike and holds once."""
    cart, ignored = _cart(body)
    return _told("CodeReserved", service.reserve(code, cart, clock.now()), ignored)


@api.post(
    "/partner/v1/codes/<code>/redeem",
    summary="The order is paid",
    tags=["Codes"],
    raises=(*REFUSALS, RequestInProgressError),
)
@needs(PartnerAbility.CODES)
def redeem_code(code: PromoCode, body: Annotated[CodeUse, Body()]) -> RedemptionResponse:
    cart, ignored = _cart(body)
    return _told("CodeRedeemed", service.redeem(code, cart, clock.now()), ignored)


@api.post(
    "/partner/v1/codes/<code>/reverse",
    summary="The order was left or returned",
    tags=["Codes"],
    raises=(PromoNotFoundError, RedemptionNotFoundError, RequestInProgressError),
)
@needs(PartnerAbility.CODES)
def reverse_code(code: PromoCode, body: Annotated[CodeOrder, Body()]) -> RedemptionResponse:
    partner_id = api.partner_id
    return _told("CodeReversed", service.reverse(partner_id, code, body.order_id, clock.now()))


@api.get(
    "/partner/v1/orders/<order_id>",
    summary="What an order's codes came to",
    tags=["Codes"],
    raises=(OrderNotFoundError,),
)
@needs(PartnerAbility.ORDERS, PartnerAbility.CODES)
def get_order(order_id: Annotated[OrderId, Path()]) -> OrderMoneyResponse:
    """Of an order that the till or a message has named: what its codes gave, and what is left of it after returns."""
    return OrderMoneyResponse.of(order_id, order_service.show(api.partner_id, order_id))


def _cart(body: CodeUse) -> tuple[Cart, list[IgnoredPart]]:
    """Of the athlete whom this partner means; one who has unlinked it is a guest, and that is said."""
    if body.athlete_id is None:
        return body.cart(api.partner_id, None), []
    user_id = link_store.athlete_of(api.partner_id, body.athlete_id)
    ignored = [IgnoredPart.unlinked("#/athlete_id", api.language)] if user_id is None else []
    return body.cart(api.partner_id, user_id), ignored


def _told(metric: str, done: OnOrder, ignored: list[IgnoredPart] | None = None) -> RedemptionResponse:
    count(metric)
    return RedemptionResponse.of(done, ignored or [])
