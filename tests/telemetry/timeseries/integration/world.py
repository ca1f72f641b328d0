"""Workouts and device samples for a store under test, and the naive truth about them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from statistics import median
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from stadion.sports import SportType
from stadion.streams.codec import Floats
from stadion.streams.recorded import chunks
from telemetry.devices import store as series_store
from telemetry.devices.domain import merged, series_of, slot_of
from telemetry.devices.store import Slot
from telemetry.instants import epoch_ms
from telemetry.metrics_table import METRICS
from telemetry.streams import store as chunk_store
from telemetry.timeseries.domain import RECORDED
from telemetry.timeseries.port import DeviceSamples, SeriesPeriod, SeriesSource, Span, TelemetryStore, WorkoutSeries

FIRST = date(2026, 9, 1)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ATHLETE = "8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"
OTHER = "c9f0f895-fb98-4b91-9a0e-5b6c7d8e9f01"


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def moment(number: int, hour: float = 7.0) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=number, hours=hour)


def season(days: int = 60) -> Span:
    return Span(day(0), day(days - 1))


def workout_id(number: int) -> str:
    return str(UUID(int=number + 1, version=4))


def columns(
    seconds: Sequence[float] | NDArray[Any],
    *,
    gaps: int = 0,
    seed: int = 0,
    names: Sequence[str] = ("heart_rate_bpm", "power_w"),
) -> dict[str, Floats]:
    """What a watch counts: whole beats, whole watts, centimetres a second; every `gaps`-th value is missing."""
    random = np.random.default_rng(seed)
    n = len(seconds)
    made: dict[str, Floats] = {
        "heart_rate_bpm": random.integers(90, 190, n).astype(float),
        "power_w": random.integers(0, 600, n).astype(float),
        "speed_mps": random.integers(0, 900, n) / 100,
        "cadence_rpm": random.integers(60, 110, n).astype(float),
        "altitude_m": random.integers(1000, 9000, n) / 5,
        "temperature_c": random.integers(-5, 35, n).astype(float),
    }
    chosen = {name: made[name] for name in names}
    if gaps:
        for values in chosen.values():
            values[::gaps] = np.nan
    return {"time_s": np.asarray(seconds, float), **chosen}


def workout(number: int = 0, *, on: int = 0, version: int = 1, n: int = 60, **more: Any) -> WorkoutSeries:
    made = WorkoutSeries(
        workout_id=workout_id(number),
        version=version,
        day=day(on),
        started_at=moment(on),
        sport_type=SportType.RUN,
        columns=columns(range(n), seed=number * 1000 + version),
        load=10.0 * (number + 1),
        mean_max={"power": {5: 400.0 + number, 60: 300.0 - number}},
    )
    return replace(made, **more)


def sent(
    metric: str = "heart_rate",
    *,
    on: int = 0,
    device: str = "watch",
    version: int = 1,
    values: Sequence[float] = (60.0, 61.0, 65.0),
    step_s: float = 60,
    hour: float = 6.0,
) -> DeviceSamples:
    start = epoch_ms(moment(on, hour))
    ms = [start + int(number * step_s * 1000) for number in range(len(values))]
    return DeviceSamples(metric, device, day(on), ms, list(values), version)


@dataclass
class World:
    """The store under test, and all that was put into it."""

    store: TelemetryStore
    has_table: bool
    user: str = ATHLETE
    workouts: dict[str, WorkoutSeries] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    samples: dict[tuple[str, str, date], DeviceSamples] = field(default_factory=dict)

    def put(self, *found: WorkoutSeries) -> None:
        for one in found:
            known = self.workouts.get(one.workout_id)
            newest = max(known.version if known else 0, self.removed.get(one.workout_id, 0))
            if self.has_table and one.version > newest:
                _keep_chunks(self.user, one)
            self.store.put_workout(self.user, one, NOW)
            if one.version > newest:
                self.workouts[one.workout_id] = one

    def remove(self, one: WorkoutSeries, *, version: int) -> None:
        self.store.remove_workout(
            self.user, one.workout_id, version=version, day=one.day, started_at=one.started_at, now=NOW
        )
        known = self.workouts.get(one.workout_id)
        if version > max(known.version if known else 0, self.removed.get(one.workout_id, 0)):
            self.workouts.pop(one.workout_id, None)
            self.removed[one.workout_id] = version

    def send(self, *found: DeviceSamples) -> None:
        for one in found:
            if self.has_table:
                _keep_slots(self.user, one)
            self.store.put_samples(self.user, one, NOW)
            key = (one.metric, one.device_id, one.day)
            if key not in self.samples or one.version > self.samples[key].version:
                self.samples[key] = one

    # --- the truth --------------------------------------------------------------------------------------------------

    def recorded(self, metric: str, span: Span) -> list[tuple[date, int, float, float]]:
        """Day, instant, value, held seconds: one by one, in the words of the port."""
        found = []
        for one in self.workouts.values():
            values = one.columns.get(RECORDED.get(metric, ""))
            if values is None or not span.first <= one.day <= span.last:
                continue
            time_s = one.columns["time_s"].tolist()
            for second, value, held_s in _held(time_s, values.tolist()):
                found.append((one.day, epoch_ms(one.started_at) + round(second * 1000), value, held_s))
        return found

    def sent(self, metric: str, span: Span) -> list[tuple[date, int, float, float]]:
        return [
            (one.day, ms, value, 0.0)
            for one in self.samples.values()
            if one.metric == metric and span.first <= one.day <= span.last
            for ms, value in zip(one.ms, one.values, strict=True)
        ]

    def all(self, metric: str, source: SeriesSource, span: Span) -> list[tuple[date, int, float, float]]:
        return self.recorded(metric, span) if source is SeriesSource.WORKOUTS else self.sent(metric, span)

    def by_period(self, metric: str, source: SeriesSource, span: Span, period: SeriesPeriod) -> Mapping[date, Floats]:
        found: dict[date, list[float]] = defaultdict(list)
        for on, _, value, _ in self.all(metric, source, span):
            start = {
                SeriesPeriod.DAY: on,
                SeriesPeriod.WEEK: on - timedelta(days=on.weekday()),
                SeriesPeriod.MONTH: on.replace(day=1),
            }[period]
            found[start].append(value)
        return {start: np.array(values) for start, values in sorted(found.items())}


def _held(time_s: list[float], values: list[float]) -> Iterator[tuple[float, float, float]]:
    """Second, value, held seconds of each reading: until the next one of its own, but not in a pause."""
    steps = [later - second for second, later in pairwise(time_s)]
    clock = [0.0, *accumulate(step if step <= _longest(steps) else 0.0 for step in steps)]
    known = [(second, at, value) for second, at, value in zip(time_s, clock, values, strict=True) if value == value]
    gaps = [later[1] - one[1] for one, later in pairwise(known)]
    for number, (second, at, value) in enumerate(known):
        last = min(clock[-1] - at + 1.0, max(1.0, median(gaps)) if gaps else 1.0)
        yield second, value, min(gaps[number] if number < len(gaps) else last, _longest(gaps))


def _longest(gaps: list[float]) -> float:
    return max(15.0, 5 * median(gaps)) if gaps else 15.0


def _keep_chunks(user: str, one: WorkoutSeries) -> None:
    key = f"claims/{one.workout_id}-{one.version}"
    chunk_store.write_chunks(user, one.workout_id, key, chunks(one.columns) if one.columns else [], NOW)
    kept = chunk_store.Kept(
        workout_id=one.workout_id,
        revision=one.version,
        key=key,
        sport_type=one.sport_type,
        started_at=one.started_at,
    )
    chunk_store.keep(user, chunk_store.read(user, one.workout_id), kept, NOW)


def _keep_slots(user: str, one: DeviceSamples) -> None:
    metric = METRICS[one.metric]
    for ms, value in zip(one.ms, one.values, strict=True):
        slot = Slot(user, metric, False, slot_of(ms, metric.kind), one.device_id)
        known, stored = series_store.find(slot)
        new = series_of([ms], [(value,)], received_ms=one.version, columns=1)
        series_store.keep(slot, merged([new] if known is None else [known, new]), stored, NOW)
