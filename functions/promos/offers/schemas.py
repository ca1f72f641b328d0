"""Requests and responses of promos."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from promos.offers.domain import Action, OfferStatus, PromoStatus
from promos.targeting import Rule
from promos.values import (
    CodePlan,
    Count,
    Currency,
    Discount,
    Label,
    Limits,
    Line,
    Link,
    Minor,
    Name,
    Place,
    Product,
    Stacking,
    UserId,
    Window,
    Words,
)
from stadion.events.accounts import ConsentKind
from stadion.fields import Moment
from stadion.http import RequestModel
from stadion.zones import TimeZone


class NewPromo(RequestModel):
    promo_id: Name = Field(examples=["winter-shoes"])
    name: Line = Field(examples=["Winter shoes 2026"], description="for those who work with it")
    title: Words = Field(examples=[{"en": "20 % off", "ru": "Скидка 20 %"}])
    text: Words = Field(examples=[{"en": "For your next pair.", "ru": "На следующую пару."}])
    terms: Words | None = None
    discount: Discount = Field(examples=[{"kind": "percent", "percent": 20}])
    currency: Currency | None = Field(default=None, description="needed as soon as an amount of money is named")
    starts_at: Moment = Field(examples=["2026-12-01T00:00:00+03:00"])
    ends_at: Moment = Field(examples=["2027-01-01T00:00:00+03:00"])
    time_zone: TimeZone = Field(default="UTC", description="of its periods, and of hours where nobody's clock is known")
    places: list[Place] = Field(default_factory=list, max_length=100, description="of the athletes; empty: everywhere")
    windows: list[Window] = Field(default_factory=list, max_length=20, description="empty: at any hour")
    targeting: Rule | None = Field(default=None, examples=[{"gear": {"worn_percent": 80}}])
    link: Link
    products: list[Product] = Field(default_factory=list, max_length=50)
    codes: CodePlan = Field(examples=[{"pattern": "RUN-{4}-{4}", "valid_for_days": 14}])
    limits: Limits = Field(default_factory=Limits)
    stacking: Stacking = Field(default_factory=Stacking)


class LimitsPatch(RequestModel):
    redemptions: Count | None = None
    discount_minor: Annotated[Minor, Field(ge=1)] | None = None
    per_user: Count | None = None
    per_period: Count | None = None
    per_user_per_period: Count | None = None


class PromoPatch(RequestModel):
    """RFC 7396 merge patch. What athletes were promised (discount, currency, beginning, stacking) is a draft's."""

    name: Line | None = None
    title: Words | None = None
    text: Words | None = None
    terms: Words | None = None
    discount: Discount | None = None
    currency: Currency | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    time_zone: TimeZone | None = None
    places: list[Place] | None = Field(default=None, max_length=100)
    windows: list[Window] | None = Field(default=None, max_length=20)
    targeting: Rule | None = None
    link: Link | None = None
    products: list[Product] | None = Field(default=None, max_length=50)
    limits: LimitsPatch | None = None
    stacking: Stacking | None = None


class BudgetLeft(BaseModel):
    redemptions_left: int | None = Field(description="null: no limit")
    redemptions_used: int = Field(description="redeemed and reserved")
    discount_left_minor: int | None
    discount_used_minor: int


class PromoResponse(BaseModel):
    promo_id: str
    revision: int
    status: PromoStatus
    name: str
    title: Words
    text: Words
    terms: Words | None = None
    discount: Discount
    currency: str | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    time_zone: str
    places: list[Place]
    windows: list[Window]
    targeting: Rule | None = None
    link: str
    products: list[Product]
    codes: CodePlan
    limits: Limits
    stacking: Stacking
    budget: BudgetLeft | None = Field(default=None, description="not in lists")
    created_at: AwareDatetime
    updated_at: AwareDatetime


class StatusChange(RequestModel):
    action: Action


class RuleProblem(BaseModel):
    pointer: str = Field(examples=["#/targeting/all/0/segment"])
    code: str = Field(examples=["unknown_segment"])
    detail: str


class Validity(BaseModel):
    is_valid: bool
    problems: list[RuleProblem]


class CheckResponse(BaseModel):
    check: str = Field(examples=["targeting"])
    passed: bool
    decided_by: str = Field(examples=["#/targeting/all/1/gear"], description="the rule that decided")
    detail: str


class Explanation(BaseModel):
    promo_id: str
    user_id: str
    is_eligible: bool
    checks: list[CheckResponse]


class NewIssue(RequestModel):
    user_id: UserId
    run_id: Label = Field(default="direct", description="the same athlete gets one offer of the promo in each run")
    campaign_id: Label | None = None
    variant: Label | None = None
    channel: ConsentKind | None = Field(default=None, description="whose consent must stand; null: any for marketing")


class IssuedResponse(BaseModel):
    offer_id: str
    user_id: str
    promo_id: str
    run_id: str
    campaign_id: str | None = None
    variant: str | None = None
    code: str
    issued_at: AwareDatetime
    expires_at: AwareDatetime


class OfferResponse(BaseModel):
    offer_id: str
    promo_id: str
    status: OfferStatus
    is_open_now: bool = Field(description="whether the promo holds at this hour of the athlete's day")
    title: str
    text: str
    terms: str | None = None
    discount: Discount
    currency: str | None = None
    code: str
    link: str = Field(description="with UTM tags")
    products: list[Product]
    issued_at: AwareDatetime
    expires_at: AwareDatetime
    viewed_at: AwareDatetime | None = None
    clicked_at: AwareDatetime | None = None
    dismissed_at: AwareDatetime | None = None
    redeemed_at: AwareDatetime | None = None


class ClickResponse(BaseModel):
    link: str


class FunnelRow(BaseModel):
    """Offers, each counted once in each column, on the day (UTC) on which it got there."""

    campaign_id: str | None = None
    variant: str | None = None
    day: str | None = Field(default=None, description="null: all days")
    issued: int = 0
    viewed: int = 0
    clicked: int = 0
    dismissed: int = 0
    redeemed: int = 0
    reversed: int = 0
    redemptions: int = Field(default=0, description="a shared code may be used more than once")
    discount_minor: int = 0
    revenue_minor: int = 0
    walk_ins: int = Field(default=0, description="redemptions of a shared code that nobody was offered")


class FunnelResponse(BaseModel):
    promo_id: str
    total: FunnelRow
    by_variant: list[FunnelRow]
    by_day: list[FunnelRow]
