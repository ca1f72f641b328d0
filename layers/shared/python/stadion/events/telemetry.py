"""What the telemetry service tells."""

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field

from stadion.events.envelope import Event, Part
from stadion.events.examples import GEAR, WORKOUT
from stadion.events.workouts import StreamsClaim
from stadion.sports import SportType


class LiveOutcome(StrEnum):
    STOPPED = "stopped"
    FORGOTTEN = "forgotten"
    DISCARDED = "discarded"


class LivePause(Part):
    start_s: float = Field(ge=0, examples=[600.0])
    end_s: float = Field(ge=0, examples=[660.0])


class LiveSessionStarted(Event):
    source = "stadion.telemetry"
    subject = ("session_id",)
    session_id: str = Field(examples=[WORKOUT], description="also the id of the workout that it becomes")
    sport_type: SportType = Field(examples=["Run"])
    started_at: AwareDatetime = Field(examples=["2026-11-21T05:40:00Z"])


class LiveSessionFinished(Event):
    """It becomes a workout unless it was discarded. Late samples finish it once more, with the next revision."""

    source = "stadion.telemetry"
    subject = ("session_id",)
    session_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=1, examples=[1])
    outcome: LiveOutcome = Field(examples=["stopped"])
    sport_type: SportType = Field(examples=["Run"])
    started_at: AwareDatetime = Field(examples=["2026-11-21T05:40:00Z"])
    ended_at: AwareDatetime = Field(examples=["2026-11-21T06:10:34Z"])
    time_zone: str | None = Field(default=None, examples=["Europe/Moscow"], description="null: nobody named it")
    name: str | None = Field(default=None, examples=["Morning run"])
    gear_ids: list[str] | None = Field(
        default=None, examples=[[GEAR]], description="null: nobody named the gear, so the default gear is meant"
    )
    pauses: list[LivePause] = Field(default_factory=list)
    streams: StreamsClaim | None = Field(default=None, description="null: not one sample came")


class UserMetricsUpdated(Event):
    """What a workout means for its athlete was computed, anew after a change; all null when it was deleted."""

    source = "stadion.telemetry"
    subject = ("workout_id",)
    workout_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=1, examples=[1], description="of the metrics; grows whenever they change")
    day: date = Field(examples=["2026-11-21"], description="the athlete's day on which the workout began")
    sport_type: SportType = Field(examples=["Run"])
    load: float | None = Field(default=None, ge=0, examples=[61.4], description="100 is an hour all out")
    load_method: str | None = Field(default=None, examples=["hr_tss"])
    estimated: bool = Field(default=False, examples=[True], description="the load rests on assumed inputs")
