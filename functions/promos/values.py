"""Small values that requests, entities and events of promos share."""

from datetime import time
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from stadion.errors import UnacceptableValueError
from stadion.fields import LINE
from stadion.i18n import Language, Text
from stadion.identifiers import Sku
from stadion.links import Link
from stadion.money import Minor

Count = Annotated[int, Field(ge=1, le=10**9, strict=True)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["RUB"])]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["RU"])]
Region = Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$", examples=["RU-MOW"])]
City = Annotated[str, Field(min_length=1, max_length=100, pattern=LINE, examples=["Moscow"])]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$", examples=["winter-shoes"])]
"""Of promos and segments: people type it, and it stands in addresses and UTM tags."""
OneLine = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]


class StrictValue(BaseModel):
    """A value inside a request and of what is stored; unknown fields are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, populate_by_name=True
    )


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


def _takes(kind: DiscountKind, needed: str | None) -> Text:
    return Text(
        en=f"A discount of the kind {kind.value} takes {needed or 'no value'}, and no other.",
        ru=f"У скидки вида {kind.value} есть {needed or 'только вид'}, и ничего другого.",
    )


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
                raise UnacceptableValueError(_takes(self.kind, needed))
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
SECONDS_OF_OLD = 24


def _hour_of_old(stored: Any) -> Any:
    """Until 2026-11-30 `opens: 9` was taken for nine seconds after midnight UTC, and an offset was kept: the hour is
    what was written."""
    if not isinstance(stored, str):
        return stored
    found = time.fromisoformat(stored)
    if found.tzinfo is not None and found.hour == found.minute == 0 and 0 < found.second < SECONDS_OF_OLD:
        return time(found.second)
    return found.replace(tzinfo=None)


Hour = Annotated[
    time,
    BeforeValidator(_hour_of_old),
    Field(examples=["08:00"], description="on the athlete's clock", json_schema_extra={"format": "time"}),
]
"""As it is stored; what is sent is a `stadion.hours.HourOfDay`."""


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
        default=None, max_length=200, examples=["WINTER20"], description="one code for everybody"
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
