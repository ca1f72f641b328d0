"""Small FIT files, message by message: `a_fit(message(20, [(253, UINT32, 1), (3, UINT8, 140)]), ...)`."""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from workouts.recordings.formats.fit_file import as_file, crc

__all__ = ["as_file", "crc"]

START = int(datetime(2026, 5, 1, 8, tzinfo=UTC).timestamp())
EPOCH = 631_065_600
"""Of FIT, on the Unix clock."""
HEADER = bytes((14, 0x20)) + struct.pack("<H", 2132) + bytes(4) + b".FIT" + bytes(2)

ENUM, UINT8, UINT16, UINT32, SINT32, TEXT, BYTES = 0x00, 0x02, 0x84, 0x86, 0x85, 0x07, 0x0D
_FORMATS = {ENUM: "B", UINT8: "B", UINT16: "H", UINT32: "I", SINT32: "i"}
FILE_ID, SPORT, SESSION, LAP, RECORD, EVENT, LENGTH, HR, DESCRIPTION, DEVELOPER = (
    0,
    12,
    18,
    19,
    20,
    21,
    101,
    132,
    206,
    207,
)
RUNNING, CYCLING, TRANSITION, SWIMMING = 1, 2, 3, 5

Field = tuple[int, int, Any]
"""Number, base type, value: a number, a list of them, or bytes."""


def at(second: float) -> int:
    """On FIT's clock."""
    return int(START - EPOCH + second)


def _packed(kind: int, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    values = value if isinstance(value, list) else [value]
    return struct.pack(f"<{len(values)}{_FORMATS.get(kind, 'B')}", *values)


def message(number: int, fields: Sequence[Field], developer: Sequence[tuple[int, bytes]] = ()) -> bytes:
    """With its own definition before it, always of local type 0."""
    packed = [(field, kind, _packed(kind, value)) for field, kind, value in fields]
    head = bytes((0x60 if developer else 0x40, 0, 0)) + struct.pack("<HB", number, len(packed))
    head += b"".join(bytes((field, len(value), kind)) for field, kind, value in packed)
    if developer:
        head += bytes([len(developer)]) + b"".join(bytes((field, len(value), 0)) for field, value in developer)
    return head + b"\0" + b"".join(value for *_, value in packed) + b"".join(value for _, value in developer)


def record(second: float, *more: Field, developer: Sequence[tuple[int, bytes]] = ()) -> bytes:
    return message(RECORD, [(253, UINT32, at(second)), *more], developer)


def heart_rates(seconds: Iterable[int], bpm: int = 140) -> bytes:
    return b"".join(record(second, (3, UINT8, bpm)) for second in seconds)


def session(first: float, last: float, *more: Field, sport: int = RUNNING, sub_sport: int = 0) -> bytes:
    lasted = int(1000 * (last - first))
    times = [(253, UINT32, at(last)), (2, UINT32, at(first)), (7, UINT32, lasted), (8, UINT32, lasted)]
    return message(SESSION, [*times, (5, ENUM, sport), (6, ENUM, sub_sport), *more])


def a_fit(*messages: bytes) -> bytes:
    return as_file(HEADER, b"".join(messages))


def an_activity(*messages: bytes) -> bytes:
    return a_fit(message(FILE_ID, [(0, ENUM, 4), (1, UINT16, 1)]), *messages)
