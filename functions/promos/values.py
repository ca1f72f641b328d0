"""Small values that requests, entities and events of promos share."""

import re
from datetime import time
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from stadion.errors import UnacceptableValueError
from stadion.fields import LINE
from stadion.i18n import Language, Text

MAX_MINOR = 10**12
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR, strict=True, description="in the currency's smallest unit")]
Count = Annotated[int, Field(ge=1, le=10**9, strict=True)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["RUB"])]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["RU"])]
Region = Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$", examples=["RU-MOW"])]
City = Annotated[str, Field(min_length=1, max_length=100, pattern=LINE, examples=["Moscow"])]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$", examples=["winter-shoes"])]
"""Of promos and segments: people type it, and it stands in addresses and UTM tags."""
Sku = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["8736421"])]
OneLine = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
UserId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$", examples=["8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"])]
Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,80}$", examples=["winter-2026"])]
OrderId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$", examples=["o-48151"])]


class StrictValue(BaseModel):
    """A value inside a request and of what is stored; unknown fields are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, populate_by_name=True
    )


def _https(url: str) -> str:
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d+)?(/[^\s\x00-\x1f<>\"]*)?", url):
        raise UnacceptableValueError(
            Text(en="Send an https address without spaces.", ru="Укажите адрес https без пробелов.")
        )
    return url


Link = Annotated[str, Field(max_length=1000, examples=["https://store.example/p/8736421"]), AfterValidator(_https)]


class Words(StrictValue):
    """The same text in every language."""

    en: Annotated[str, Field(min_length=1, max_length=500, examples=["20 % off your next pair"])]
    ru: Annotated[str, Field(min_length=1, max_length=500, examples=["Скидка 20 % на следующую пару"])]

    def say(self, language: Language) -> str:
        text: str = getattr(self, language.value)
        return text


class DiscountKind(StrEnum):
    PERCENT = "percent"
    AMOUNT = "amount"
    GIFT = "gift"
    FREE_DELIVERY = "free_delivery"


_NEEDS = {
    DiscountKind.PERCENT: "percent",
    DiscountKind.AMOUNT: "amount_minor",
    DiscountKind.GIFT: "sku",
    DiscountKind.FREE_DELIVERY: None,
}


class Discount(StrictValue):
    kind: DiscountKind
    percent: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    amount_minor: Annotated[Minor, Field(ge=1)] | None = None
    sku: Sku | None = Field(default=None, description="of the gift")
    cost_minor: Minor = Field(default=0, description="what a gift or a delivery takes from the budget in money")
    most_minor: Annotated[Minor, Field(ge=1)] | None = Field(default=None, description="a percentage takes no more")
    least_order_minor: Minor = Field(default=0, description="smaller orders get nothing")

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        needed = _NEEDS[self.kind]
        for field in ("percent", "amount_minor", "sku"):
            if (getattr(self, field) is None) == (field == needed):
                raise ValueError(
                    f"A discount of the kind {self.kind.value} takes {needed or 'no value'}, and no other."
                )
        if self.most_minor is not None and self.kind is not DiscountKind.PERCENT:
            raise UnacceptableValueError(
                Text(en="Only a percentage has a most_minor.", ru="most_minor бывает только у скидки в процентах.")
            )
        if self.cost_minor and self.kind not in {DiscountKind.GIFT, DiscountKind.FREE_DELIVERY}:
            raise UnacceptableValueError(
                Text(
                    en="Only a gift or a delivery has a cost_minor.",
                    ru="cost_minor бывает только у подарка или доставки.",
                )
            )
        return self

    @property
    def speaks_of_money(self) -> bool:
        return bool(self.amount_minor or self.most_minor or self.least_order_minor or self.cost_minor)


class PromoPlace(StrictValue):
    """All that is given must fit; several places are alternatives."""

    country: Country | None = None
    region: Region | None = None
    city: City | None = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not (self.country or self.region or self.city):
            raise UnacceptableValueError(
                Text(en="Name a country, a region or a city.", ru="Назовите страну, регион или город.")
            )
        return self


Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY: list[Day] = list(DAYS)
Hour = Annotated[
    time, Field(examples=["08:00"], description="on the athlete's clock", json_schema_extra={"format": "time"})
]


class PromoWindow(StrictValue):
    """Hours of the athlete's day. One that ends before it begins goes past midnight and belongs to its first day."""

    days: list[Day] = Field(default_factory=lambda: list(EVERY_DAY), min_length=1, max_length=7)
    opens: Hour
    closes: Hour = Field(description="not included; the same as `opens`: the whole day")


class PromoProduct(StrictValue):
    sku: Sku
    link: Link


class CodePlan(StrictValue):
    """How athletes get their codes: each their own by a pattern, or all the same one."""

    pattern: str | None = Field(default=None, examples=["RUN-{4}-{4}"], description="{n}: n random characters")
    shared: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9-]{3,32}$", examples=["WINTER20"], description="one code for everybody"
    )
    most_uses: Count | None = Field(default=None, description="of a shared code; the promo's limits hold as well")
    valid_for_days: Annotated[int, Field(ge=1, le=3650, strict=True)] | None = Field(
        default=None, description="from the day it is issued; never past the promo's end"
    )

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if (self.pattern is None) == (self.shared is None):
            raise UnacceptableValueError(
                Text(en="Give a pattern or a shared code, and not both.", ru="Задайте либо шаблон, либо общий код.")
            )
        if self.most_uses is not None and self.shared is None:
            raise UnacceptableValueError(
                Text(
                    en="A code of one athlete is for one use: only a shared code has most_uses.",
                    ru="Личный код действует один раз: most_uses бывает только у общего.",
                )
            )
        return self


class LimitPeriod(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class PromoLimits(StrictValue):
    """Null: none. Periods are days, weeks and months on the promo's clock."""

    redemptions: Count | None = None
    discount_minor: Annotated[Minor, Field(ge=1)] | None = Field(default=None, description="the budget in money")
    per_user: Count | None = 1
    period: LimitPeriod | None = None
    per_period: Count | None = Field(default=None, description="of all athletes; a change holds from the next one on")
    per_user_per_period: Count | None = None

    @model_validator(mode="after")
    def _has_a_period_for_its_limits(self) -> Self:
        if (self.period is None) != (self.per_period is None and self.per_user_per_period is None):
            raise UnacceptableValueError(
                Text(
                    en="A limit of a period takes a period, and a period takes a limit.",
                    ru="Лимиту за период нужен период, а периоду — лимит.",
                )
            )
        return self


class StackingMode(StrEnum):
    EXCLUSIVE = "exclusive"
    GROUP = "group"
    ANY = "any"


class PromoStacking(StrictValue):
    """What else the same order may use. Both promos must agree."""

    mode: StackingMode = StackingMode.EXCLUSIVE
    groups: list[Name] = Field(
        default_factory=list, max_length=10, description="mode `group`: with promos that share one of them"
    )

    @model_validator(mode="after")
    def _has_groups_if_it_needs_them(self) -> Self:
        if bool(self.groups) != (self.mode is StackingMode.GROUP):
            raise UnacceptableValueError(
                Text(en="The mode `group`, and no other, takes groups.", ru="Группы бывают только в режиме `group`.")
            )
        return self
