"""What of a recording the series take: the values of each metric, when, and how long each one held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from stadion.streams.codec import Columns, Floats
from telemetry.instants import epoch_ms
from telemetry.timeseries.bins import Ints
from telemetry.timeseries.domain import RECORDED, held
from telemetry.timeseries.port import WorkoutSeries

TIME: Final = "time_s"


@dataclass(frozen=True)
class HeldSamples:
    """`ms` since 1970, rising, each once; of every row the seconds until the next one, at most ten."""

    ms: Ints
    held_s: Floats
    values: Mapping[str, Floats]
    """By metric; NaN is missing."""

    def __len__(self) -> int:
        return len(self.ms)

    def of(self, metric: str) -> tuple[Ints, Floats, Floats]:
        """Instants, values and held seconds where there is a value."""
        values = self.values[metric]
        known = np.isfinite(values)
        return self.ms[known], values[known], self.held_s[known]


def samples_of(workout: WorkoutSeries) -> HeldSamples:
    return samples_in(workout.columns, workout.started_at)


def samples_in(columns: Columns, started_at: datetime) -> HeldSamples:
    """Of rows for one millisecond, the last."""
    time_s = np.asarray(columns.get(TIME, ()), np.float64)
    ms = np.round(time_s * 1000).astype(np.int64) + epoch_ms(started_at)
    order = np.argsort(ms, kind="stable")
    ms = ms[order]
    kept = order[np.append(ms[1:] != ms[:-1], True)] if len(ms) else order
    ms = ms[np.append(ms[1:] != ms[:-1], True)] if len(ms) else ms
    found = {metric: columns[column][kept] for metric, column in RECORDED.items() if column in columns}
    known = {metric: values for metric, values in found.items() if np.isfinite(values).any()}
    return HeldSamples(ms, held(ms), known)
