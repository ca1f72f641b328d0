"""The names in Timestream that the adapter writes and the queries read; `infra_cdk/timestream_tables.py` makes them."""

from typing import Final

WORKOUTS: Final = "workouts"
"""measure `workout`: which content of a workout counts; `mean_max`, `last`: a row for each duration, each metric."""
WORKOUT_SAMPLES: Final = "workout_samples"
"""A row for each second: all metrics of it, how long it held, and how long those did that held longer or shorter."""
DEVICE_SAMPLES: Final = "device_samples"
"""A row for each value; the measure's name is the metric's."""
TABLES: Final = frozenset({WORKOUTS, WORKOUT_SAMPLES, DEVICE_SAMPLES})
