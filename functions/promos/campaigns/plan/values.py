"""What marketing writes down before a campaign begins. A run keeps the plan that it began with."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from promos.targeting import TargetingRule
from promos.values import Count, Currency, Name, OneLine, StrictValue
from stadion.errors import UnacceptableValueError
from stadion.fields import FIRST_YEAR, LAST_YEAR
from stadion.i18n import Text
from stadion.money import Minor
from stadion.zones import TimeZone

MAX_VARIANTS = 5
MAX_LOOKS = 400
HOLD_OUT = "hold-out"
REST = "rest"
"""Of the audience: whoever is not in the test, and gets the winner."""


class ExperimentMetric(StrEnum):
    ORDERS = "orders"
    """The share of athletes that ordered."""
    REVENUE = "revenue"
    """Money per athlete."""


class ExperimentMethod(StrEnum):
    FIXED_HORIZON = "fixed_horizon"
    """One look, at a time said beforehand."""
    SEQUENTIAL = "sequential"
    """Looks at any time, each valid."""


CampaignId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$", examples=["winter-2026"])]
VariantName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,19}$", examples=["a"])]
Percent = Annotated[float, Field(gt=0, le=100)]
Hours = Annotated[float, Field(ge=0.01, le=24 * 90, description="0.5 is half an hour")]

_BAD_CRON = Text(
    en="This is not a cron expression of five fields such as 0 10 * * mon.",
    ru="Это не выражение cron из пяти полей, такое как 0 10 * * mon.",
)


def _cron(expression: str) -> str:
    if len(expression.split()) != 5:
        raise UnacceptableValueError(_BAD_CRON)
    try:
        CronSim(expression, datetime(2026, 1, 1))  # noqa: DTZ001 - only its shape is asked about
    except CronSimError as error:
        raise UnacceptableValueError(_BAD_CRON) from error
    return expression


_NO_MOMENT = Text(
    en="Send the day and the hour, such as 2026-12-01T10:00.", ru="Укажите день и час, например 2026-12-01T10:00."
)
_MOMENT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9].*")


def _with_an_hour(written: Any) -> Any:
    """Pydantic would take a day for its midnight, and a number for seconds since 1970."""
    is_moment = isinstance(written, datetime) or (isinstance(written, str) and _MOMENT.fullmatch(written.strip()))
    if not is_moment:
        raise UnacceptableValueError(_NO_MOMENT)
    return written


def _on_a_clock(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise UnacceptableValueError(
            Text(
                en="Send the hour on the campaign's clock, without an offset: time_zone says which clock.",
                ru="Укажите час по часам кампании, без смещения: чьи это часы, говорит time_zone.",
            )
        )
    if moment.microsecond or not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise UnacceptableValueError(
            Text(en="Send a whole second of a year near ours.", ru="Нужна целая секунда года, близкого к нашему.")
        )
    return moment


OnAClock = Annotated[
    datetime,
    BeforeValidator(_with_an_hour),
    AfterValidator(_on_a_clock),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"}),
]
"""Without an offset: JSON Schema's `date-time` would ask for one."""


class CampaignSchedule(StrictValue):
    """Once, at `at`, or again and again, by `cron`; both on the campaign's clock."""

    at: OnAClock | None = Field(default=None, examples=["2026-12-01T10:00"])
    cron: Annotated[str, Field(max_length=100, examples=["0 10 1 * *"]), AfterValidator(_cron)] | None = Field(
        default=None, description="minute, hour, day of the month, month, day of the week"
    )
    until: date | None = Field(default=None, description="the last day, with `cron`")

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if (self.at is None) == (self.cron is None):
            raise UnacceptableValueError(
                Text(en="Give `at` or `cron`, and not both.", ru="Задайте либо at, либо cron.")
            )
        if self.until is not None and self.cron is None:
            raise UnacceptableValueError(Text(en="`until` goes with `cron`.", ru="until бывает только с cron."))
        return self


class CampaignVariant(StrictValue):
    name: VariantName
    promo_id: Name = Field(examples=["winter-shoes"])
    weight: Annotated[int, Field(ge=1, le=1000, strict=True)] = 1


class CampaignExperiment(StrictValue):
    """How it will be judged, said before it begins."""

    metric: ExperimentMetric = ExperimentMetric.ORDERS
    method: ExperimentMethod = ExperimentMethod.FIXED_HORIZON
    confidence: Annotated[float, Field(ge=0.8, le=0.999)] = 0.95
    for_hours: Hours = Field(default=72, description="from the last message to the decision")
    look_every_hours: Hours = Field(default=24, description="guardrails, and with `sequential` the test itself")

    @model_validator(mode="after")
    def _looks_are_few_enough(self) -> Self:
        """The history of an execution holds 25 000 events."""
        if self.for_hours / self.look_every_hours > MAX_LOOKS:
            raise UnacceptableValueError(
                Text(en=f"More than {MAX_LOOKS} looks in its time.", ru=f"Больше {MAX_LOOKS} проверок за её время.")
            )
        return self


class CampaignRollout(StrictValue):
    """What whoever was not in the test gets."""

    test_percent: Percent = Field(default=100, description="of the audience that is not held out")
    without_winner: Literal["first", "nobody"] = Field(default="nobody", description="`first`: the first variant")
    close_after_hours: Hours = Field(default=72, description="orders until then still count")


class CampaignGuardrails(StrictValue):
    """The run stops as soon as one of them is passed."""

    spend_minor: Annotated[Minor, Field(ge=1)] | None = Field(default=None, description="discounts and messages")
    withdrawn_percent: Percent | None = Field(default=None, description="of those told: consents withdrawn since")
    returned_percent: Percent | None = Field(default=None, description="of orders with a code")
    least_athletes: Count = Field(default=100, description="fewer than so many say nothing about a percentage")


class CampaignCap(StrictValue):
    """Whoever got so many offers of campaigns in the last days is left out."""

    offers: Annotated[int, Field(ge=1, le=100, strict=True)]
    days: Annotated[int, Field(ge=1, le=365, strict=True)]


class CampaignCosts(StrictValue):
    """What the report and the dry run reckon with."""

    fixed_minor: Minor = Field(default=0, description="of one run: agency, pictures, texts")
    per_thousand_minor: dict[Literal["push", "email", "sms"], Minor] = Field(
        default_factory=dict, description="messages of a channel", examples=[{"email": 900, "sms": 250000}]
    )
    expected_conversion_percent: Percent = Field(default=3, description="for the dry run only")
    expected_order_minor: Minor = Field(default=0, description="for the dry run only")


class CampaignPlan(StrictValue):
    name: OneLine = Field(examples=["Winter shoes"])
    time_zone: TimeZone = "UTC"
    schedule: CampaignSchedule = Field(examples=[{"at": "2026-12-01T10:00"}])
    audience: TargetingRule | None = Field(default=None, examples=[{"activity": {"within_days": 30, "at_least": 4}}])
    hold_out_percent: Annotated[float, Field(ge=0, le=90)] = 10
    variants: list[CampaignVariant] = Field(
        min_length=1,
        max_length=MAX_VARIANTS,
        examples=[[{"name": "a", "promo_id": "winter-shoes"}, {"name": "b", "promo_id": "winter-delivery"}]],
    )
    experiment: CampaignExperiment = Field(default_factory=CampaignExperiment)
    rollout: CampaignRollout = Field(default_factory=CampaignRollout)
    guardrails: CampaignGuardrails = Field(default_factory=CampaignGuardrails)
    cap: CampaignCap | None = None
    most_offers: Count | None = Field(default=None, description="of one run; further athletes are left out")
    athletes_per_minute: Count = Field(default=3000, description="of messages asked for, on average")
    channels: list[Literal["inbox", "push", "email", "sms"]] | None = Field(
        default=None, min_length=1, description="null: the usual ones of an offer"
    )
    currency: Currency = Field(examples=["RUB"], description="of its costs and its orders")
    costs: CampaignCosts = Field(default_factory=CampaignCosts)

    @model_validator(mode="after")
    def _names_are_different(self) -> Self:
        names = [variant.name for variant in self.variants]
        if len({*names, HOLD_OUT, REST}) != len(names) + 2:
            raise UnacceptableValueError(
                Text(
                    en=f"Variants have different names, and none is called {HOLD_OUT} or {REST}.",
                    ru=f"У вариантов разные имена, и ни один не называется {HOLD_OUT} или {REST}.",
                )
            )
        return self

    @property
    def recurs(self) -> bool:
        return self.schedule.cron is not None

    @property
    def lasts(self) -> timedelta:
        """At least: from the last message of the test until the last order that counts."""
        closing = self.rollout.close_after_hours if self.rollout.test_percent < 100 else 0
        return timedelta(hours=self.experiment.for_hours + closing)

    @property
    def shares(self) -> dict[str, float]:
        """Arm -> its planned share of the audience; only arms that somebody may be in."""
        held_out = self.hold_out_percent / 100
        told = 1 - held_out
        tested = told * self.rollout.test_percent / 100
        whole = sum(variant.weight for variant in self.variants)
        shares = {variant.name: tested * variant.weight / whole for variant in self.variants}
        shares |= {REST: told * (100 - self.rollout.test_percent) / 100, HOLD_OUT: held_out}
        return {arm: share for arm, share in shares.items() if share > 0}

    @property
    def first(self) -> CampaignVariant:
        return self.variants[0]

    def variant(self, name: str) -> CampaignVariant:
        return next(variant for variant in self.variants if variant.name == name)

    def stored(self) -> dict[str, Any]:
        body: dict[str, Any] = self.model_dump(mode="json", exclude={"audience"})
        return body | {"audience": self.audience.stored() if self.audience else None}
