"""A batch of samples as the app sends it, judged: what cannot be is told and left out, the rest is taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from stadion.consents import but_health, health_among
from telemetry.live.errors import SampleColumnsDifferError, SampleColumnsMissingError, SamplesTooSpreadError
from telemetry.live.sessions.chunks import CHUNK_MS, Samples, samples_of
from telemetry.live.sessions.domain import Session
from telemetry.live.values import MAX_MINUTES, ImpossibleValue, SentSamples
from telemetry.metrics_table import METRICS, Range

MAX_TOLD: Final = 20
_DISTANCE: Final = Range(0, 2_000_000)


@dataclass(frozen=True)
class _Column:
    possible: Range
    decimals: int


def _column_of(metric: str, number: int = 0) -> _Column:
    found = METRICS[metric]
    return _Column(found.possible[number], found.decimals)


COLUMNS: Final[Mapping[str, _Column]] = {
    "lat": _column_of("position", 0),
    "lon": _column_of("position", 1),
    "heart_rate_bpm": _column_of("heart_rate"),
    "power_w": _column_of("power"),
    "speed_mps": _column_of("speed"),
    "cadence_rpm": _column_of("cadence"),
    "altitude_m": _column_of("altitude"),
    "distance_m": _Column(_DISTANCE, 3),
    "temperature_c": _column_of("temperature"),
}
"""The same limits as for what devices send outside workouts (`metrics_table`)."""


@dataclass(frozen=True)
class Judged:
    samples: Samples
    accepted: int
    refused: list[ImpossibleValue] = field(default_factory=list)
    refused_count: int = 0
    dropped: list[str] = field(default_factory=list)
    """Columns with values that the athlete does not agree to: they are taken nowhere."""


def minutes_of(batch: SentSamples) -> list[int]:
    """In order."""
    minutes = sorted({_ms(time_s) // CHUNK_MS for time_s in batch.time_s})
    if len(minutes) > MAX_MINUTES:
        raise SamplesTooSpreadError(pointer="#/time_s", minutes=MAX_MINUTES)
    return minutes


def _ms(time_s: float) -> int:
    return round(time_s * 1000)


def judged(batch: SentSamples, session: Session, now: datetime, *, agrees: bool) -> Judged:
    """Raises what is wrong with the batch as a whole. `agrees`: to health data being taken."""
    sent = batch.columns
    _check_shape(sent, len(batch.time_s))
    session.check_time(max(batch.time_s), now, pointer="#/time_s")
    ms = [_ms(time_s) for time_s in batch.time_s]
    refused = list(_impossible(sent))
    bad = {(entry.column, entry.index) for entry in refused}
    if {"lat", "lon"} & {column for column, _ in bad}:
        bad |= {(other, index) for column, index in bad if column in {"lat", "lon"} for other in ("lat", "lon")}
    kept = {
        name: [
            None if value is None or (name, index) in bad else round(value, COLUMNS[name].decimals)
            for index, value in enumerate(values)
        ]
        for name, values in sent.items()
    }
    _pair(kept)
    dropped = [] if agrees else [name for name in health_among(kept) if any(one is not None for one in kept[name])]
    taken = kept if agrees else but_health(kept)
    return Judged(samples_of(ms, taken), len(ms), refused[:MAX_TOLD], len(refused), dropped)


def _check_shape(sent: Mapping[str, list[float | None]], expected: int) -> None:
    for name, values in sent.items():
        if len(values) != expected:
            raise SampleColumnsDifferError(pointer=f"#/{name}", column=name, found=len(values), expected=expected)
    if ("lat" in sent) != ("lon" in sent):
        raise SampleColumnsMissingError(pointer="#/lat" if "lat" in sent else "#/lon")


def _impossible(sent: Mapping[str, list[float | None]]) -> Iterator[ImpossibleValue]:
    for name, values in sent.items():
        possible = COLUMNS[name].possible
        for index, value in enumerate(values):
            if value is not None and value not in possible:
                yield ImpossibleValue(name, index)


def _pair(kept: Mapping[str, list[float | None]]) -> None:
    """Half a position is none; 0, 0 is where devices without a fix are."""
    if "lat" not in kept:
        return
    lat, lon = kept["lat"], kept["lon"]
    for index, pair in enumerate(zip(lat, lon, strict=True)):
        if None in pair or pair == (0, 0):
            lat[index] = lon[index] = None
