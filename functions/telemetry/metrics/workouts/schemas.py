"""What a workout means, as it is answered."""

from datetime import date
from typing import Self

from pydantic import Field

from stadion.sports import SportType
from telemetry.metrics.workouts.values import Assessment, WorkoutMetrics


class MetricsResponse(Assessment):
    workout_id: str
    revision: int = Field(description="grows whenever the metrics change")
    day: date = Field(description="the athlete's day on which the workout began")
    sport_type: SportType

    @classmethod
    def of(cls, found: WorkoutMetrics) -> Self:
        return cls(
            **dict(found.assessment),
            workout_id=found.workout_id,
            revision=found.revision,
            day=found.day,
            sport_type=found.sport_type,
        )
