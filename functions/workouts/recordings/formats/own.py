"""What an export of ours says in TCX and GPX beside the format: the element `workout` with its pauses, stands, laps and
lengths.

Numbers are attributes, offsets seconds since `started_at`. Its word on motion and pauses was judged already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stadion.sports import SportType
from workouts.recordings.clock import DAY_S
from workouts.recordings.formats.totals import believable
from workouts.recordings.formats.xml_guard import epoch_s, number, utc
from workouts.recordings.limits import MAX_DAYS, MAX_LAPS
from workouts.recordings.recording import DeviceLap, DeviceTotals, Floats, Pause, Swim, SwimLength

_MOST_SPANS = 100_000
_ROUNDED_S = 1.0
"""A program that passes the points on may write whole seconds."""


@dataclass
class OwnWords:
    started_s: float
    said: Mapping[str, str]
    pauses: list[Pause] = field(default_factory=list)
    stands: list[Pause] = field(default_factory=list)
    laps: list[DeviceLap] = field(default_factory=list)
    lengths: list[SwimLength] = field(default_factory=list)

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> "OwnWords | None":
        started_s = epoch_s(utc(attributes.get("started_at", "")))
        is_ours = started_s is not None and "elapsed_s" in attributes and attributes.get("sport") in set(SportType)
        return cls(started_s, attributes) if is_ours and started_s is not None else None

    def take(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element inside of it."""
        at_s = _number(attributes, "at_s")
        spans = len(self.pauses) + len(self.stands) + len(self.lengths)
        if at_s is None or spans > _MOST_SPANS or len(self.laps) >= MAX_LAPS:
            return
        if name in ("pause", "stand"):
            span = Pause(self.started_s + at_s, _number(attributes, "for_s") or 0.0)
            (self.pauses if name == "pause" else self.stands).append(span)
        elif name == "length":
            strokes = _number(attributes, "strokes", most=1_000)
            self.lengths.append(
                SwimLength(
                    offset_s=at_s,
                    duration_s=_number(attributes, "for_s") or 0.0,
                    is_active=attributes.get("rest") != "true",
                    stroke=attributes.get("stroke", "")[:100] or None,
                    strokes=None if strokes is None else round(strokes),
                )
            )
        elif name == "lap":
            self.laps.append(
                DeviceLap(
                    offset_s=self.started_s + at_s,
                    elapsed_time_s=_number(attributes, "elapsed_s"),
                    timer_time_s=_number(attributes, "timer_s"),
                    distance_m=_number(attributes, "distance_m"),
                )
            )

    @property
    def sport_type(self) -> SportType:
        return SportType(self.said["sport"])

    def is_of(self, times_s: Floats) -> bool:
        """Whether it was said of these points: who cuts, joins or shifts them elsewhere leaves it as it was."""
        if self._number("points") != len(times_s):
            return False
        edges = [self._number("first_s"), self._number("last_s")] if len(times_s) else []
        return all(
            edge is not None and abs(self.started_s + edge - at_s) <= _ROUNDED_S
            for edge, at_s in zip(edges, times_s[[0, -1]] if edges else (), strict=True)
        )

    @property
    def words(self) -> dict[str, Any]:
        """Of a recording, what is no part of its clock."""
        return {
            "indoor": self.said.get("indoor") == "true",
            "feel": self._number("feel", most=100),
            "rpe": self._number("rpe", most=10),
            "doubted_share": self._number("doubted", most=1) or 0.0,
        }

    @property
    def whole_s(self) -> float | None:
        return self._number("span_s", most=MAX_DAYS * DAY_S)

    @property
    def names(self) -> dict[str, Any]:
        """For `assembled`: what holds for any part of the workout, too."""
        return {"sport_type": self.sport_type, "device": self.said.get("device", "")[:200] or None}

    @property
    def swim(self) -> Swim | None:
        """Offsets are since `started_at`, as in a recording."""
        pool_m, strokes = self._number("pool_m", most=500), self._number("strokes")
        if pool_m is None and strokes is None and not self.lengths:
            return None
        counted = None if strokes is None else round(strokes)
        return Swim(pool_length_m=pool_m or None, strokes=counted, lengths=tuple(self.lengths))

    def clock(self) -> dict[str, Any]:
        """For `assembled`."""
        elapsed_s = self._number("elapsed_s")
        return {
            **self.names,
            "started_epoch_s": self.started_s,
            "most_late_s": MAX_DAYS * DAY_S,
            "pauses": tuple(self.pauses),
            "stopped_epoch_s": None if elapsed_s is None else self.started_s + elapsed_s,
            "laps": tuple(self.laps),
            "totals": believable(
                DeviceTotals(
                    of_laps=True,
                    elapsed_time_s=elapsed_s,
                    timer_time_s=self._number("timer_s"),
                    distance_m=self._number("distance_m"),
                    ascent_m=self._number("ascent_m"),
                    descent_m=self._number("descent_m"),
                    calories_kcal=self._number("calories_kcal"),
                )
            ),
        }

    def moving(self, times_s: Floats) -> Floats:
        """At each point, of the step that led to it."""
        middles = times_s - np.diff(times_s, prepend=times_s[:1]) / 2
        stands = sorted(self.stands, key=lambda stand: stand.offset_s)
        starts = np.array([stand.offset_s for stand in stands])
        ends = np.array([stand.offset_s + stand.duration_s for stand in stands])
        before = np.searchsorted(starts, middles, side="right") - 1
        stood = (before >= 0) & (middles < ends[before]) if stands else np.zeros(len(times_s), dtype=bool)
        return (~stood).astype(np.float64)

    def _number(self, name: str, most: float = 1e9) -> float | None:
        return _number(self.said, name, most)


def _number(attributes: Mapping[str, str], name: str, most: float = 1e9) -> float | None:
    value = number(attributes.get(name, "").encode())
    return value if 0 <= value <= most else None
