"""What the diary measured in a recording, which travels with its streams: of a bundle, the part that is no chunk."""

import zlib
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import numpy as np
from pydantic import AwareDatetime, Field

from stadion.sports import SportType
from stadion.streams.codec import ChunkError, Floats
from stadion.streams.recorded import ACTIVE, TIME, TOLD, joined
from stadion.values import Value

_VERSION: Final = b"\x01"


class ToldPause(Value):
    """Offsets are seconds since the start, on the clock that does not stop."""

    offset_s: float
    duration_s: float


class ToldLap(Value):
    """It reaches to the next one, or to the last sample."""

    offset_s: float
    elapsed_time_s: float
    timer_time_s: float
    moving_time_s: float
    distance_m: float | None = None
    ascent_m: float | None = None
    average_heart_rate_bpm: float | None = None


class ToldLength(Value):
    """Of a pool; not active: a rest."""

    offset_s: float
    duration_s: float
    is_active: bool = True
    stroke: str | None = None
    strokes: int | None = None


class ToldDevice(Value):
    maker: str | None = None
    product: str | None = None
    kind: str | None = None


class Told(Value):
    sport_type: SportType
    started_at: AwareDatetime
    elapsed_time_s: float
    timer_time_s: float
    moving_time_s: float
    distance_m: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    calories_kcal: float | None = None
    average_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    average_power_w: float | None = None
    max_power_w: float | None = None
    pauses: list[ToldPause] = Field(default_factory=list, description="all of them, in order of time")
    laps: list[ToldLap] = Field(default_factory=list, description="the device's")
    lengths: list[ToldLength] = Field(default_factory=list)
    pool_length_m: float | None = None
    strokes: int | None = None
    indoor: bool = False
    feel: float | None = None
    rpe: float | None = None
    device: str | None = None
    devices: list[ToldDevice] = Field(default_factory=list)
    doubted_share: float = Field(default=0.0, description="of the readings of the channel that is doubted most")
    flags: list[str] = Field(default_factory=list, description="codes")


def packed(told: Told) -> bytes:
    return TOLD + _VERSION + zlib.compress(told.model_dump_json(exclude_defaults=True).encode())


def unpacked(parts: Iterable[bytes]) -> Told | None:
    """None: the bundle is older, or a live session's own; `ChunkError` of a version that nobody knows."""
    found = next((part for part in parts if part.startswith(TOLD)), None)
    if found is None:
        return None
    if not found.startswith(TOLD + _VERSION):
        raise ChunkError("what is told is of an unknown version")
    return Told.model_validate_json(zlib.decompress(found[2:]))


def columns_of(parts: Sequence[bytes], told: Told | None) -> dict[str, Floats]:
    """The columns of all chunks; with the clock that stands still in pauses where these are told."""
    columns = joined(parts)
    if told is not None and TIME in columns:
        columns[ACTIVE] = columns[TIME] - paused_until(columns[TIME], told.pauses)
    return columns


class _Pause(Protocol):
    @property
    def offset_s(self) -> float: ...
    @property
    def duration_s(self) -> float: ...


def paused_until(time_s: Floats, pauses: Sequence[_Pause]) -> Floats:
    """How much of the pauses lies before each time."""
    if not pauses:
        return np.zeros_like(time_s)
    starts = np.array([pause.offset_s for pause in pauses])
    durations = np.array([pause.duration_s for pause in pauses])
    total = np.cumsum(durations)
    edges = np.column_stack((starts, starts + durations)).ravel()
    before_and_after = np.column_stack((total - durations, total)).ravel()
    return np.asarray(np.interp(time_s, edges, before_and_after))
