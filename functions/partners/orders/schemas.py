"""Webhooks in: what a partner tells of its orders, and the answer."""

import hashlib
import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from partners.fields import WearCategory, Words
from partners.orders.domain import Bought, Completion, Ignored, Message, Receipt, Return
from stadion import clock
from stadion.codes import ClaimedCode, key
from stadion.errors import UnacceptableValueError
from stadion.fields import Moment
from stadion.http import RequestModel
from stadion.i18n import Language, Text
from stadion.identifiers import OrderId, Sku
from stadion.money import Currency, Minor
from stadion.partner_athletes import AthleteId, IgnoredPart

Quantity = Annotated[int, Field(strict=True, ge=1, le=100)]
Version = Annotated[
    int, Field(strict=True, ge=1, le=1_000_000, description="of the order's messages, each its own", examples=[1])
]
MAX_LINES = 100
MAX_CODES = 5


class BoughtLine(RequestModel):
    sku: Sku
    quantity: Quantity = Field(examples=[1])
    price_minor: Minor = Field(description="of one, before any discount", examples=[899000])
    discount_minor: Minor = Field(
        default=0, description="of the whole line, when the discount does not lie on all lines alike", examples=[0]
    )
    name: Words | None = Field(
        default=None, description="taken and told in `ignored`: what a product is called, the catalogue says"
    )
    wear_category: WearCategory | None = Field(default=None, description="the catalogue's when left out")

    @model_validator(mode="after")
    def _costs_something(self) -> Self:
        if self.discount_minor > self.quantity * self.price_minor:
            raise UnacceptableValueError(
                Text(en="The line's discount is more than the line.", ru="Скидка на строку больше самой строки.")
            )
        return self

    def bought(self) -> Bought:
        return Bought(self.sku, self.quantity, self.price_minor, self.discount_minor, self.name, self.wear_category)


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
    athlete_id: AthleteId | None = Field(
        default=None,
        description="by which POST /partner/v1/links lets you name the athlete; without it the order is about nobody, "
        "and told for its codes, those of the till too",
    )
    code: ClaimedCode | None = Field(default=None, description="that the order used; several: `codes`")
    codes: Annotated[list[ClaimedCode], Field(max_length=MAX_CODES)] = Field(
        default_factory=list, description="that the order used, in the order in which they were given"
    )
    lines: Annotated[list[BoughtLine], Field(min_length=1, max_length=MAX_LINES), AfterValidator(_once_each)]
    total_minor: Minor = Field(description="paid: after the discount, with shipping and tax", examples=[719000])
    discount_minor: Minor = Field(default=0, description="in all, by codes and by the store itself", examples=[180000])
    shipping_minor: Minor = Field(default=0, description="within the total", examples=[0])
    tax_minor: Minor = Field(default=0, description="within the total, for information", examples=[0])
    currency: Currency
    completed_at: Moment = Field(examples=["2026-11-21T09:30:00Z"])

    def tells(self) -> Completion:
        return Completion(
            version=self.version,
            bought=[line.bought() for line in self.lines],
            total_minor=self.total_minor,
            discount_minor=self.discount_minor,
            shipping_minor=self.shipping_minor,
            tax_minor=self.tax_minor,
            currency=self.currency,
            completed_at=self.completed_at,
            athlete_id=self.athlete_id,
            codes=self._codes(),
        )

    def _codes(self) -> dict[str, str]:
        """Pointer -> code, each once."""
        named = [("#/data/code", self.code)] if self.code else []
        named += [(f"#/data/codes/{number}", code) for number, code in enumerate(self.codes)]
        first = {key(code): (pointer, code) for pointer, code in reversed(named)}
        return {pointer: code for pointer, code in named if first[key(code)] == (pointer, code)}


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


_SPELLED: Any = {
    "order_id": True, "version": True, "athlete_id": True, "code": True, "total_minor": True, "discount_minor": True,
    "lines": {"__all__": {"sku", "quantity", "price_minor", "name", "wear_category"}}, "currency": True,
    "completed_at": True, "returned_at": True,
}  # fmt: skip


def _message(data: CompletedOrder | ReturnedOrder) -> Message:
    text = data.model_dump_json(include=_SPELLED).replace('"athlete_id":null', '"user_id":null', 1)  # a guest's, then
    return Message(data.order_id, data.tells(), _digest(data), hashlib.sha256(text.encode()).hexdigest())


def _digest(data: CompletedOrder | ReturnedOrder) -> str:
    """Of the values: the same moment in another zone and the same lines in another order say the same."""
    said = data.model_dump(mode="python", exclude_none=True)
    said["lines"] = sorted(said.get("lines", []), key=lambda line: line["sku"])
    text = json.dumps(said, sort_keys=True, default=clock.rfc3339)
    return hashlib.sha256(text.encode()).hexdigest()


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
        description="kept: nothing became true by it yet (a return before its order); unchanged: it came before"
    )
    ignored: list[IgnoredPart] = Field(
        default_factory=list, description="what of the order does nothing; what became of its codes: GET the order"
    )

    @classmethod
    def of(cls, message: Message, receipt: Receipt, ignored: Iterable[Ignored], language: Language) -> Self:
        parts = [IgnoredPart(pointer=one.pointer, code=one.code, detail=one.said.say(language)) for one in ignored]
        return cls(order_id=message.order_id, outcome=receipt, ignored=parts)
