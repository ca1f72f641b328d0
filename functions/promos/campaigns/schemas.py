"""Requests and responses of campaigns."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from promos.campaigns.cohort_service import Cohorts
from promos.campaigns.experiment.findings import Comparison, Estimate, Guardrail, Ratio
from promos.campaigns.plan.texts import Sms
from promos.campaigns.plan.values import CampaignPlan
from promos.campaigns.report_service import Amounts, ArmReport, CampaignReport, DayReport, RunReport, Total
from promos.campaigns.run.audience import Selection
from promos.campaigns.run.domain import (
    Campaign,
    CampaignAction,
    CampaignStatus,
    Chosen,
    Failure,
    Judgement,
    Run,
    RunOutcome,
    RunProgress,
    RunState,
)
from stadion.http import RequestModel
from stadion.i18n import Language


class CampaignStatusChange(RequestModel):
    action: CampaignAction


class CampaignResponse(BaseModel):
    campaign_id: str
    revision: int
    status: CampaignStatus
    next_at: AwareDatetime | None = Field(default=None, description="when the next run begins")
    run_id: str | None = Field(default=None, description="of the run that goes on")
    paused_by: str | None = Field(default=None, description="the guardrail that paused it")
    plan: CampaignPlan
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, campaign: Campaign) -> Self:
        return cls(
            **campaign.model_dump(include=set(cls.model_fields) - {"plan", "status"}),
            plan=campaign.plan,
            status=campaign.status,
        )


class CampaignSmsResponse(BaseModel):
    variant: str
    language: Language
    parts: int = Field(description="with the longest link that ends them; each is paid for")
    is_shortened: bool = Field(description="the promo's words are cut down to four parts")

    @classmethod
    def of(cls, one: Sms) -> Self:
        return cls(variant=one.variant, language=one.language, parts=one.parts, is_shortened=one.is_shortened)


class CampaignPreviewPage(BaseModel):
    """A dry run over one page of athletes: add up the pages. Nothing is written, nobody is told."""

    looked_at: int
    by_arm: dict[str, int] = Field(examples=[{"a": 45, "b": 45, "hold-out": 10}])
    left_out: dict[str, int] = Field(examples=[{"no_consent": 12}], description="reason -> athletes")
    sms: list[CampaignSmsResponse] = Field(description="what each variant says, the same on every page")
    next_cursor: str | None = None

    @classmethod
    def of(cls, found: Selection, sms: Iterable[Sms]) -> Self:
        return cls(
            sms=[CampaignSmsResponse.of(one) for one in sms],
            looked_at=found.looked_at,
            by_arm=found.by_arm,
            left_out=dict(found.left_out),
            next_cursor=found.cursor,
        )


class CampaignFailureResponse(BaseModel):
    error: str
    cause: str
    failed_at: AwareDatetime

    @classmethod
    def of(cls, failure: Failure) -> Self:
        return cls(**failure.model_dump())


class CampaignAudienceResponse(BaseModel):
    looked_at: int
    batches: int
    by_arm: dict[str, int]
    left_out: dict[str, int]

    @classmethod
    def of(cls, chosen: Chosen) -> Self:
        return cls(**chosen.model_dump(exclude={"cursor"}))


class CampaignRunResponse(BaseModel):
    run_id: str
    campaign_id: str
    state: RunState
    is_running: bool | None = Field(default=None, description="whether an execution drives it now; not in lists")
    begins_at: AwareDatetime
    opened_at: AwareDatetime
    audience: CampaignAudienceResponse
    batches_sent: int | None = Field(default=None, description="not in lists")
    outcomes: dict[str, int] | None = Field(
        default=None, examples=[{"told": 95, "not_consent": 1}], description="of those sent to; not in lists"
    )
    sent_at: AwareDatetime | None = None
    looks: int
    next_look_at: AwareDatetime | None = None
    rollout: str | None = Field(default=None, description="the variant that the rest gets")
    rolled_out_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    outcome: RunOutcome | None = None
    reason: str | None = None
    failure: CampaignFailureResponse | None = Field(default=None, description="`resume` goes on from where it failed")

    @classmethod
    def of(cls, run: Run, progress: RunProgress | None = None) -> Self:
        fields = set(cls.model_fields) & set(Run.model_fields) - {"failure"}
        return cls(
            **run.model_dump(include=fields),
            **(asdict(progress) if progress is not None else {}),
            audience=CampaignAudienceResponse.of(run.chosen),
            next_look_at=run.next_look_at if not run.is_over and run.outcome is None else None,
            failure=CampaignFailureResponse.of(run.failure) if run.failure else None,
        )


class CampaignIntervalResponse(BaseModel):
    low: float
    value: float
    high: float

    @classmethod
    def of(cls, estimate: Estimate) -> Self:
        return cls(**estimate.model_dump())


class ArmResponse(BaseModel):
    """Counted over all athletes who were chosen, told or not. Money in the smallest unit."""

    name: str
    role: str = Field(description="variant, rest or hold_out")
    promo_id: str | None = None
    planned_share: float = Field(description="of all who were chosen")
    athletes: int
    issued: int
    viewed: int = Field(description="offers that the app told were seen; a click or a used code is none")
    clicked: int
    dismissed: int
    redeemed: int = Field(description="offers whose code was used and not given back")
    reversed: int
    orderers: int = Field(description="athletes with an order that they kept, with or without a code")
    orders: int
    orders_in_other_currencies: int = Field(description="whose money is not in the revenue")
    revenue_minor: int = Field(
        description="paid for these orders and not given back, with or without a code, in the campaign's currency"
    )
    discount_minor: int
    cost_minor: int = Field(description="of gifts and deliveries")
    new_customers: int
    withdrawn: int = Field(description="told, and without any consent to marketing since")
    delivered: dict[str, int] = Field(description="channel -> messages")
    failed: dict[str, int] = Field(description="channel.reason -> messages")
    messages_minor: int
    spend_minor: int = Field(description="discounts and messages")
    order_rate: CampaignIntervalResponse | None = Field(description="orderers per athlete")
    revenue_per_athlete: CampaignIntervalResponse | None = Field(description="in the smallest unit")

    @classmethod
    def of(cls, arm: ArmReport) -> Self:
        rates = arm.rates
        return cls(
            **arm.sums.model_dump(exclude={"revenue_squares"}),
            name=arm.name,
            role=arm.role,
            planned_share=arm.planned_share,
            promo_id=arm.promo_id,
            delivered=dict(arm.delivered),
            failed=dict(arm.failed),
            messages_minor=arm.messages_minor,
            spend_minor=arm.spend_minor,
            order_rate=CampaignIntervalResponse.of(rates.orders) if rates.orders else None,
            revenue_per_athlete=CampaignIntervalResponse.of(rates.revenue) if rates.revenue else None,
        )


class ComparisonResponse(BaseModel):
    name: str
    versus: str
    metric: str
    estimate: CampaignIntervalResponse
    p_value: float | None = None
    is_significant: bool
    decides: bool = Field(description="one of those that the winner is chosen by")
    detectable: float | None = Field(
        default=None,
        description="the true difference, either way, that arms of this size show with a power of 80 %",
    )

    @classmethod
    def of(cls, one: Comparison) -> Self:
        return cls(**one.model_dump())


class SampleRatioResponse(BaseModel):
    """Whether the arms, the hold-out and the rest among them, are as large as planned."""

    is_tested: bool = Field(description="false: too few athletes to tell, which is not to have passed")
    p_value: float | None = None
    is_suspicious: bool
    expected: dict[str, float] = Field(description="arm -> athletes")

    @classmethod
    def of(cls, ratio: Ratio) -> Self:
        return cls(**ratio.model_dump(), is_tested=ratio.is_tested)


class CampaignDecisionResponse(BaseModel):
    verdict: str = Field(description="winner or no_winner")
    winner: str | None = None
    reason: str
    decided_at: AwareDatetime

    @classmethod
    def of(cls, judgement: Judgement) -> Self:
        return cls(**judgement.model_dump())


class GuardrailResponse(BaseModel):
    name: str
    limit: float
    value: float
    is_passed: bool = Field(description="past it the run stops")

    @classmethod
    def of(cls, one: Guardrail) -> Self:
        return cls(name=one.name, limit=one.limit, value=one.value, is_passed=one.is_passed)


class CampaignAmountsResponse(BaseModel):
    """Offers by the day (UTC) on which they got there; messages by the day on which they were delivered."""

    issued: int = 0
    impressions: int = 0
    clicks: int = 0
    conversions: int = 0
    messages: int = 0
    discount_minor: int = 0
    cost_minor: int = 0
    messages_minor: int = 0
    spend_minor: int = 0
    paid_with_code_minor: int = Field(
        default=0, description="for orders that used a code, less what came back; an arm's revenue is of all orders"
    )

    @classmethod
    def sum_of(cls, amounts: Amounts) -> Self:
        return cls(**asdict(amounts))


class CampaignDayResponse(CampaignAmountsResponse):
    day: date

    @classmethod
    def of(cls, one: DayReport) -> Self:
        return cls(day=one.day, **asdict(one.amounts))


class CampaignTotalResponse(BaseModel):
    """Of whoever was not held out."""

    athletes: int
    impressions: int
    clicks: int
    conversions: int
    new_customers: int
    revenue_minor: int
    discount_minor: int
    cost_minor: int = Field(description="of gifts and deliveries")
    messages_minor: int
    fixed_minor: int
    spend_minor: int
    cost_per_acquisition_minor: int | None = Field(description="spend per conversion; null without one")
    customer_acquisition_cost_minor: int | None = Field(description="spend per new customer; null without one")

    @classmethod
    def of(cls, total: Total) -> Self:
        return cls(**{name: getattr(total, name) for name in cls.model_fields})


class CampaignReportResponse(BaseModel):
    campaign_id: str
    run_id: str
    name: str
    state: RunState
    outcome: RunOutcome | None = None
    reason: str | None = None
    currency: str
    begins_at: AwareDatetime
    opened_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    measured_until: AwareDatetime | None = Field(default=None, description="null: nothing was measured yet")
    is_interim: bool = Field(
        description="measured before the one look of a fixed horizon: sums alone, nothing is compared"
    )
    decides_at: AwareDatetime | None = Field(default=None, description="when that look is, if it is ahead")
    plan: CampaignPlan
    audience: CampaignAudienceResponse
    arms: list[ArmResponse]
    comparisons: list[ComparisonResponse]
    sample_ratio: SampleRatioResponse | None = None
    decision: CampaignDecisionResponse | None = None
    guardrails: list[GuardrailResponse]
    total: CampaignTotalResponse
    days: list[CampaignDayResponse] = Field(description="of this run")

    @classmethod
    def of(cls, report: RunReport) -> Self:
        run, found = report.run, report.found
        return cls(
            **run.model_dump(include=_RUN_FIELDS),
            name=run.plan.name,
            currency=run.plan.currency,
            is_interim=run.is_interim,
            decides_at=report.decides_at,
            plan=run.plan,
            audience=CampaignAudienceResponse.of(run.chosen),
            arms=[ArmResponse.of(arm) for arm in report.arms],
            comparisons=[ComparisonResponse.of(one) for one in found.comparisons],
            sample_ratio=SampleRatioResponse.of(found.sample_ratio) if found.sample_ratio else None,
            decision=CampaignDecisionResponse.of(run.judgement) if run.judgement else None,
            guardrails=[GuardrailResponse.of(one) for one in report.guardrails],
            total=CampaignTotalResponse.of(report.total),
            days=_days(report.days),
        )


_RUN_FIELDS = {"campaign_id", "run_id", "state", "outcome", "reason", "begins_at", "opened_at", "sent_at", "ended_at",
               "measured_until"}  # fmt: skip


def _days(days: Iterable[DayReport]) -> list[CampaignDayResponse]:
    return [CampaignDayResponse.of(one) for one in days]


class MarketingResponse(BaseModel):
    """Of all runs of a campaign, by day."""

    campaign_id: str
    currency: str
    total: CampaignAmountsResponse
    days: list[CampaignDayResponse]

    @classmethod
    def of(cls, report: CampaignReport) -> Self:
        return cls(
            campaign_id=report.campaign_id,
            currency=report.currency,
            total=CampaignAmountsResponse.sum_of(report.total),
            days=_days(report.days),
        )


class CohortPage(BaseModel):
    """Athletes by the week in which they registered, and how many recorded a workout in each week since.

    Of one page of athletes: add up the pages.
    """

    looked_at: int
    cohorts: dict[str, list[int]] = Field(
        examples=[{"2026-11-02": [120, 80, 51]}], description="Monday -> athletes, and the active ones of week 0, 1, …"
    )
    next_cursor: str | None = None

    @classmethod
    def of(cls, found: Cohorts) -> Self:
        return cls(looked_at=found.looked_at, cohorts=dict(found.by_week), next_cursor=found.next_cursor)
