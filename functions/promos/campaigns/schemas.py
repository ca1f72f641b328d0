"""Requests and responses of campaigns."""

from datetime import date

from pydantic import AwareDatetime, BaseModel, Field

from promos.campaigns.plan.values import Plan
from promos.campaigns.run.domain import CampaignAction, CampaignStatus, Outcome, RunState
from stadion.http import RequestModel


class CampaignStatusChange(RequestModel):
    action: CampaignAction


class CampaignResponse(BaseModel):
    campaign_id: str
    revision: int
    status: CampaignStatus
    next_at: AwareDatetime | None = Field(default=None, description="when the next run begins")
    run_id: str | None = Field(default=None, description="of the run that goes on")
    paused_by: str | None = Field(default=None, description="the guardrail that paused it")
    plan: Plan
    created_at: AwareDatetime
    updated_at: AwareDatetime


class PreviewPage(BaseModel):
    """A dry run over one page of athletes: add up the pages. Nothing is written, nobody is told."""

    looked_at: int
    by_arm: dict[str, int] = Field(examples=[{"a": 45, "b": 45, "hold-out": 10}])
    left_out: dict[str, int] = Field(examples=[{"no_consent": 12}], description="reason -> athletes")
    next_cursor: str | None = None


class FailureResponse(BaseModel):
    error: str
    cause: str
    failed_at: AwareDatetime


class AudienceResponse(BaseModel):
    looked_at: int
    batches: int
    by_arm: dict[str, int]
    left_out: dict[str, int]


class RunResponse(BaseModel):
    run_id: str
    campaign_id: str
    state: RunState
    is_running: bool | None = Field(default=None, description="whether an execution drives it now; not in lists")
    begins_at: AwareDatetime
    opened_at: AwareDatetime
    audience: AudienceResponse
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
    outcome: Outcome | None = None
    reason: str | None = None
    failure: FailureResponse | None = Field(default=None, description="`resume` goes on from where it failed")


class IntervalResponse(BaseModel):
    low: float
    value: float
    high: float


class ArmResponse(BaseModel):
    """Counted over all athletes who were chosen, told or not. Money in the smallest unit."""

    name: str
    role: str = Field(description="variant, rest or hold_out")
    promo_id: str | None = None
    athletes: int
    issued: int
    viewed: int
    clicked: int
    dismissed: int
    redeemed: int = Field(description="offers whose code was used and not given back")
    reversed: int
    orderers: int = Field(description="athletes with an order that they kept, with or without a code")
    orders: int
    revenue_minor: int
    discount_minor: int
    new_customers: int
    withdrawn: int = Field(description="told, and without any consent to marketing since")
    delivered: dict[str, int] = Field(description="channel -> messages")
    failed: dict[str, int] = Field(description="channel.reason -> messages")
    messages_minor: int
    spend_minor: int = Field(description="discounts and messages")
    order_rate: IntervalResponse | None = Field(description="orderers per athlete")
    revenue_per_athlete: IntervalResponse | None = Field(description="in the smallest unit")


class ComparisonResponse(BaseModel):
    name: str
    versus: str
    metric: str
    estimate: IntervalResponse
    p_value: float | None = None
    is_significant: bool
    decides: bool = Field(description="one of those that the winner is chosen by")


class SampleRatioResponse(BaseModel):
    p_value: float | None = None
    is_suspicious: bool
    expected: dict[str, float]


class DecisionResponse(BaseModel):
    verdict: str = Field(description="winner or no_winner")
    winner: str | None = None
    reason: str
    decided_at: AwareDatetime


class GuardrailResponse(BaseModel):
    name: str
    limit: float
    value: float
    is_passed: bool = Field(description="past it the run stops")


class AmountsResponse(BaseModel):
    """Offers by the day (UTC) on which they got there; messages by the day on which they were delivered."""

    issued: int = 0
    impressions: int = 0
    clicks: int = 0
    conversions: int = 0
    messages: int = 0
    discount_minor: int = 0
    messages_minor: int = 0
    spend_minor: int = 0
    revenue_minor: int = 0


class DayResponse(AmountsResponse):
    day: date


class TotalResponse(BaseModel):
    """Of whoever was not held out."""

    athletes: int
    impressions: int
    clicks: int
    conversions: int
    new_customers: int
    revenue_minor: int
    discount_minor: int
    messages_minor: int
    fixed_minor: int
    spend_minor: int
    cost_per_acquisition_minor: int | None = Field(description="spend per conversion; null without one")
    customer_acquisition_cost_minor: int | None = Field(description="spend per new customer; null without one")


class ReportResponse(BaseModel):
    campaign_id: str
    run_id: str
    name: str
    state: RunState
    outcome: Outcome | None = None
    reason: str | None = None
    currency: str
    begins_at: AwareDatetime
    opened_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    measured_until: AwareDatetime | None = Field(default=None, description="null: nothing was measured yet")
    plan: Plan
    audience: AudienceResponse
    arms: list[ArmResponse]
    comparisons: list[ComparisonResponse]
    sample_ratio: SampleRatioResponse | None = None
    decision: DecisionResponse | None = None
    guardrails: list[GuardrailResponse]
    total: TotalResponse
    days: list[DayResponse] = Field(description="of this run")


class MarketingResponse(BaseModel):
    """Of all runs of a campaign, by day."""

    campaign_id: str
    currency: str
    total: AmountsResponse
    days: list[DayResponse]


class CohortPage(BaseModel):
    """Athletes by the week in which they registered, and how many recorded a workout in each week since.

    Of one page of athletes: add up the pages.
    """

    looked_at: int
    cohorts: dict[str, list[int]] = Field(
        examples=[{"2026-11-02": [120, 80, 51]}], description="Monday -> athletes, and the active ones of week 0, 1, …"
    )
    next_cursor: str | None = None
