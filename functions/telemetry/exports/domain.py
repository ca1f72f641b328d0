"""What an export is made of, and which formats can carry it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final

import numpy as np

from stadion.streams.codec import Floats
from stadion.streams.recorded import ACTIVE, MOVING, TIME, sound
from stadion.streams.told import Told, ToldLap, ToldPause, paused_until

Columns = Mapping[str, Floats]
Sample = dict[str, float]

_SPLIT_S: Final = 0.5
_FIT_BEGINS: Final = datetime(1998, 7, 4, tzinfo=UTC)
"""Earlier times are those of a device's own clock to FIT."""


class ExportFormat(StrEnum):
    FIT = "fit"
    TCX = "tcx"
    GPX = "gpx"
    CSV = "csv"


CONTENT_TYPES: Final = {
    ExportFormat.FIT: "application/vnd.ant.fit",
    ExportFormat.TCX: "application/vnd.garmin.tcx+xml",
    ExportFormat.GPX: "application/gpx+xml",
    ExportFormat.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class Exported:
    """A workout as it leaves: what was measured, and its sound samples; no columns where nothing was recorded."""

    told: Told
    columns: Columns

    @classmethod
    def of(cls, told: Told, columns: Columns) -> "Exported":
        believed = {name: values for name, values in sound(columns).items() if name != ACTIVE}
        return cls(told, {name: values for name, values in believed.items() if not np.isnan(values).all()})

    @property
    def formats(self) -> list[ExportFormat]:
        """Those that can carry it."""
        can = {
            ExportFormat.FIT: self.told.started_at >= _FIT_BEGINS,
            ExportFormat.GPX: "lat" in self.columns,
            ExportFormat.CSV: TIME in self.columns,
        }
        return [one for one in ExportFormat if can.get(one, True)]

    @cached_property
    def time_s(self) -> Floats:
        return self.columns.get(TIME, np.empty(0))

    @property
    def laps(self) -> list[ToldLap]:
        """At least one: of a workout without any, the whole of it."""
        told = self.told
        whole = ToldLap(
            offset_s=0.0,
            elapsed_time_s=told.elapsed_time_s,
            timer_time_s=told.timer_time_s,
            moving_time_s=told.moving_time_s,
            distance_m=told.distance_m,
            average_heart_rate_bpm=told.average_heart_rate_bpm,
        )
        return told.laps or [whole]

    @cached_property
    def stands(self) -> list[ToldPause]:
        """Where the athlete did not move, from sample to sample."""
        if MOVING not in self.columns:
            return []
        still = np.concatenate(([False], self.columns[MOVING][1:] == 0, [False]))
        edges = np.flatnonzero(np.diff(still)).tolist()
        return [
            ToldPause(offset_s=float(self.time_s[first]), duration_s=float(self.time_s[last] - self.time_s[first]))
            for first, last in zip(edges[::2], edges[1::2], strict=True)
        ]

    def lap_of_samples(self) -> list[int]:
        starts = [lap.offset_s for lap in self.laps]
        laps: list[int] = np.clip(np.searchsorted(starts, self.time_s, side="right") - 1, 0, None).tolist()
        return laps

    def part_of_samples(self) -> list[int]:
        """A pause begins a new one."""
        paused_s = np.diff(paused_until(self.time_s, self.told.pauses), prepend=0.0)
        parts: list[int] = np.cumsum(paused_s > _SPLIT_S).tolist()
        return parts

    def samples(self) -> Iterator[Sample]:
        """Only what was recorded at each moment."""
        lists = {name: values.tolist() for name, values in self.columns.items()}
        for row in zip(*lists.values(), strict=True):
            yield {name: value for name, value in zip(lists, row, strict=True) if value == value}  # noqa: PLR0124 - NaN

    def at(self, offset_s: float) -> datetime:
        return self.told.started_at + timedelta(seconds=offset_s)
