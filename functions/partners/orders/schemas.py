"""Webhooks in: what a partner tells of its orders, and the answer."""

import hashlib
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field

from partners.fields import Currency, Minor, Sku, WearCategory, Words
from partners.orders.domain import Bought, Completion, Message, Receipt, Return
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

    def bought(self) -> Bought:
        return Bought(self.sku, self.quantity, self.price_minor, self.name, self.wear_category)


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

    def tells(self) -> Completion:
        return Completion(
            version=self.version,
            bought=[line.bought() for line in self.lines],
            total_minor=self.total_minor,
            discount_minor=self.discount_minor,
            currency=self.currency,
            completed_at=self.completed_at,
            user_id=self.user_id,
            code=self.code,
        )


class ReturnedOrder(RequestModel):
    order_id: OrderId
    version: Version
    lines: (
        Annotated[list[ReturnedLine], Field(min_length=1, max_length=MAX_LINES), AfterValidator(_once_each)] | None
    ) = Field(default=None, description="what came back; null: all that was left")
    returned_at: Moment = Field(examples=["2026-11-28T12:00:00Z"])

    def tells(self) -> Return:
        quantities = None if self.lines is None else {line.sku: line.quantity for line in self.lines}
        return Return(version=self.version, quantities=quantities, returned_at=self.returned_at)


def _message(data: CompletedOrder | ReturnedOrder) -> Message:
    digest = hashlib.sha256(data.model_dump_json().encode()).hexdigest()
    return Message(data.order_id, data.tells(), digest)


class OrderCompletedMessage(RequestModel):
    type: Literal["order.completed"]
    timestamp: Moment = Field(examples=["2026-11-21T09:30:01Z"])
    data: CompletedOrder

    def message(self) -> Message:
        return _message(self.data)


class OrderReturnedMessage(RequestModel):
    type: Literal["order.returned"]
    timestamp: Moment = Field(examples=["2026-11-28T12:00:01Z"])
    data: ReturnedOrder

    def message(self) -> Message:
        return _message(self.data)


class ReceivedOrder(BaseModel):
    order_id: str
    outcome: Literal["accepted", "kept", "unchanged"] = Field(
        description="kept: nothing became true by it yet (a return before its order), or it is about nobody; "
        "unchanged: it came before"
    )

    @classmethod
    def of(cls, message: Message, receipt: Receipt) -> Self:
        return cls(order_id=message.order_id, outcome=receipt)
