"""What the store asks of codes, and what it is told."""

from datetime import datetime
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, Field

from promos.checkout.domain import Cart, Redemption
from promos.checkout.order_service import KnownOrder
from promos.checkout.service import OnOrder
from promos.offers.domain import Code, Promo, PromoStatus
from promos.values import Discount, Words
from stadion.http import RequestModel
from stadion.identifiers import OrderId
from stadion.money import Currency, Minor
from stadion.partner_athletes import AthleteId, IgnoredPart


class CodeUse(RequestModel):
    """An order that wants to use a code."""

    order_id: OrderId
    athlete_id: AthleteId | None = Field(
        default=None, description="by which POST /partner/v1/links lets you name the athlete; left out: a guest"
    )
    amount_minor: Minor = Field(examples=[899000], description="the cart before any discount, also of other codes")
    currency: Currency

    def cart(self, partner_id: str, user_id: str | None) -> Cart:
        return Cart(partner_id, self.order_id, user_id, self.amount_minor, self.currency)


class CodeOrder(RequestModel):
    order_id: OrderId


def _state(code: Code, now: datetime) -> str:
    """What is redeemed stays so, and a cart keeps what it holds, though it was taken back meanwhile."""
    if code.state != "redeemed" and code.expires_at <= now:
        return "expired"
    return "taken_back" if code.state == "free" and code.taken_back_at is not None else code.state


class CodeResponse(BaseModel):
    code: str
    promo_id: str
    state: str = Field(examples=["free"], description="free, reserved, redeemed, expired or taken_back")
    promo_status: PromoStatus
    title: Words
    discount: Discount
    currency: str | None = None
    expires_at: AwareDatetime

    @classmethod
    def of(cls, code: Code, promo: Promo, now: datetime) -> Self:
        return cls(
            code=code.code,
            promo_id=promo.promo_id,
            state=_state(code, now),
            promo_status=promo.status(now),
            title=promo.title,
            discount=promo.discount,
            currency=promo.currency,
            expires_at=min(code.expires_at, promo.ends_at),
        )


class OtherCode(BaseModel):
    code: str
    promo_id: str
    state: str = Field(examples=["reserved"])
    amount_minor: int
    discount_minor: int


class RedemptionResponse(BaseModel):
    code: str
    promo_id: str
    order_id: str
    state: str = Field(examples=["reserved"])
    amount_minor: int = Field(description="the cart before any discount")
    discount_minor: int = Field(description="of this code, on what the codes before it leave")
    payable_minor: int = Field(description="what is left to pay for the whole order, after all its codes")
    currency: str
    reserved_until: AwareDatetime | None = None
    discount: Discount
    others: list[OtherCode] = Field(description="the order's other codes, in the order in which they take")
    ignored: list[IgnoredPart] = Field(default_factory=list, description="what of the request does nothing")

    @classmethod
    def of(cls, done: OnOrder, ignored: list[IgnoredPart]) -> Self:
        return cls(
            **_fields(done.redemption, cls),
            payable_minor=done.payable_minor,
            discount=done.discount,
            others=[OtherCode(**_fields(one, OtherCode)) for one in done.others],
            ignored=ignored,
        )


class OrderCode(BaseModel):
    code: str
    promo_id: str
    state: str = Field(examples=["redeemed"], description="reserved, redeemed or reversed")
    given_minor: int = Field(description="what it gave by what is known of the order")
    kept_minor: int = Field(description="the part of it that lies on what did not come back")

    @classmethod
    def of(cls, one: Redemption) -> Self:
        given = one.given_minor if one.given_minor is not None else one.discount_minor
        return cls(
            code=one.code,
            promo_id=one.promo_id,
            state=one.state.value,
            given_minor=given,
            kept_minor=one.discount_minor if one.stands else 0,
        )


class RefusedCode(BaseModel):
    code: str
    reason: str = Field(examples=["code_expired"], description="the code of the problem that the till would answer")


class OrderMoneyResponse(BaseModel):
    """Null is what only the order's own message can say, before it has come."""

    order_id: str
    currency: str | None
    lines_minor: int | None = Field(description="the lines before any discount")
    discount_minor: int | None = Field(description="what the order says was taken off, by codes and by the store")
    own_discount_minor: int | None = Field(description="the part of it that no code gave: the store's own")
    paid_minor: int | None
    kept_minor: int | None = Field(description="paid and not given back")
    codes: list[OrderCode]
    refused: list[RefusedCode] = Field(description="codes that the order named, and that gave nothing")

    @classmethod
    def of(cls, order_id: str, known: KnownOrder) -> Self:
        paid = known.paid
        return cls(
            order_id=order_id,
            currency=paid.currency if paid else next((one.currency for one in known.uses), None),
            lines_minor=paid.list_minor if paid else None,
            discount_minor=paid.discount_minor if paid else None,
            own_discount_minor=paid.own_discount_minor if paid else None,
            paid_minor=paid.total_minor if paid else None,
            kept_minor=paid.kept_minor if paid else None,
            codes=[OrderCode.of(one) for one in known.uses],
            refused=[RefusedCode(code=code, reason=reason) for code, reason in known.refused.items()],
        )


def _fields(one: Redemption, model: type[BaseModel]) -> dict[str, Any]:
    return one.model_dump(include=set(model.model_fields) & set(Redemption.model_fields))
