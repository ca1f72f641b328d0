"""The clocks of a recording, from its columns alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from stadion.streams.codec import Columns, Floats
from stadion.streams.recorded import TIME
from stadion.training.power import HOLD_S
from telemetry.timeseries.domain import LAST_HELD_S, held

PAUSE_SPEED_MPS: Final = 1 / 3.6


@dataclass(frozen=True, eq=False)
class Timeline:
    """Arrays of length n >= 1; `active_s` is the clock that stands still in pauses, `weight_s` how long each sample
    held: the same seconds as those of the time series."""

    time_s: Floats
    active_s: Floats
    weight_s: Floats

    @property
    def duration_s(self) -> float:
        """Without pauses; the last sample stands for a second."""
        return float(self.active_s[-1]) + LAST_HELD_S

    def average(self, values: Floats, *, only: Floats | None = None) -> float | None:
        """Weighted by time, over the samples that have a value (and where `only` is true)."""
        counted = ~np.isnan(values) if only is None else ~np.isnan(values) & (only != 0)
        weight = self.weight_s[counted].sum()
        return float(values[counted] @ self.weight_s[counted] / weight) if weight > 0 else None

    def coverage(self, values: Floats) -> float:
        """The share of the recorded time with a value."""
        return float(self.weight_s[~np.isnan(values)].sum() / self.weight_s.sum())


def timeline(columns: Columns) -> Timeline | None:
    """A long gap in which hardly any ground was covered is a pause. None when nothing was recorded."""
    time_s = columns.get(TIME)
    if time_s is None or not len(time_s):
        return None
    steps = np.diff(time_s, prepend=time_s[:1])
    paused = steps > max(HOLD_S, 5 * float(np.median(steps)))
    distance = columns.get("distance_m")
    if distance is not None:
        paused &= ~(np.diff(distance, prepend=distance[:1]) >= PAUSE_SPEED_MPS * steps)
    active_s = np.cumsum(np.where(paused, 0.0, steps))
    return Timeline(time_s, active_s, held(np.round(time_s * 1000).astype(np.int64)))
