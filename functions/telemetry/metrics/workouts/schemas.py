"""What a workout means, as it is answered."""

from dataclasses import asdict
from datetime import date
from typing import Self

from pydantic import BaseModel, Field

from stadion.sports import SportType
from telemetry.metrics.hints import FtpHint
from telemetry.metrics.workouts.domain import hint_of
from telemetry.metrics.workouts.values import Assessment, WorkoutMetrics


class FtpHintResponse(BaseModel):
    """An FTP that this workout contradicts."""

    ftp_w: float = Field(examples=[250], description="as it held on the day")
    suggested_w: int = Field(examples=[271])
    best_w: int = Field(examples=[285], description="the best average over `duration_s`")
    duration_s: int = Field(examples=[1200])

    @classmethod
    def of(cls, hint: FtpHint) -> Self:
        return cls(**asdict(hint))


class MetricsResponse(Assessment):
    workout_id: str
    revision: int = Field(description="grows whenever the metrics change")
    day: date = Field(description="the athlete's day on which the workout began")
    sport_type: SportType
    ftp_hint: FtpHintResponse | None = Field(
        description="the power of this workout suggests an FTP that is more than 5 % higher than what was measured"
    )

    @classmethod
    def of(cls, found: WorkoutMetrics) -> Self:
        return cls(
            **dict(found.assessment),
            workout_id=found.workout_id,
            revision=found.revision,
            day=found.day,
            sport_type=found.sport_type,
            ftp_hint=FtpHintResponse.of(hint) if (hint := hint_of(found.assessment)) is not None else None,
        )
