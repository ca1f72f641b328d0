"""Requests and responses of promos."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from promos.offers.domain import (
    Budget,
    Check,
    Funnel,
    FunnelSum,
    HeldOffer,
    Issue,
    Offer,
    OfferStatus,
    Promo,
    PromoAction,
    PromoStatus,
    is_open_at,
)
from promos.offers.funnel_store import MONEY
from promos.offers.links import tagged
from promos.offers.message_service import sms_size
from promos.targeting import Problem, TargetingRule
from promos.values import (
    CodePlan,
    Count,
    Discount,
    Name,
    OneLine,
    PromoLimits,
    PromoPlace,
    PromoProduct,
    PromoStacking,
    PromoWindow,
    Words,
)
from stadion.errors import UnacceptableValueError
from stadion.events.accounts import ConsentKind
from stadion.fields import Moment
from stadion.hours import HourOfDay
from stadion.http import RequestModel
from stadion.i18n import Language, Text
from stadion.identifiers import Label, UserId
from stadion.links import Link
from stadion.money import Currency, Minor
from stadion.places import Country, Region
from stadion.zones import TimeZone

WORDS_OF_ADDRESSES = frozenset({"segments", "validate"})


def _is_no_address(name: str) -> str:
    """`/v1/admin/promos/segments` is the list of segments."""
    if name in WORDS_OF_ADDRESSES:
        raise UnacceptableValueError(
            Text(
                en="No promo can be called `segments` or `validate`: these are addresses. Choose another name.",
                ru="Промо нельзя назвать `segments` или `validate`: это адреса. Выберите другое имя.",
            )
        )
    return name


class NewPromoPlace(PromoPlace):
    """What is stored may be of yesterday's lists; what is sent is of today's."""

    country: Country | None = None
    region: Region | None = None


class NewPromoWindow(PromoWindow):
    opens: HourOfDay = Field(description="on the athlete's clock")
    closes: HourOfDay = Field(description="not included; the same as `opens`: the whole day")


Places = Annotated[
    list[NewPromoPlace],
    Field(max_length=100, description="of the athletes; empty: everywhere"),
    AfterValidator(lambda found: [PromoPlace(**one.model_dump()) for one in found]),
]
Windows = Annotated[
    list[NewPromoWindow],
    Field(max_length=20, description="empty: at any hour"),
    AfterValidator(lambda found: [PromoWindow(**one.model_dump()) for one in found]),
]


Partners = Annotated[
    list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$")]],
    Field(
        max_length=20,
        examples=[["store"]],
        description="who may redeem it, hears of it and has the products that worn gear leads to; empty: all partners "
        "who may redeem codes",
    ),
    AfterValidator(lambda named: list(dict.fromkeys(named))),
]


class NewPromo(RequestModel):
    promo_id: Annotated[Name, AfterValidator(_is_no_address)] = Field(examples=["winter-shoes"])
    name: OneLine = Field(examples=["Winter shoes 2026"], description="for those who work with it")
    title: Words = Field(examples=[{"en": "20 % off", "ru": "Скидка 20 %"}])
    text: Words = Field(examples=[{"en": "For your next pair.", "ru": "На следующую пару."}])
    terms: Words | None = None
    discount: Discount = Field(examples=[{"kind": "percent", "percent": 20}])
    currency: Currency | None = Field(default=None, description="needed as soon as an amount of money is named")
    starts_at: Moment = Field(examples=["2026-12-01T00:00:00+03:00"])
    ends_at: Moment = Field(examples=["2027-01-01T00:00:00+03:00"])
    time_zone: TimeZone = Field(default="UTC", description="of its periods, and of hours where nobody's clock is known")
    places: Places = Field(default_factory=list)
    windows: Windows = Field(default_factory=list)
    targeting: TargetingRule | None = Field(default=None, examples=[{"gear": {"worn_percent": 80}}])
    partners: Partners = Field(default_factory=list)
    link: Link
    products: list[PromoProduct] = Field(default_factory=list, max_length=50)
    codes: CodePlan = Field(examples=[{"pattern": "RUN-{4}-{4}", "valid_for_days": 14}])
    limits: PromoLimits = Field(default_factory=PromoLimits)
    stacking: PromoStacking = Field(default_factory=PromoStacking)

    def draft(self, now: datetime) -> Promo:
        values: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        return Promo(**values, created_at=now, updated_at=now)


class PromoLimitsPatch(RequestModel):
    redemptions: Count | None = None
    discount_minor: Annotated[Minor, Field(ge=1)] | None = None
    per_user: Count | None = None
    per_period: Count | None = None
    per_user_per_period: Count | None = None


class PromoPatch(RequestModel):
    """RFC 7396 merge patch. What athletes were promised (discount, currency, beginning, stacking) is a draft's."""

    name: OneLine | None = None
    title: Words | None = None
    text: Words | None = None
    terms: Words | None = None
    discount: Discount | None = None
    currency: Currency | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    time_zone: TimeZone | None = None
    places: Places | None = None
    windows: Windows | None = None
    targeting: TargetingRule | None = None
    partners: Partners | None = None
    link: Link | None = None
    products: list[PromoProduct] | None = Field(default=None, max_length=50)
    limits: PromoLimitsPatch | None = None
    stacking: PromoStacking | None = None

    def changes(self) -> dict[str, Any]:
        """Of `limits` those that were given."""
        fields = {name: getattr(self, name) for name in self.model_fields_set}
        limits = {"limits": self.limits.model_dump(exclude_unset=True)} if self.limits is not None else {}
        return fields | limits


class BudgetLeft(BaseModel):
    redemptions_left: int | None = Field(description="null: no limit")
    redemptions_used: int = Field(description="redeemed and reserved")
    discount_left_minor: int | None
    discount_used_minor: int | None = Field(
        description="null without a currency: orders may be in several, and the funnel has the sum of each"
    )
    overrun_redemptions: int = Field(description="past the limit, by orders that were sold already")
    overrun_minor: int = Field(description="past the limit in money, by orders that were sold already")

    @classmethod
    def of(cls, budget: Budget, currency: str | None) -> Self:
        unknown = {"discount_used_minor": None} if currency is None else {}
        return cls(**asdict(budget) | unknown)


class SmsSizeResponse(BaseModel):
    parts: int = Field(description="each is paid for; with the code and the way out")
    is_shortened: bool = Field(description="the text is told in part")

    @classmethod
    def of(cls, promo: Promo) -> dict[str, Self]:
        """By language. Nothing of a pattern that makes no codes."""
        try:
            sizes = {language: sms_size(promo, language) for language in Language}
        except ValueError:
            return {}
        return {language.value: cls(**asdict(size)) for language, size in sizes.items()}


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
    places: list[PromoPlace]
    windows: list[PromoWindow]
    targeting: TargetingRule | None = None
    partners: list[str] = Field(description="who may redeem it; empty: all partners who may redeem codes")
    link: str
    products: list[PromoProduct]
    codes: CodePlan
    limits: PromoLimits
    stacking: PromoStacking
    budget: BudgetLeft | None = Field(default=None, description="not in lists")
    sms: dict[str, SmsSizeResponse] = Field(default_factory=dict, description="an offer as an SMS, by language")
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, promo: Promo, now: datetime, budget: Budget | None = None) -> Self:
        values = {name: getattr(promo, name) for name in cls.model_fields if hasattr(promo, name)}
        left = BudgetLeft.of(budget, promo.currency) if budget is not None else None
        return cls(**values | {"status": promo.status(now), "budget": left, "sms": SmsSizeResponse.of(promo)})


class PromoStatusChange(RequestModel):
    action: PromoAction


class RuleProblem(BaseModel):
    pointer: str = Field(examples=["#/targeting/all/0/segment"])
    code: str = Field(examples=["unknown_segment"])
    detail: str

    @classmethod
    def of(cls, problem: Problem, language: Language) -> Self:
        return cls(pointer=problem.pointer, code=problem.code, detail=problem.text.say(language))


class PlanValidity(BaseModel):
    is_valid: bool
    problems: list[RuleProblem]

    @classmethod
    def of(cls, problems: Iterable[Problem], language: Language) -> Self:
        found = [RuleProblem.of(problem, language) for problem in problems]
        return cls(is_valid=not found, problems=found)


class PromoValidity(PlanValidity):
    sms: dict[str, SmsSizeResponse] = Field(default_factory=dict, description="an offer as an SMS, by language")

    @classmethod
    def of_draft(cls, draft: Promo, problems: Iterable[Problem], language: Language) -> Self:
        judged = PlanValidity.of(problems, language)
        return cls(is_valid=judged.is_valid, problems=judged.problems, sms=SmsSizeResponse.of(draft))


class TargetingCheckResponse(BaseModel):
    check: str = Field(examples=["targeting"])
    passed: bool
    decided_by: str = Field(examples=["#/targeting/all/1/gear"], description="the rule that decided")
    detail: str

    @classmethod
    def of(cls, check: Check, language: Language) -> Self:
        return cls(**check.told(language))


class TargetingExplanation(BaseModel):
    promo_id: str
    user_id: str
    is_eligible: bool
    checks: list[TargetingCheckResponse]

    @classmethod
    def of(cls, promo_id: str, user_id: str, checks: Iterable[Check], language: Language) -> Self:
        found = [TargetingCheckResponse.of(check, language) for check in checks]
        is_eligible = all(check.passed for check in found)
        return cls(promo_id=promo_id, user_id=user_id, is_eligible=is_eligible, checks=found)


class NewIssue(RequestModel):
    user_id: UserId
    run_id: Label = Field(default="direct", description="the same athlete gets one offer of the promo in each run")
    campaign_id: Label | None = None
    variant: Label | None = None
    channel: ConsentKind | None = Field(default=None, description="whose consent must stand; null: any for marketing")

    def issue(self) -> Issue:
        return Issue(**self.model_dump())


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

    @classmethod
    def of(cls, offer: Offer) -> Self:
        return cls(**offer.model_dump(include=set(cls.model_fields)))


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
    products: list[PromoProduct]
    issued_at: AwareDatetime
    expires_at: AwareDatetime
    viewed_at: AwareDatetime | None = None
    clicked_at: AwareDatetime | None = None
    dismissed_at: AwareDatetime | None = None
    redeemed_at: AwareDatetime | None = None
    reward: str | None = Field(default=None, description="code of the reward that it is", examples=["free_delivery"])
    earned_by: str | None = Field(
        default=None, description="its very reason, as `/v1/gamification/rewards` names it", examples=["level:5"]
    )
    taken_back_at: AwareDatetime | None = Field(default=None, description="of a reward: while its reason is gone")

    @classmethod
    def of(cls, held: HeldOffer, fallback: Language, now: datetime) -> Self:
        """`fallback`: for an athlete of whose language nobody told."""
        offer, promo, athlete = held.offer, held.promo, held.athlete
        language = athlete.language or fallback
        return cls(
            **offer.model_dump(include=set(cls.model_fields) & set(Offer.model_fields) - {"link", "expires_at"}),
            expires_at=offer.ends_at(promo),
            status=offer.status(promo, now),
            is_open_now=is_open_at(promo.windows, now, athlete.time_zone),
            title=promo.title.say(language),
            text=promo.text.say(language),
            terms=promo.terms.say(language) if promo.terms else None,
            discount=promo.discount,
            currency=promo.currency,
            link=tagged(offer.link or promo.link, offer),
            products=promo.products,
        )


class ClickResponse(BaseModel):
    link: str


UNNOTED = "XXX"
"""ISO 4217's code for no currency: of what was counted before currencies were noted."""


class FunnelMoney(BaseModel):
    """Of the orders that used a code, less what came back."""

    currency: str
    discount_minor: int = Field(description="what the codes gave")
    cost_minor: int = Field(default=0, description="of gifts and deliveries")
    revenue_minor: int = Field(description="what was paid for these orders")


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
    discount_minor: int | None = Field(description="in `currency`; null when there are several: see `money`")
    revenue_minor: int | None = Field(description="in `currency`; paid for orders that used a code, and not given back")
    currency: str | None = Field(description="the promo's; null when it has none and several were used")
    money: list[FunnelMoney] = Field(description="by currency: two are never added")
    walk_ins: int = Field(default=0, description="redemptions of a shared code that nobody was offered")

    @classmethod
    def of(cls, found: FunnelSum, currency: str | None) -> Self:
        money = {one.currency: one for one in _money(found.amounts, currency)}
        of_promo = currency or (next(iter(money)) if len(money) == 1 else None)
        said = money.get(of_promo or "") or (FunnelMoney(currency="", discount_minor=0, revenue_minor=0))
        is_one = of_promo is not None or not money
        return cls(
            campaign_id=found.campaign_id,
            variant=found.variant,
            day=found.day,
            discount_minor=said.discount_minor if is_one else None,
            revenue_minor=said.revenue_minor if is_one else None,
            currency=of_promo,
            money=list(money.values()),
            **{name: amount for name, amount in found.amounts.items() if name in _COUNTED},
        )


_COUNTED = FunnelRow.model_fields.keys() - FunnelMoney.model_fields.keys()


def _money(amounts: Mapping[str, int], currency: str | None) -> list[FunnelMoney]:
    """What was counted before 2026-12 has no currency in its name: it is the promo's, or of one that nobody noted."""
    found: dict[str, dict[str, int]] = {}
    for name, minor in amounts.items():
        kind, _, of = name.partition(".")
        if kind in MONEY and of:
            row = found.setdefault(of, {})
            row[kind] = row.get(kind, 0) + minor
    for kind in ("discount", "revenue"):
        if minor := amounts.get(f"{kind}_minor", 0):
            row = found.setdefault(currency or UNNOTED, {})
            row[kind] = row.get(kind, 0) + minor
    return [
        FunnelMoney(currency=of, **{f"{kind}_minor": row.get(kind, 0) for kind in MONEY})
        for of, row in sorted(found.items())
    ]


class FunnelResponse(BaseModel):
    promo_id: str
    total: FunnelRow
    by_variant: list[FunnelRow]
    by_day: list[FunnelRow]

    @classmethod
    def of(cls, promo: Promo, funnel: Funnel) -> Self:
        return cls(
            promo_id=promo.promo_id,
            total=FunnelRow.of(funnel.total, promo.currency),
            by_variant=[FunnelRow.of(one, promo.currency) for one in funnel.by_variant],
            by_day=[FunnelRow.of(one, promo.currency) for one in funnel.by_day],
        )
