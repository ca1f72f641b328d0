"""The clocks of a recording, from its columns alone."""

from dataclasses import dataclass

import numpy as np

from stadion.streams.codec import Columns, Floats
from stadion.streams.recorded import TIME
from stadion.training.holding import LAST_HELD_S, held_s
from telemetry.clocks import active_clock


@dataclass(frozen=True, eq=False)
class Timeline:
    """Arrays of length n >= 1; `active_s` is the clock that stands still in pauses."""

    time_s: Floats
    active_s: Floats

    @property
    def duration_s(self) -> float:
        """Without pauses; the last sample stands for a second."""
        return float(self.active_s[-1]) + LAST_HELD_S

    def held_s(self, values: Floats) -> Floats:
        """How long each reading of a channel held: the same seconds as those of the time series."""
        return held_s(self.active_s, values)

    def average(self, values: Floats, *, only: Floats | None = None) -> float | None:
        """Weighted by time, over the samples that have a value (and where `only` is true)."""
        weight_s = self.held_s(values) if only is None else self.held_s(values) * (only != 0)
        total_s = weight_s.sum()
        return float(np.nan_to_num(values) @ weight_s / total_s) if total_s > 0 else None

    def coverage(self, values: Floats) -> float:
        """The share of the recorded time in which a value held."""
        return float(self.held_s(values).sum()) / self.duration_s


def timeline(columns: Columns) -> Timeline | None:
    """None when nothing was recorded."""
    time_s = columns.get(TIME)
    if time_s is None or not len(time_s):
        return None
    return Timeline(time_s, active_clock(columns))
