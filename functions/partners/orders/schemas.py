"""Webhooks in: what a partner tells of its orders, and the answer."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from partners.fields import Currency, Minor, Sku, WearCategory, Words
from stadion.errors import UnacceptableValueError
from stadion.fields import Moment
from stadion.http import RequestModel
from stadion.i18n import Text

OrderId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["o-48151"])]
Quantity = Annotated[int, Field(strict=True, ge=1, le=100)]
Version = Annotated[
    int, Field(strict=True, ge=1, le=1_000_000, description="of the order's messages, each its own", examples=[1])
]
MAX_LINES = 100


class BoughtLine(RequestModel):
    sku: Sku
    quantity: Quantity = Field(examples=[1])
    price_minor: Minor = Field(description="of one, before the discount", examples=[899000])
    name: Words | None = Field(default=None, description="the catalogue's when left out")
    wear_category: WearCategory | None = Field(default=None, description="the catalogue's when left out")


class ReturnedLine(RequestModel):
    sku: Sku
    quantity: Quantity = Field(examples=[1])


def _once_each(lines: list[Any]) -> list[Any]:
    if len({line.sku for line in lines}) < len(lines):
        raise UnacceptableValueError(Text(en="One line for each SKU.", ru="По одной строке на каждый SKU."))
    return lines


class CompletedOrder(RequestModel):
    order_id: OrderId
    version: Version
    user_id: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="the Stadion id of who is signed in at the store; without it the order is about nobody",
        examples=["8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"],
    )
    code: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]{1,40}$", examples=["RUN-7F3K-9QXD"])
    lines: Annotated[list[BoughtLine], Field(min_length=1, max_length=MAX_LINES), AfterValidator(_once_each)]
    total_minor: Minor = Field(description="paid, after the discount", examples=[719000])
    discount_minor: Minor = Field(default=0, examples=[180000])
    currency: Currency
    completed_at: Moment = Field(examples=["2026-11-21T09:30:00Z"])


class ReturnedOrder(RequestModel):
    order_id: OrderId
    version: Version
    lines: (
        Annotated[list[ReturnedLine], Field(min_length=1, max_length=MAX_LINES), AfterValidator(_once_each)] | None
    ) = Field(default=None, description="what came back; null: all that was left")
    returned_at: Moment = Field(examples=["2026-11-28T12:00:00Z"])


class OrderCompletedMessage(RequestModel):
    type: Literal["order.completed"]
    timestamp: Moment = Field(examples=["2026-11-21T09:30:01Z"])
    data: CompletedOrder


class OrderReturnedMessage(RequestModel):
    type: Literal["order.returned"]
    timestamp: Moment = Field(examples=["2026-11-28T12:00:01Z"])
    data: ReturnedOrder


OrderMessage = OrderCompletedMessage | OrderReturnedMessage


class Received(BaseModel):
    order_id: str
    outcome: Literal["accepted", "kept", "unchanged"] = Field(
        description="kept: nothing became true by it yet (a return before its order), or it is about nobody; "
        "unchanged: it came before"
    )
