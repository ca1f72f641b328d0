"""What of a recording the series take: the values of each metric, when, and how long each one held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from stadion.streams.codec import Columns, Floats
from stadion.streams.recorded import TIME
from stadion.training.holding import held_s
from telemetry.clocks import active_clock
from telemetry.instants import epoch_ms
from telemetry.streams.domain import measured
from telemetry.timeseries.bins import Ints
from telemetry.timeseries.domain import RECORDED
from telemetry.timeseries.port import WorkoutSeries

_MS: Final = 3
"""Held seconds are whole milliseconds, as instants are."""


@dataclass(frozen=True)
class HeldSamples:
    """`ms` since 1970, rising, each once."""

    ms: Ints
    values: Mapping[str, Floats]
    """By metric; NaN is missing."""
    held_s: Mapping[str, Floats]
    """By metric, how long each of its values held."""
    rows_held_s: Floats
    """How long each row held."""

    def __len__(self) -> int:
        return len(self.ms)

    def of(self, metric: str) -> tuple[Ints, Floats, Floats]:
        """Instants, values and held seconds where there is a value."""
        known = ~np.isnan(self.values[metric])
        return self.ms[known], self.values[metric][known], self.held_s[metric][known]


def samples_of(workout: WorkoutSeries) -> HeldSamples:
    return samples_in(workout.columns, workout.started_at)


def samples_in(columns: Columns, started_at: datetime) -> HeldSamples:
    """Of rows for one millisecond, the last; of readings, the sound ones."""
    since_ms = np.round(np.asarray(columns.get(TIME, ()), np.float64) * 1000).astype(np.int64)
    order = np.argsort(since_ms, kind="stable")
    rows = order[np.diff(since_ms[order], append=np.iinfo(np.int64).max) > 0]
    found = {name: values[rows] for name, values in measured(columns).items()} | {TIME: since_ms[rows] / 1000}
    values = {metric: _finite(found[column]) for metric, column in RECORDED.items() if column in found}
    known = {metric: readings for metric, readings in values.items() if not np.isnan(readings).all()}
    active_s = active_clock(found)
    return HeldSamples(
        since_ms[rows] + epoch_ms(started_at),
        known,
        {metric: np.round(held_s(active_s, readings), _MS) for metric, readings in known.items()},
        np.round(held_s(active_s, active_s), _MS),
    )


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
