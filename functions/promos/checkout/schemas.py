"""What the store asks of codes, and what it is told."""

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from promos.checkout.domain import Cart, Redemption
from promos.offers.domain import Code, Promo, PromoStatus
from promos.values import Currency, Discount, Minor, OrderId, UserId, Words
from stadion.http import RequestModel


class CodeUse(RequestModel):
    """An order that wants to use a code."""

    order_id: OrderId
    user_id: UserId | None = None
    amount_minor: Minor = Field(examples=[899000])
    currency: Currency

    def cart(self, partner_id: str) -> Cart:
        return Cart(partner_id, self.order_id, self.user_id, self.amount_minor, self.currency)


class CodeOrder(RequestModel):
    order_id: OrderId


class CodeResponse(BaseModel):
    code: str
    promo_id: str
    state: str = Field(examples=["free"], description="free, reserved, redeemed or expired")
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
            state="expired" if code.expires_at <= now else code.state,
            promo_status=promo.status(now),
            title=promo.title,
            discount=promo.discount,
            currency=promo.currency,
            expires_at=min(code.expires_at, promo.ends_at),
        )


class RedemptionResponse(BaseModel):
    code: str
    promo_id: str
    order_id: str
    state: str = Field(examples=["reserved"])
    amount_minor: int
    discount_minor: int
    payable_minor: int
    currency: str
    reserved_until: AwareDatetime | None = None
    discount: Discount

    @classmethod
    def of(cls, done: Redemption, discount: Discount) -> Self:
        """`discount`: of its promo."""
        return cls(
            **done.model_dump(include=set(cls.model_fields) & set(Redemption.model_fields)),
            payable_minor=done.amount_minor - done.discount_minor,
            discount=discount,
        )
