"""Campaigns and their runs: states, and what may follow what. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from promos.campaigns.plan.values import CampaignPlan, ExperimentMethod
from promos.offers.domain import Switch
from stadion.values import Value


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class CampaignAction(StrEnum):
    SCHEDULE = "schedule"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


TRANSITIONS: dict[CampaignAction, tuple[frozenset[Switch], Switch]] = {
    CampaignAction.SCHEDULE: (frozenset({Switch.DRAFT, Switch.ON}), Switch.ON),
    CampaignAction.PAUSE: (frozenset({Switch.ON, Switch.PAUSED}), Switch.PAUSED),
    CampaignAction.RESUME: (frozenset({Switch.PAUSED, Switch.ON}), Switch.ON),
    CampaignAction.END: (frozenset(Switch), Switch.ENDED),
}
"""CampaignAction -> from where, and what is decided by it."""


class Campaign(Value):
    campaign_id: str
    revision: int = 1
    switch: Switch = Switch.DRAFT
    plan: CampaignPlan
    next_at: AwareDatetime | None = None
    """When the next run begins."""
    run_id: str | None = None
    """Of the run that has not ended."""
    paused_by: str | None = None
    """A guardrail, when it was not a person."""
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @property
    def status(self) -> CampaignStatus:
        if self.switch is Switch.ON:
            return CampaignStatus.RUNNING if self.run_id else CampaignStatus.SCHEDULED
        return CampaignStatus(self.switch.value)

    def changed(self, now: datetime, **fields: Any) -> "Campaign":
        return self.model_copy(update={**fields, "revision": self.revision + 1, "updated_at": now})

    def stored(self) -> dict[str, Any]:
        body: dict[str, Any] = self.model_dump(mode="json", exclude={"plan"})
        return body | {"plan": self.plan.stored()}


class RunState(StrEnum):
    CHOOSING = "choosing"
    SENDING = "sending"
    MEASURING = "measuring"
    ROLLING_OUT = "rolling_out"
    CLOSING = "closing"
    ENDED = "ended"


class Phase(StrEnum):
    """Of sending."""

    TEST = "test"
    ROLLOUT = "rollout"


class RunOutcome(StrEnum):
    COMPLETED = "completed"
    STOPPED = "stopped"
    """By a guardrail or a person."""


class Chosen(Value):
    """The audience, as far as it was looked through."""

    cursor: str | None = None
    batches: int = 0
    looked_at: int = 0
    by_arm: dict[str, int] = Field(default_factory=dict)
    left_out: dict[str, int] = Field(default_factory=dict)
    """Reason -> athletes."""


class Judgement(Value):
    """What was decided of the test, once."""

    verdict: str
    winner: str | None = None
    reason: str
    decided_at: AwareDatetime


class Failure(Value):
    error: str
    cause: str = ""
    failed_at: AwareDatetime


class Run(Value):
    """One occurrence of a campaign, with the plan that it began with."""

    run_id: str
    campaign_id: str
    revision: int = 1
    plan: CampaignPlan
    state: RunState = RunState.CHOOSING
    execution: str
    """ARN of the execution that drives it now."""
    begins_at: AwareDatetime
    opened_at: AwareDatetime
    chosen: Chosen = Chosen()
    sent_at: AwareDatetime | None = None
    """When the last message of the test was asked for."""
    looks: int = 0
    """That were judged."""
    measured_until: AwareDatetime | None = None
    judgement: Judgement | None = None
    rollout: str | None = None
    """The variant that the rest gets."""
    rolled_out_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    outcome: RunOutcome | None = None
    """Decided before the run has ended."""
    reason: str | None = None
    failure: Failure | None = None
    results: dict[str, Any] = Field(default_factory=dict)
    """`measuring.Results` of the last look."""

    def stored(self) -> dict[str, Any]:
        body: dict[str, Any] = self.model_dump(mode="json", exclude={"plan"})
        return body | {"plan": self.plan.stored()}

    def changed(self, **fields: Any) -> "Run":
        return self.model_copy(update={**fields, "revision": self.revision + 1})

    @property
    def horizon(self) -> datetime | None:
        """When the test is over."""
        return self.sent_at + timedelta(hours=self.plan.experiment.for_hours) if self.sent_at else None

    @property
    def next_look_at(self) -> datetime | None:
        """The last one is at the horizon; once rolled out, at the close."""
        if self.rolled_out_at is not None:
            return self.rolled_out_at + timedelta(hours=self.plan.rollout.close_after_hours)
        if self.sent_at is None or self.horizon is None:
            return None
        every = timedelta(hours=self.plan.experiment.look_every_hours)
        return min(self.sent_at + every * (self.looks + 1), self.horizon)

    @property
    def is_interim(self) -> bool:
        """Measured before the one look of a fixed horizon: to compare now would be peeking."""
        is_fixed = self.plan.experiment.method is ExperimentMethod.FIXED_HORIZON
        return is_fixed and not (self.horizon and self.measured_until and self.measured_until >= self.horizon)

    @property
    def is_over(self) -> bool:
        return self.state is RunState.ENDED

    def counts(self, batch: str) -> bool:
        """False: its file is of a step that broke off, and when it was done again nobody was left for it."""
        return int(batch) < self.chosen.batches


@dataclass(frozen=True)
class RunProgress:
    """What is known of a run beside itself."""

    is_running: bool
    """Whether an execution drives it now."""
    batches_sent: int
    outcomes: Mapping[str, int]
    """Of those sent to."""


def batch_name(number: int) -> str:
    return f"{number:06}"


def day_of(moment: datetime) -> str:
    return moment.date().isoformat()
