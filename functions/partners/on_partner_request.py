"""The partner API: /partner/v1. Every request has a key; every webhook has a signature as well."""

from collections.abc import Iterable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import ValidationError

from partners import store
from partners.catalogue import service as catalogue_service
from partners.catalogue import store as catalogue_store
from partners.catalogue.errors import HostNotAllowedError, ProductNotFoundError, check_host
from partners.catalogue.schemas import (
    ProductBatch,
    ProductBatchResponse,
    ProductEntry,
    ProductPut,
    ProductResponse,
    ProductResult,
)
from partners.domain import LINKING, Partner
from partners.errors import (
    PartnerNotFoundError,
    SignatureInvalidError,
    WebhookOutOfWindowError,
)
from partners.links import service as link_service
from partners.links.errors import LinkTokenExpiredError, LinkTokenUnknownError, TooManyUnknownTokensError
from partners.links.schemas import LinkedAthlete, TokenExchange
from partners.orders import service as order_service
from partners.orders.domain import Ignored, Receipt
from partners.orders.errors import (
    MoreReturnedThanBoughtError,
    OrderCompletedTwiceError,
    OrderVersionTakenError,
    TooManyOrderMessagesError,
    TooManyReturnedLinesError,
    WebhookIdReusedError,
)
from partners.orders.schemas import OrderCompletedMessage, OrderReturnedMessage, ReceivedOrder
from stadion import clock
from stadion.errors import IdempotencyKeyReusedError, InvalidIdempotencyKeyError, RequestInProgressError, StadionError
from stadion.events.partners import PartnerAbility
from stadion.identifiers import Sku
from stadion.observability import count, log
from stadion.partner_athletes import AthleteNotLinkedError
from stadion.partner_http import PartnerApi, needs, partner_handler
from stadion.partner_rights import PartnerDisabledError

WEBHOOKS = "/partner/v1/webhooks"
KINDS = ("order.completed", "order.returned")
"""pydantic puts the kind of a message before what is wrong in it, where the body has no such step."""


class StoreApi(PartnerApi):
    def _invalid(self, error: Any) -> Response[Any]:
        """What is wrong in a message is told to who signed it, and to nobody else."""
        if self.event.path == WEBHOOKS:
            try:
                order_service.signed_by(_partner(), self.raw_body, self.header, clock.now())
            except StadionError as refused:
                return self._refused(refused)
        for entry in error.errors():
            entry["loc"] = tuple(step for step in entry["loc"] if step not in KINDS)
        return super()._invalid(error)


api = StoreApi()
handler = partner_handler(api)


@api.post(
    WEBHOOKS,
    summary="Tell of an order",
    tags=["Orders"],
    raises=(
        AthleteNotLinkedError,
        MoreReturnedThanBoughtError,
        OrderCompletedTwiceError,
        OrderVersionTakenError,
        TooManyOrderMessagesError,
        TooManyReturnedLinesError,
        WebhookIdReusedError,
        SignatureInvalidError,
        WebhookOutOfWindowError,
        InvalidIdempotencyKeyError,
        IdempotencyKeyReusedError,
        RequestInProgressError,
    ),
)
@needs(PartnerAbility.ORDERS)
def receive_webhook(
    body: Annotated[OrderCompletedMessage | OrderReturnedMessage, Body(discriminator="type")],
) -> ReceivedOrder:
    """Signed as Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`) with a secret of yours, and
    with your key. The same `webhook-id` again is answered as before; messages may come in any order."""
    now = clock.now()
    partner = _partner()
    key = order_service.signed_by(partner, api.raw_body, api.header, now)
    message = body.message()

    def said(receipt: Receipt, ignored: Iterable[Ignored]) -> ReceivedOrder:
        return ReceivedOrder.of(message, receipt, ignored, api.language)

    def answer(receipt: Receipt, ignored: Iterable[Ignored]) -> dict[str, Any]:
        return said(receipt, ignored).model_dump(mode="json")

    received = said(*order_service.receive(partner, message, key, answer=answer, now=now))
    count("WebhookReceived")
    log("received", partner_id=partner.partner_id, webhook_type=body.type, outcome=received.outcome)
    return received


@api.post(
    "/partner/v1/links",
    summary="Learn by which id to name an athlete",
    tags=["Links"],
    raises=(LinkTokenExpiredError, LinkTokenUnknownError, RequestInProgressError, TooManyUnknownTokensError),
)
@needs(*sorted(LINKING))
def exchange_token(body: Annotated[TokenExchange, Body()]) -> LinkedAthlete:
    """For the one-time token that the athlete's app brought. The same token again is answered the same, until it
    expires; after that, ask the athlete for another."""
    return LinkedAthlete.of(link_service.exchange(api.partner_id, body.token, clock.now()))


@api.put(
    "/partner/v1/products/<sku>",
    summary="Put a product into the catalogue",
    tags=["Catalogue"],
    raises=(HostNotAllowedError, RequestInProgressError),
)
@needs(PartnerAbility.CATALOGUE)
def put_product(sku: Annotated[Sku, Path()], body: Annotated[ProductPut, Body()]) -> ProductResponse:
    """The whole product as it is from now on; what says nothing new changes nothing."""
    now = clock.now()
    check_host(body.deeplink, _partner().hosts)
    return ProductResponse.of(catalogue_service.put(body.as_product(api.partner_id, sku, now), now))


@api.post(
    "/partner/v1/products",
    summary="Put up to a hundred products",
    tags=["Catalogue"],
    raises=(RequestInProgressError,),
)
@needs(PartnerAbility.CATALOGUE)
def put_products(body: Annotated[ProductBatch, Body()]) -> ProductBatchResponse:
    """Judged one by one: look at each result."""
    now = clock.now()
    read = body.read(_partner().hosts)
    twice = body.skus_twice()
    good = [one for one in read if not isinstance(one, ValidationError) and one.sku not in twice]
    done = catalogue_service.put_many([one.product(api.partner_id, now) for one in good], now)

    def result(number: int, one: ProductEntry | ValidationError) -> ProductResult:
        if isinstance(one, ValidationError):
            return ProductResult.refused(number, body.products[number], one, api.language)
        return (
            ProductResult.of(*done[one.sku]) if one.sku in done else ProductResult.twice(number, one.sku, api.language)
        )

    return ProductBatchResponse.of([result(number, one) for number, one in enumerate(read)])


@api.get(
    "/partner/v1/products/<sku>",
    summary="Show a product of the catalogue",
    tags=["Catalogue"],
    raises=(ProductNotFoundError,),
)
@needs(PartnerAbility.CATALOGUE)
def get_product(sku: Annotated[Sku, Path()]) -> ProductResponse:
    return ProductResponse.of(catalogue_store.get(api.partner_id, sku))


def _partner() -> Partner:
    """With its secrets."""
    try:
        return store.get(api.partner_id)
    except PartnerNotFoundError as error:
        raise PartnerDisabledError from error
