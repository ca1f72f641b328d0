"""What is known of a workout beside its streams. Free of NumPy: who asks for days alone starts without it."""

from datetime import date

from pydantic import Field

from stadion.values import Value


class Facts(Value):
    """What the metrics need to know of a workout besides its streams."""

    day: date
    elapsed_time_s: float
    moving_time_s: float
    average_heart_rate_bpm: float | None = None
    counts: bool = Field(default=True, description="for fitness: load, curves, thresholds, series")
