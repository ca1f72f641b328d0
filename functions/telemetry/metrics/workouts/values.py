"""What a workout means."""

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from stadion.sports import SportType
from telemetry.metrics.values import MetricInput, MetricMeasure
from telemetry.metrics.zones import ZoneSet


class ZoneTimes(BaseModel):
    model_config = ConfigDict(frozen=True)

    zones: ZoneSet | None = Field(
        default=None, description="as they held on the day of the workout; null: nothing lies in them"
    )
    seconds: list[float] | None = Field(default=None, description="in each zone, the lowest first")
    missing: list[str] = Field(default_factory=list, description="what it would take", examples=[["ftp_w"]])


class Assessment(BaseModel):
    """What a workout means, as it is kept."""

    model_config = ConfigDict(frozen=True)

    load: MetricMeasure = Field(description="training stress by the best method that there is; 100 is an hour all out")
    trimp: MetricMeasure
    zonal_trimp: MetricMeasure
    hr_tss: MetricMeasure
    normalized_power: MetricMeasure
    intensity_factor: MetricMeasure
    tss: MetricMeasure
    grade_adjusted_speed: MetricMeasure
    r_tss: MetricMeasure
    decoupling: MetricMeasure
    zones: dict[str, ZoneTimes]
    mean_max: dict[str, dict[int, float]] = Field(
        description="by metric: the best average by duration in seconds", examples=[{"power": {"60": 412.5}}]
    )

    @property
    def inputs(self) -> set[str]:
        """The names of all that its numbers rest on."""
        measures = [value.inputs for value in vars(self).values() if isinstance(value, MetricMeasure)]
        zones = [times.zones.inputs for times in self.zones.values() if times.zones is not None]
        return {name for inputs in (*measures, *zones) for name in inputs}

    @property
    def ftp(self) -> MetricInput | None:
        """That its numbers rest on."""
        return self.intensity_factor.inputs.get("ftp")


@dataclass(frozen=True)
class WorkoutMetrics:
    """The assessment as it stands, and what it is of."""

    workout_id: str
    revision: int
    day: date
    sport_type: SportType
    assessment: Assessment
