"""The chunk codec: columns of a recording in a few kilobytes, losslessly.

A column is written as the integers that the device counted in (centimetres, semicircles, tenths of a second), found by
trying the ways that devices count and keeping the first that gives back every float64 to the bit; a column that no way
fits is written as its bits. Integers become differences, zigzag, byte planes, and all planes of a chunk one zlib
stream. NaN is a missing sample and has a bit of its own.

Layout, little-endian: `S` version n:u32 columns:u8, then for each column: name length:u8, name, way:u8, flags:u8,
planes:u8; then the zlib stream of, for each column, its presence bitmap (if flagged) and its byte planes.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Columns = Mapping[str, Floats]
_Ints = NDArray[np.int64]
_Words = NDArray[np.uint64]

VERSION: Final = 1
MAGIC: Final = b"S"
MAX_SAMPLES: Final = 1_000_000
MAX_COLUMNS: Final = 64
LEVEL: Final = 9
_HEAD: Final = struct.Struct("<cBIB")
_COLUMN: Final = struct.Struct("<BBB")
_EXACT: Final = float(2**53)
_GAPS: Final = 1
_TWICE: Final = 2


class ChunkError(ValueError):
    """The bytes are not a chunk that this codec wrote."""


@dataclass(frozen=True)
class Way:
    """How a device counts: `count` to integers (as floats), `value` back."""

    count: Callable[[Floats], Floats]
    value: Callable[[Floats], Floats]


def _parts_of(divisor: float) -> Way:
    return Way(lambda values: np.round(values * divisor), lambda counts: counts / divisor)


def _single(way: Way) -> Way:
    return Way(way.count, lambda counts: way.value(counts).astype(np.float32).astype(np.float64))


_FIT_ALTITUDE: Final = Way(lambda v: np.round((v + 500) * 5), lambda c: c / 5 - 500)

# The position in this table is the code in a chunk: append only.
WAYS: Final[tuple[Way, ...]] = (
    _parts_of(1.0),
    _parts_of(10.0),
    _parts_of(100.0),
    _parts_of(1000.0),
    _FIT_ALTITUDE,
    Way(lambda v: np.round(v * (2**31 / 180)), lambda c: c * (180 / 2**31)),  # FIT semicircles
    Way(lambda v: np.round(v / 180 * 2**31), lambda c: c * 180 / 2**31),
    _parts_of(5.0),
    _parts_of(128.0),
    _parts_of(256.0),
    *(_parts_of(10.0**digits) for digits in range(4, 16)),
    # Garmin's exports print 32-bit floats with all their digits.
    *(_single(way) for way in (_parts_of(10.0), _parts_of(100.0), _parts_of(1000.0), _parts_of(5.0), _FIT_ALTITUDE)),
)
BITS: Final = 255
"""The code of a column that is written as the bits of its float64s."""


def encode(columns: Columns) -> bytes:
    """Columns of one length n <= `MAX_SAMPLES`; names of up to 255 bytes. Bit patterns of NaN are not kept apart."""
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1 or len(columns) > MAX_COLUMNS:
        raise ValueError("a chunk takes up to 64 columns of one length")
    n = lengths.pop() if lengths else 0
    if n > MAX_SAMPLES:
        raise ValueError(f"a chunk takes up to {MAX_SAMPLES} samples")
    heads, bodies = [], []
    for name, values in columns.items():
        head, body = _encoded(name, np.asarray(values, np.float64))
        heads.append(head)
        bodies.append(body)
    return b"".join(
        (_HEAD.pack(MAGIC, VERSION, n, len(columns)), *heads, zlib.compress(b"".join(bodies), LEVEL)),
    )


def decode(chunk: bytes) -> dict[str, Floats]:
    """What `encode` was given, NaN for missing samples; `ChunkError` for anything else."""
    try:
        return dict(_decoded(chunk))
    except (struct.error, zlib.error, UnicodeDecodeError, IndexError) as error:
        raise ChunkError(f"damaged chunk: {error}") from error


def _encoded(name: str, values: Floats) -> tuple[bytes, bytes]:
    label = name.encode()
    present = ~np.isnan(values)
    has_gaps = not present.all()
    known = values[present]
    way, words, flags = _smallest(known)
    planes = _planes(words)
    flags |= _GAPS if has_gaps else 0
    head = struct.pack("<B", len(label)) + label + _COLUMN.pack(way, flags, len(planes))
    bitmap = np.packbits(present).tobytes() if has_gaps else b""
    return head, bitmap + b"".join(planes)


def _smallest(known: Floats) -> tuple[int, _Words, int]:
    """The way that fits, and its differences: of the second order where the first are nearly constant."""
    for code, way in enumerate(WAYS):
        counts = _exact_counts(known, way)
        if counts is not None:
            once = _zigzag(_differences(counts))
            twice = _zigzag(_differences(_differences(counts)))
            if _bits(twice) < _bits(once):
                return code, twice, _TWICE
            return code, once, 0
    bits = known.view(np.uint64)
    return BITS, np.bitwise_xor(bits, np.concatenate(([np.uint64(0)], bits[:-1]))) if len(bits) else bits, 0


def _exact_counts(known: Floats, way: Way) -> _Ints | None:
    with np.errstate(all="ignore"):
        counts = way.count(known)
        if not (np.abs(counts) < _EXACT).all():
            return None
        integers = counts.astype(np.int64)  # as they will be read: they have no -0
        return integers if _same(way.value(integers.astype(np.float64)), known) else None


def _same(one: Floats, other: Floats) -> bool:
    """To the bit: -0.0 is not 0.0."""
    return bool((one.view(np.uint64) == other.view(np.uint64)).all())


def _bits(words: _Words) -> int:
    return int(np.bitwise_count(words).sum())


def _differences(values: _Ints) -> _Ints:
    return np.diff(values, prepend=np.int64(0))


def _zigzag(values: _Ints) -> _Words:
    return ((values << 1) ^ (values >> 63)).view(np.uint64)


def _unzigzag(words: _Words) -> _Ints:
    return (words >> np.uint64(1)).view(np.int64) ^ -(words & np.uint64(1)).view(np.int64)


def _planes(words: _Words) -> list[bytes]:
    """The bytes of all words, least significant plane first, without the planes above the highest one used."""
    table = words.astype("<u8").view(np.uint8).reshape(-1, 8)
    used = [plane for plane in range(8) if table[:, plane].any()]
    return [table[:, plane].tobytes() for plane in range(max(used, default=-1) + 1)]


def _decoded(chunk: bytes) -> Iterator[tuple[str, Floats]]:
    magic, version, n, count = _HEAD.unpack_from(chunk)
    if magic != MAGIC or version != VERSION or n > MAX_SAMPLES or count > MAX_COLUMNS:
        raise ChunkError("not a chunk of a known version")
    heads, at = [], _HEAD.size
    for _ in range(count):
        length = chunk[at]
        name = chunk[at + 1 : at + 1 + length].decode()
        heads.append((name, *_COLUMN.unpack_from(chunk, at + 1 + length)))
        at += 1 + length + _COLUMN.size
    most = count * (n // 8 + 1 + 8 * n)
    inflate = zlib.decompressobj()
    body = inflate.decompress(chunk[at:], most + 1)
    if len(body) > most or not inflate.eof:
        raise ChunkError("the body has another length than its header says")
    at = 0
    for name, way, flags, planes in heads:
        values, at = _column(body, at, n, way, flags, planes)
        yield name, values
    if at != len(body):
        raise ChunkError("the body has another length than its header says")


def _column(body: bytes, at: int, n: int, way: int, flags: int, planes: int) -> tuple[Floats, int]:
    present = np.ones(n, bool)
    if flags & _GAPS:
        size = (n + 7) // 8
        present = np.unpackbits(np.frombuffer(_slice(body, at, size), np.uint8), count=n).astype(bool)
        at += size
    known = int(present.sum())
    table = np.zeros((known, 8), np.uint8)
    for plane in range(planes):
        table[:, plane] = np.frombuffer(_slice(body, at, known), np.uint8)
        at += known
    words = table.reshape(-1).view("<u8").astype(np.uint64)
    values = np.full(n, np.nan)
    values[present] = _values(words, way, flags)
    return values, at


def _values(words: _Words, way: int, flags: int) -> Floats:
    if way == BITS:
        return np.bitwise_xor.accumulate(words).view(np.float64) if len(words) else np.empty(0)
    counts = np.cumsum(_unzigzag(words))
    if flags & _TWICE:
        counts = np.cumsum(counts)
    return WAYS[way].value(counts.astype(np.float64))


def _slice(body: bytes, at: int, size: int) -> bytes:
    if at + size > len(body):
        raise ChunkError("the body is shorter than its header says")
    return body[at : at + size]
