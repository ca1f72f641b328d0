"""A recording's streams as chunks of a quarter of an hour, and the bundle that carries them from service to service."""

import struct
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from stadion.streams.codec import ChunkError, Columns, Floats, decode, encode

CHUNK_S: Final = 900.0
TIME: Final = "time_s"
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


def joined(parts: Iterator[bytes] | list[bytes]) -> dict[str, Floats]:
    """The columns of all chunks in order; a column that a chunk lacks is missing there."""
    decoded = [decode(part) for part in parts]
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
