"""What is known of a workout beside its streams. Free of NumPy: who asks for days alone starts without it."""

from datetime import date

from pydantic import Field

from stadion.consents import health_among
from stadion.values import Value


class Facts(Value):
    """What the metrics need to know of a workout besides its streams."""

    day: date
    elapsed_time_s: float
    moving_time_s: float
    timer_time_s: float | None = Field(default=None, description="None: it was kept before it was told")
    distance_m: float | None = None
    ascent_m: float | None = None
    calories_kcal: float | None = None
    average_heart_rate_bpm: float | None = None
    average_power_w: float | None = None
    rpe: float | None = Field(default=None, description="perceived exertion, from 0 to 10")
    counts: bool = Field(default=True, description="for fitness: load, curves, thresholds, series")

    def without_health(self) -> "Facts":
        return self.model_copy(update=dict.fromkeys(health_among(type(self).model_fields)))

    @property
    def active_s(self) -> float:
        return self.moving_time_s or self.elapsed_time_s
