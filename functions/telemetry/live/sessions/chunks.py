"""Samples of a live session in chunks of a minute, and how deliveries of them become one truth.

For each instant and channel the greatest value counts, whatever came first, twice or together (associative,
commutative, idempotent). Two different values of one instant come from a client that contradicts itself; what matters
is that every order of deliveries ends in the same bytes. A position is one value.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stadion.consents import is_health
from stadion.streams.codec import Floats, decode, encode
from stadion.streams.recorded import TIME
from telemetry.live.values import Latest

CHUNK_MS: Final = 60_000
POSITION: Final = ("lat", "lon")
NUMBERS: Final = (
    "heart_rate_bpm",
    "power_w",
    "speed_mps",
    "cadence_rpm",
    "altitude_m",
    "distance_m",
    "temperature_c",
)
CHANNELS: Final = (*POSITION, *NUMBERS)
Instants = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Samples:
    """`ms` since the start, rising, without repetitions; a column of float64 for each channel, NaN where missing."""

    ms: Instants
    columns: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.ms)

    @property
    def last_s(self) -> float | None:
        return float(self.ms[-1]) / 1000 if len(self) else None

    def same_as(self, other: "Samples") -> bool:
        return np.array_equal(self.ms, other.ms) and all(
            np.array_equal(self.columns[name], other.columns[name], equal_nan=True) for name in CHANNELS
        )


NOTHING: Final = Samples(np.empty(0, np.int64), {name: np.empty(0) for name in CHANNELS})


def samples_of(ms: Sequence[int], columns: Mapping[str, Sequence[float | None]]) -> Samples:
    """Of one batch: any order, repetitions allowed; a channel that is not there is missing."""
    n = len(ms)
    found = {
        name: np.array(columns[name], np.float64) + 0.0 if name in columns else np.full(n, np.nan) for name in CHANNELS
    }  # + 0.0: there is no -0.0, which would compare as equal and not be the same bits
    return merged([Samples(np.array(ms, np.int64), found)])


def merged(parts: Iterable[Samples]) -> Samples:
    listed = [NOTHING, *parts]
    ms = np.concatenate([part.ms for part in listed])
    if not len(ms):
        return NOTHING
    columns = {name: np.concatenate([part.columns[name] for part in listed]) for name in CHANNELS}
    lat, lon = columns["lat"], columns["lon"]
    order = np.lexsort((lon, lat, ~np.isnan(lat), ms))
    ms = ms[order]
    first = np.flatnonzero(np.append(True, ms[1:] != ms[:-1]))
    last = np.append(first[1:], len(ms)) - 1
    found = {name: columns[name][order][last] for name in POSITION}
    found |= {name: np.fmax.reduceat(columns[name][order], first) for name in NUMBERS}
    return Samples(ms[last], found)


def without_health(samples: Samples, *, until_s: float | None = None) -> Samples:
    """`until_s`: of what is later, with it."""
    stays = np.zeros(len(samples), bool) if until_s is None else samples.ms > until_s * 1000

    def left(name: str) -> Floats:
        return np.where(stays, samples.columns[name], np.nan) if is_health(name) else samples.columns[name]

    return Samples(samples.ms, {name: left(name) for name in CHANNELS})


def by_minute(samples: Samples) -> Iterator[tuple[int, Samples]]:
    minutes = samples.ms // CHUNK_MS
    for minute in np.unique(minutes):
        own = minutes == minute
        yield int(minute), Samples(samples.ms[own], {name: values[own] for name, values in samples.columns.items()})


def packed(samples: Samples) -> bytes:
    """In the codec of all streams; a channel of which nothing was measured is left out."""
    known = {name: values for name, values in samples.columns.items() if not np.isnan(values).all()}
    return encode({TIME: samples.ms / 1000, **known})


def unpacked(chunk: bytes) -> Samples:
    columns = decode(chunk)
    n = len(columns[TIME])
    found = {name: columns.get(name, np.full(n, np.nan)) for name in CHANNELS}
    return Samples(np.round(columns[TIME] * 1000).astype(np.int64), found)


# --- what the athlete and the followers are told ---------------------------------------------------------------------

GAP_S: Final = 10.0
MAX_GAPS: Final = 50
SLOPE_S: Final = 10.0
FRESH_S: Final = 30.0


def gaps(samples: Samples) -> list[tuple[float, float]]:
    """Stretches without a sample, from the start on; the longest of them, in order of time."""
    edges = np.concatenate(([0], samples.ms)) / 1000
    steps = np.diff(edges)
    wide = np.flatnonzero(steps > GAP_S)
    longest = sorted(wide[np.argsort(-steps[wide], kind="stable")][:MAX_GAPS])
    return [(float(edges[at]), float(edges[at + 1])) for at in longest]


def latest(samples: Samples) -> Latest | None:
    if not len(samples):
        return None
    now_ms = int(samples.ms[-1])
    recent = samples.ms >= now_ms - FRESH_S * 1000
    columns = {name: values[recent] for name, values in samples.columns.items()}
    lat, lon = _last(columns["lat"]), _last(columns["lon"])
    speed = _last(columns["speed_mps"])
    return Latest(
        time_s=now_ms / 1000,
        position=None if lat is None or lon is None else (lat, lon),
        speed_mps=_slope(samples.ms[recent], columns["distance_m"]) if speed is None else speed,
        heart_rate_bpm=_last(columns["heart_rate_bpm"]),
        distance_m=_last(columns["distance_m"]),
    )


def _last(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known[-1]) if len(known) else None


def _slope(ms: Instants, distance_m: Floats) -> float | None:
    """Of the distance over the last seconds."""
    known = ~np.isnan(distance_m) & (ms >= ms[-1] - SLOPE_S * 1000)
    way, when = distance_m[known], ms[known]
    if len(way) < 2 or way[-1] < way[0]:
        return None
    return round(float((way[-1] - way[0]) / ((when[-1] - when[0]) / 1000)), 3)
