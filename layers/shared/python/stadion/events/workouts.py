"""What the workouts service tells."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from pydantic import AwareDatetime, Field

from stadion.events.envelope import Event, Part
from stadion.events.examples import GEAR, UPLOAD, USER, WORKOUT
from stadion.sports import SportType


class WorkoutUse(StrEnum):
    """What workouts count for, elsewhere than in the diary."""

    RECORDS = "records"
    XP = "xp"
    PLAY = "play"
    """Achievements, streaks, goals, leaderboards."""
    WEAR = "wear"
    FITNESS = "fitness"
    """Load, curves, thresholds, and the time series behind them."""
    OFFERS = "offers"
    """How active an athlete is, for campaigns."""


THOUGH_FLAGGED: Final[frozenset[WorkoutUse]] = frozenset()
"""What a workout with implausible values counts for all the same: its page and the diary's totals, nothing here."""


NEWS_FOR: Final = timedelta(days=14)
"""Since its start, a workout is told of. An older one (of an imported diary, or measured anew) moves totals in silence;
levels and wear that it brings are announced with the next one that is news."""


class Started(Protocol):
    @property
    def started_at(self) -> datetime: ...


def is_news(workout: Started, occurred_at: datetime) -> bool:
    """At the time of the event; whoever asks for a message because of a workout asks this first."""
    return occurred_at - workout.started_at <= NEWS_FOR


class BestEffort(Part):
    distance_m: float = Field(examples=[5000.0])
    name: str = Field(examples=["5k"])
    elapsed_time_s: float = Field(examples=[1391.0])
    start_offset_s: float = Field(examples=[64.0])


class StreamsClaim(Part):
    """Every recorded second of a workout, as a bundle of chunks (`stadion.streams`) in the platform's claims bucket."""

    key: str = Field(examples=[f"streams/{USER}/{WORKOUT}/5f2b7c1d9e3a4f60"])
    samples: int = Field(ge=0, examples=[1834])


class WorkoutFacts(Part):
    """The summary of a workout as other services may know it: no track, no notes."""

    workout_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=1, examples=[1], description="grows by one with every change; a deletion counts too")
    sport_type: SportType = Field(examples=["Run"])
    started_at: AwareDatetime = Field(examples=["2026-11-21T05:40:00Z"])
    time_zone: str = Field(examples=["Europe/Moscow"])
    elapsed_time_s: float = Field(ge=0, examples=[1834.0])
    timer_time_s: float | None = Field(default=None, ge=0, examples=[1812.0], description="without pauses")
    moving_time_s: float = Field(ge=0, examples=[1790.0])
    distance_m: float | None = Field(default=None, ge=0, examples=[6400.0])
    ascent_m: float | None = Field(default=None, ge=0, examples=[42.0])
    calories_kcal: float | None = Field(default=None, ge=0, examples=[455.0])
    average_heart_rate_bpm: float | None = Field(default=None, examples=[152.0])
    max_heart_rate_bpm: float | None = Field(default=None, examples=[171.0])
    average_power_w: float | None = Field(default=None, examples=[None])
    normalized_power_w: float | None = Field(default=None, examples=[None])
    rpe: float | None = Field(default=None, ge=0, le=10, examples=[None], description="perceived exertion")
    gear_ids: list[str] = Field(default_factory=list, examples=[[GEAR]])
    gear_chosen: bool = Field(
        default=False,
        examples=[True],
        description="false: nobody named the gear, so the default gear of the sport is meant",
    )
    best_efforts: list[BestEffort] = Field(default_factory=list)
    flags: list[str] = Field(
        default_factory=list, examples=[[]], description="implausible values: it counts for the diary alone"
    )
    origin: str = Field(default="manual", examples=["manual"])
    by_hand: list[str] = Field(
        default_factory=list,
        examples=[[]],
        description="of a recorded workout: distance_m or ascent_m, when no recording says it and it was typed in",
    )
    country: str | None = Field(
        default=None, examples=["RU"], description="where it began, ISO 3166-1; null: not recorded, or nowhere"
    )
    streams: StreamsClaim | None = Field(default=None, description="null: nothing was recorded")

    def counts_for(self, use: WorkoutUse) -> bool:
        return not self.reasons_against(use)

    def reasons_against(self, use: WorkoutUse) -> list[str]:
        """Why it does not count for it: the flags; empty if it counts."""
        return [] if use in THOUGH_FLAGGED else list(self.flags)


class WorkoutRecorded(Event):
    source = "stadion.workouts"
    subject = ("workout.workout_id",)
    workout: WorkoutFacts


class WorkoutCorrected(Event):
    source = "stadion.workouts"
    subject = ("workout.workout_id",)
    workout: WorkoutFacts


class MeasuringCause(StrEnum):
    CORRECTED = "corrected"
    CONSENT = "consent"
    """It was measured while the athlete said otherwise of health data."""
    DELETION = "deletion"
    """The athlete wants what was kept of health data deleted."""


class WorkoutMeasuringAsked(Event):
    """A sport or a stretch was corrected, or what may be used of the body is another: the recording is to be measured
    anew; `WorkoutCorrected` follows."""

    source = "stadion.workouts"
    subject = ("workout_id",)
    workout_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=1, examples=[2])
    because: MeasuringCause = Field(default=MeasuringCause.CORRECTED, examples=["corrected"])


class DiaryIndexAsked(Event):
    """A diary of before there was an index of each athlete's workouts, and too long to build it while they wait."""

    source = "stadion.workouts"
    index_format: int = Field(ge=1, examples=[1])


class WorkoutDeleted(Event):
    source = "stadion.workouts"
    subject = ("workout_id",)
    workout_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=2, examples=[2])
    started_at: AwareDatetime = Field(examples=["2026-11-21T05:40:00Z"])


class UploadOutcome(StrEnum):
    READY = "ready"
    DUPLICATE = "duplicate"
    FAILED = "failed"


class UploadEnded(Event):
    """Of an announced file it is decided what it becomes; one that never arrives does not end."""

    source = "stadion.workouts"
    subject = ("upload_id",)
    upload_id: str = Field(examples=[UPLOAD])
    status: UploadOutcome = Field(examples=["ready"])
    workout_ids: list[str] = Field(default_factory=list, examples=[[WORKOUT]])
    existing_workout_id: str | None = Field(default=None, examples=[None], description="that it joined, or repeats")
    problem: str | None = Field(default=None, examples=[None], description="why it failed, as a code")
    newest_started_at: AwareDatetime | None = Field(
        default=None, examples=["2026-11-21T05:40:00Z"], description="of the workouts that it brought"
    )


class LiveSessionSaved(Event):
    """A finished live session is in the diary: as a workout of its own, or joined to one that was there."""

    source = "stadion.workouts"
    subject = ("workout_id", "session_id")
    session_id: str = Field(examples=[WORKOUT])
    session_revision: int = Field(ge=1, examples=[1])
    workout_id: str = Field(examples=[WORKOUT])
