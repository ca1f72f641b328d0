"""What the store asks of codes, and what it is told."""

from pydantic import AwareDatetime, BaseModel, Field

from promos.offers.domain import PromoStatus
from promos.values import Currency, Discount, Minor, OrderId, UserId, Words
from stadion.http import RequestModel


class Use(RequestModel):
    """An order that wants to use a code."""

    order_id: OrderId
    user_id: UserId | None = None
    amount_minor: Minor = Field(examples=[899000])
    currency: Currency


class OrderOnly(RequestModel):
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
