"""The bytes of FIT files, walked in Python message by message but not field by field.

That bounds what the decoder may allocate, separates chained files, finds how far a damaged one can be read, and cuts
out the few messages that are wanted as objects.
"""

from dataclasses import dataclass, replace

import numpy as np

from workouts.reasons import Reason
from workouts.recordings.errors import RecordingError
from workouts.recordings.limits import MAX_FIT_CHANGES, MAX_FIT_FIELDS, MAX_FIT_SUMMARIES, MAX_RECORDINGS

_SIGNATURE = b".FIT"
_RECORD, _HR = 20, 132
# file_id, sport, session, lap, event, device_info, activity, length, hr, field_description, developer_data_id
_SUMMARIES = frozenset({0, 12, 18, 19, 21, 23, 34, 101, _HR, 206, 207})
_BASE_TYPES = frozenset((0, 1, 2, 7, 10, 13, *range(0x83, 0x87), 0x88, 0x89, 0x8B, 0x8C, *range(0x8E, 0x91)))
_BYTES = 0x0D
_DESCRIPTION, _KIND = 206, 2
_WANTED = {_RECORD: 8, _DESCRIPTION: 3}
"""`compressed_speed_distance` of a record, the name of a developer's field."""
_NATIVE_NAMES = frozenset(
    (
        b"timestamp position_lat position_long distance enhanced_altitude altitude enhanced_speed speed heart_rate "
        b"cadence power temperature"
    ).split()
)
_LONGEST_NAME = 64
_NOT_PACKED = b"\xff\xff\xff"


@dataclass(frozen=True, slots=True)
class FitPart:
    """One of the chained files: a file for the decoder, and a copy of it with nothing but its summaries."""

    data: bytes
    summaries: bytes
    packed: bytes
    """The three bytes of `compressed_speed_distance` of each record; empty if none has them."""
    notes: tuple[Reason, ...] = ()

    def mended(self) -> "FitPart":
        """With checksums that are right: the decoder takes no others, not even a header's of 0, which says nothing."""
        header, body = self.data[: self.data[0]], self.data[self.data[0] : -2]
        of_header, of_file = int.from_bytes(header[12:14], "little"), int.from_bytes(self.data[-2:], "little")
        is_right = of_file == crc(self.data[:-2]) and of_header in (0, crc(header[:12]))
        notes = self.notes if is_right else (*self.notes, Reason.of("wrong_checksum"))
        return replace(self, data=as_file(header, body), notes=notes)


def damaged() -> RecordingError:
    return RecordingError("bad_fit")


def parts_of(data: bytes, most_points: int) -> list[FitPart | RecordingError]:
    """A part of which nothing can be read is its error; what would cost too much is raised."""
    parts: list[FitPart | RecordingError] = []
    start = 0
    while start < len(data) and (not parts or _is_header(data, start)):
        if len(parts) == MAX_RECORDINGS:
            raise RecordingError("too_many_parts", most=MAX_RECORDINGS)
        part, start = _part(data, start, most_points)
        parts.append(part)
    return parts


def _is_header(data: bytes, start: int) -> bool:
    return start >= 0 and data[start + 8 : start + 12] == _SIGNATURE and data[start] in (12, 14)


def _part(data: bytes, start: int, most_points: int) -> tuple[FitPart | RecordingError, int]:
    """The part at `start`, and where the next one would begin."""
    if not _is_header(data, start):
        return damaged(), len(data)
    begin = start + data[start]
    end = begin + int.from_bytes(data[start + 4 : start + 8], "little")
    header = data[start:begin]
    if begin < end <= len(data) - 2:
        walk = _Walk(data, begin, end, most_points)
        if walk.position == end and _ends_there(data, start, end):
            whole = data[start : end + 2] if not walk.changes else as_file(header, walk.body(data))
            return FitPart(whole, as_file(header, b"".join(walk.kept)), walk.packed_records()), end + 2
    limit = _next_header(data, begin)
    walk = _Walk(data, begin, limit, most_points, takes_foreign=False)
    if not walk.kept:
        return RecordingError("truncated_fit") if end + 2 > len(data) else damaged(), limit
    torn = as_file(header, walk.body(data))
    return FitPart(torn, as_file(header, b"".join(walk.kept)), walk.packed_records(), (Reason.of("torn"),)), limit


def _ends_there(data: bytes, start: int, end: int) -> bool:
    """What follows is nothing, or another file; behind a size that is too small it is the rest of this one."""
    if end + 2 == len(data) or _is_header(data, end + 2):
        return True
    return crc(data[start:end]) == int.from_bytes(data[end : end + 2], "little")


def _next_header(data: bytes, position: int) -> int:
    found = data.find(_SIGNATURE, position)
    while found >= 0 and not _is_header(data, found - 8):
        found = data.find(_SIGNATURE, found + 1)
    return found - 8 if found >= 0 else len(data)


@dataclass(frozen=True, slots=True)
class _Definition:
    message: int
    size: int
    fields: int
    wanted_at: int | None
    """Of the field in `_WANTED`."""
    kind_at: int | None
    """Of the base type of a developer's field."""


class _Walk:
    """From one message to the next, up to `end` or to the first that cannot be one; refuses what costs too much.

    A field of an unknown type becomes bytes in `body`: the decoder would divide by the size of that type, and panic.
    With `takes_foreign` False it ends the walk: in a damaged file it is not a field at all."""

    def __init__(self, data: bytes, begin: int, end: int, most_points: int, *, takes_foreign: bool = True) -> None:
        self.position = self.begin = begin
        self.kept: list[bytes] = []
        self.changes: dict[int, int] = {}
        """Bytes that the decoder would stumble over, by their place, and those of the message at hand."""
        self._new: list[int] = []
        self._packed: list[tuple[int, bytes]] = []
        self._points = 0
        self._takes_foreign = takes_foreign
        self._walk(data, end, most_points)

    def body(self, data: bytes) -> bytes:
        body = bytearray(data[self.begin : self.position])
        for at, byte in self.changes.items():
            body[at - self.begin] = byte
        return bytes(body)

    def packed_records(self) -> bytes:
        if not self._packed:
            return b""
        packed = bytearray(_NOT_PACKED * self._points)
        for point, found in self._packed:
            packed[3 * point : 3 * point + 3] = found
        return bytes(packed)

    def _walk(self, data: bytes, end: int, most_points: int) -> None:
        definitions: dict[int, _Definition] = {}
        fields = points = summaries = beats = 0
        position = self.position
        while position < end:
            head = data[position]
            if head & 0xC0 == 0x40:
                found = self._definition(data, position, head, end)
                if found is None:
                    break
                definition, size = found
                definitions[head & 0x0F] = definition
                self._keep(data, position, position + size)
                position += size
                fields += 1
            else:
                known = definitions.get((head >> 5) & 0x03 if head & 0x80 else head & 0x0F)
                if known is None or position + known.size > end:
                    break
                fields += known.fields
                if known.message == _RECORD:
                    if known.wanted_at is not None:
                        at = position + known.wanted_at
                        self._packed.append((points, data[at : at + 3]))
                    points += 1
                elif known.message in _SUMMARIES:
                    beats += known.message == _HR
                    summaries += known.message != _HR
                    if known.message == _DESCRIPTION:
                        self._describe_apart(data, position, known)
                    if beats <= MAX_FIT_SUMMARIES:
                        self._keep(data, position, position + known.size)
                position += known.size
            if fields > MAX_FIT_FIELDS or points > most_points or summaries > MAX_FIT_SUMMARIES:
                raise RecordingError("too_many_points", most=most_points)
        self.position, self._points = position, points

    def _definition(self, data: bytes, position: int, head: int, end: int) -> tuple[_Definition, int] | None:
        """The definition at `position` and its own size; the size inside it is that of the messages it defines."""
        size = 6 + 3 * data[position + 5] if position + 6 <= end else end
        developers = 0
        if head & 0x20 and position + size < end:
            developers = data[position + size]
            size += 1 + 3 * developers
        if position + size > end:
            return None
        message = int.from_bytes(data[position + 3 : position + 5], "big" if data[position + 2] else "little")
        fields = data[position + 6 : position + 6 + 3 * data[position + 5]]
        foreign = [position + 8 + 3 * at for at, kind in enumerate(fields[2::3]) if kind not in _BASE_TYPES]
        if foreign and (not self._takes_foreign or len(self.changes) > MAX_FIT_CHANGES):
            return None
        self.changes |= dict.fromkeys(foreign, _BYTES)
        self._new = foreign
        widths = fields[1::3]
        wanted = _WANTED.get(message)
        wanted_at = _offset(fields, wanted, least=3) if wanted is not None else None
        kind_at = _offset(fields, _KIND, least=1) if message == _DESCRIPTION else None
        if developers:
            widths += data[position + size - 3 * developers : position + size][1::3]
        # An array is one field to FIT but as many values to the decoder.
        cost = 2 + max(len(widths), sum(widths) // 4)
        return _Definition(message, 1 + sum(widths), cost, wanted_at, kind_at), size

    def _describe_apart(self, data: bytes, position: int, known: _Definition) -> None:
        """A developer's field that is called as a native one would take its place: it gets a capital letter."""
        if known.wanted_at is not None:
            at = position + known.wanted_at
            if data[at : at + _LONGEST_NAME].partition(b"\0")[0] in _NATIVE_NAMES:
                self._change(at, data[at] - 32)
        if known.kind_at is not None and data[position + known.kind_at] not in _BASE_TYPES:
            self._change(position + known.kind_at, _BYTES)

    def _change(self, at: int, byte: int) -> None:
        self.changes[at] = byte
        self._new.append(at)

    def _keep(self, data: bytes, begin: int, end: int) -> None:
        kept = data[begin:end]
        if self._new:
            changed = bytearray(kept)
            for at in self._new:
                changed[at - begin] = self.changes[at]
            kept = bytes(changed)
            self._new = []
        self.kept.append(kept)


def _offset(fields: bytes, number: int, *, least: int) -> int | None:
    """Of a field of so many bytes in a message with these fields, its first byte counted."""
    numbers, widths = fields[0::3], fields[1::3]
    at = numbers.find(number)
    return 1 + sum(widths[:at]) if at >= 0 and widths[at] >= least else None


def as_file(header: bytes, body: bytes) -> bytes:
    content = header[:4] + len(body).to_bytes(4, "little") + header[8:12]
    if len(header) == 14:
        content += crc(content).to_bytes(2, "little")
    content += body
    return content + crc(content).to_bytes(2, "little")


_CRC_NIBBLES = (
    *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
    *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
)


def _crc_of_byte(byte: int) -> int:
    crc = (byte & 0x0F) and _CRC_NIBBLES[byte & 0x0F]
    return ((crc >> 4) & 0x0FFF) ^ _CRC_NIBBLES[crc & 0x0F] ^ _CRC_NIBBLES[byte >> 4]


_CRC_BYTES = tuple(_crc_of_byte(byte) for byte in range(256))
_LANES = 1024


def crc(data: bytes) -> int:
    """CRC-16 of the FIT protocol: a byte at a time, or of many lanes of a long file at once."""
    if len(data) >= 8 * _LANES:
        return _crc_of_lanes(data)
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC_BYTES[(crc ^ byte) & 0xFF]
    return crc


def _crc_of_lanes(data: bytes) -> int:
    """Zeros before the data change nothing, and what a lane leaves goes through the next ones as its bits do alone."""
    length = -(-len(data) // _LANES)
    lanes = np.zeros((_LANES + 16, length), np.uint8)
    padded = np.frombuffer(bytes(_LANES * length - len(data)) + data, np.uint8)
    lanes[:_LANES] = padded.reshape(_LANES, length)
    table = np.array(_CRC_BYTES, np.uint16)
    crcs = np.zeros(_LANES + 16, np.uint16)
    crcs[_LANES:] = 1 << np.arange(16)
    for column in np.ascontiguousarray(lanes.T):
        crcs = (crcs >> 8) ^ table[(crcs ^ column) & 0xFF]
    through = crcs[_LANES:].tolist()
    crc = 0
    for lane in crcs[:_LANES].tolist():
        moved = lane
        for bit in range(16):
            if crc >> bit & 1:
                moved ^= through[bit]
        crc = moved
    return crc
