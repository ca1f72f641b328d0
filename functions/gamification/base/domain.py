"""What every wing counts with: the version of a workout that came, its facts, messages that come in bursts. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Self

from pydantic import AwareDatetime, Field

from stadion import clock
from stadion.events.workouts import WorkoutFacts, WorkoutUse
from stadion.rewards import RewardCode
from stadion.sports import SportType
from stadion.values import Value


@dataclass(frozen=True)
class Source:
    """The version of a workout that moves something; `workout` is None when it was deleted."""

    user_id: str
    workout_id: str
    revision: int
    workout: WorkoutFacts | None
    now: datetime
    is_news: bool = False
    """Whether its athlete is told."""
    occurred_at: datetime | None = None
    """When this version was told; None: now."""


class EffortFact(Value):
    name: str
    elapsed_time_s: float


class Facts(Value):
    """What is kept of a workout for as long as it is in the diary, so that what is thought of later can be counted over
    all history. Nothing of the heart."""

    workout_id: str
    revision: int
    occurred_at: AwareDatetime
    """When this version was told."""
    sport_type: SportType
    started_at: AwareDatetime
    time_zone: str
    elapsed_time_s: float
    moving_time_s: float
    distance_m: float | None = None
    ascent_m: float | None = None
    country: str | None = None
    origin: str
    by_hand: list[str] = Field(default_factory=list)
    """What was typed in beside a recording that does not say it."""
    counts: bool
    """For play: what is flagged counts for nothing."""
    best_efforts: list[EffortFact] = Field(default_factory=list)
    xp: int = 0
    """Before the cap of the day."""

    @classmethod
    def of(cls, workout: WorkoutFacts, *, occurred_at: datetime, xp: int) -> Self:
        efforts = [EffortFact(name=one.name, elapsed_time_s=one.elapsed_time_s) for one in workout.best_efforts]
        made = {"best_efforts": efforts, "counts": workout.counts_for(WorkoutUse.PLAY)}
        told = workout.model_dump(include=cls.model_fields.keys() - made.keys())
        return cls(**told, **made, occurred_at=occurred_at, xp=xp)

    @property
    def is_manual(self) -> bool:
        return self.origin == MANUAL

    @property
    def day(self) -> date:
        """The athlete's own."""
        return clock.local_date(self.started_at, self.time_zone)

    @property
    def utc_day(self) -> date:
        return self.started_at.astimezone(UTC).date()


MANUAL: Final = "manual"
"""The origin of what was typed by hand."""


def day_of(workout: WorkoutFacts) -> date:
    return clock.local_date(workout.started_at, workout.time_zone)


# --- messages -------------------------------------------------------------------------------------------------------

BURST: Final = timedelta(hours=1)
"""From its first message on; each later one takes its place."""
MOST_OF_A_BURST: Final = 40


class Burst(Value):
    """Messages of one kind within an hour, as an import of a diary brings them."""

    since: AwareDatetime
    requests: list[str]
    reward: RewardCode | None = None
    """The last one that was named: whatever takes its place names it, too."""


def joined(burst: Burst | None, request_id: str, now: datetime, reward: RewardCode | None = None) -> Burst:
    """The burst with one message more, or the beginning of a new one."""
    if burst is None or now - burst.since >= BURST:
        return Burst(since=now, requests=[request_id], reward=reward)
    requests = [*burst.requests, request_id][-MOST_OF_A_BURST:]
    return burst.model_copy(update={"requests": requests, "reward": reward or burst.reward})


def in_burst(burst: Burst) -> dict[str, Any]:
    """The first message goes by all channels; a later one takes the place of those before it, and of none but them."""
    *before, request_id = burst.requests
    return {"request_id": request_id} | ({"replaces": before, "channels": ["inbox"]} if before else {})
