"""A recording's streams as chunks of a quarter of an hour, and the bundle that carries them from service to service."""

import struct
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stadion.streams.codec import ChunkError, Columns, Floats, decode, encode

CHUNK_S: Final = 900.0
TIME: Final = "time_s"
MOVING: Final = "moving"
"""1 where the athlete moved on the step that led to the sample, 0 where not: as the diary judged it."""
ACTIVE: Final = "active_s"
"""The clock that stands still in pauses; made when the bundle is opened."""
TOLD: Final = b"T"
"""How the part of a bundle begins that is no chunk: `stadion.streams.told`."""
DOUBTS: Final = "doubts"
"""The column of doubts: of each sample a bit mask; bit k is channel k of `DOUBTABLE`, 0 or NaN is none."""
DOUBTABLE: Final = (
    "position",
    "distance_m",
    "altitude_m",
    "speed_mps",
    "heart_rate_bpm",
    "cadence_rpm",
    "power_w",
    "temperature_c",
)
"""The position in this table is the bit: append only."""
BoolArray = NDArray[np.bool_]
_LENGTH: Final = struct.Struct("<I")


def chunks(columns: Columns, *, chunk_s: float = CHUNK_S) -> list[bytes]:
    """`columns` hold `time_s` in rising seconds since the start, and others of its length; NaN is a missing sample."""
    time_s = columns[TIME]
    if not len(time_s):
        return []
    edges = np.searchsorted(time_s, np.arange(0.0, float(time_s[-1]) + chunk_s, chunk_s))
    starts = [int(edge) for edge in np.unique(edges) if edge < len(time_s)]
    spans = zip(starts, [*starts[1:], len(time_s)], strict=True)
    return [encode({name: values[a:b] for name, values in columns.items()}) for a, b in spans if b > a]


def joined(parts: Iterable[bytes]) -> dict[str, Floats]:
    """The columns of all chunks in order; a column that a chunk lacks is missing there."""
    decoded = [decode(part) for part in parts if not part.startswith(TOLD)]
    names = dict.fromkeys(name for columns in decoded for name in columns)
    return {name: np.concatenate([_of(columns, name) for columns in decoded]) for name in names}


def _of(columns: Mapping[str, Floats], name: str) -> Floats:
    return columns[name] if name in columns else np.full(len(columns[TIME]), np.nan)


def bundle(parts: list[bytes]) -> bytes:
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def unbundle(data: bytes) -> list[bytes]:
    """`ChunkError` when the bundle is cut off."""
    parts, at = [], 0
    while at < len(data):
        if at + _LENGTH.size > len(data):
            raise ChunkError("the bundle is cut off")
        (size,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if at + size > len(data):
            raise ChunkError("the bundle is cut off")
        parts.append(data[at : at + size])
        at += size
    return parts


def with_doubts(columns: Columns, doubted: Mapping[str, BoolArray]) -> dict[str, Floats]:
    """`doubted` by channel of `DOUBTABLE`; without a doubt there is no such column."""
    masks = [np.where(samples, float(1 << DOUBTABLE.index(channel)), 0.0) for channel, samples in doubted.items()]
    total = np.sum(masks, axis=0)
    return {**columns, DOUBTS: total} if np.any(total) else dict(columns)


def doubted(columns: Columns) -> dict[str, BoolArray]:
    """The channels that have a doubted reading, and which ones."""
    if DOUBTS not in columns:
        return {}
    masks = np.nan_to_num(columns[DOUBTS]).astype(np.int64)
    found = {channel: (masks >> bit & 1).astype(bool) for bit, channel in enumerate(DOUBTABLE)}
    return {channel: samples for channel, samples in found.items() if samples.any()}


def sound(columns: Columns) -> dict[str, Floats]:
    """Without the column of doubts; what it doubts is missing."""
    kept = {name: values for name, values in columns.items() if name != DOUBTS}
    for channel, samples in doubted(columns).items():
        for name in ("lat", "lon") if channel == "position" else (channel,):
            if name in kept:
                kept[name] = np.where(samples, np.nan, kept[name])
    return kept
