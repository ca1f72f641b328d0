"""FIT, by the columnar `fitfast`.

The file is walked first, in Python, message by message but not field by field: that bounds what the decoder may
allocate, separates chained files, and cuts out the few messages that are wanted as objects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import fitfast
import numpy as np

from stadion.sports import SportType, from_fit
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.devices import is_barometric_maker
from workouts.recordings.limits import (
    MAX_FIT_BYTES,
    MAX_FIT_FIELDS,
    MAX_FIT_SUMMARIES,
    MAX_RECORDINGS,
    MIB,
)
from workouts.recordings.recording import (
    DeviceLap,
    DeviceTotals,
    Floats,
    Pause,
    RawTrack,
    Recording,
    assembled,
)

Message = Mapping[str | int, Any]

_RECORD = 20
# file_id, sport, session, lap, event, device_info, activity, field_description, developer_data_id
_SUMMARIES = frozenset({0, 12, 18, 19, 21, 23, 34, 206, 207})
_BASE_TYPES = frozenset((0, 1, 2, 7, 10, 13, *range(0x83, 0x87), 0x88, 0x89, 0x8B, 0x8C, *range(0x8E, 0x91)))
_CHANNELS = {
    "lat": ("position_lat",),
    "lon": ("position_long",),
    "distance_m": ("distance",),
    "altitude_m": ("enhanced_altitude", "altitude"),
    "speed_mps": ("enhanced_speed", "speed"),
    "heart_rate_bpm": ("heart_rate",),
    "cadence_rpm": ("cadence",),
    "power_w": ("power",),
    "temperature_c": ("temperature",),
}


def decode_fit(data: bytes, most_points: int) -> list[Recording]:
    if len(data) > MAX_FIT_BYTES:
        raise RecordingError("too_large", mib=MAX_FIT_BYTES // MIB)
    recordings = [recording for part in _parts(data, most_points) for recording in _recordings(part)]
    if not recordings:
        raise RecordingError("no_points")
    return recordings


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the chained files: the whole of it, and a copy with nothing but its summaries."""

    data: bytes
    summaries: bytes


def _parts(data: bytes, most_points: int) -> list[_Part]:
    parts: list[_Part] = []
    start = 0
    while start < len(data) and (not parts or data[start + 8 : start + 12] == b".FIT"):
        header_size = data[start]
        size = header_size + int.from_bytes(data[start + 4 : start + 8], "little") + 2
        if header_size not in (12, 14) or size <= header_size + 2:
            raise _damaged()
        if start + size > len(data):
            raise RecordingError("truncated_fit")
        part = data[start : start + size]
        parts.append(_Part(part, _summaries_of(part, header_size, most_points)))
        if len(parts) > MAX_RECORDINGS:
            raise RecordingError("too_many_parts", most=MAX_RECORDINGS)
        start += size
    return parts


def _damaged() -> RecordingError:
    return RecordingError("bad_fit")


@dataclass(frozen=True, slots=True)
class _Definition:
    message: int
    size: int
    fields: int


def _summaries_of(part: bytes, header_size: int, most_points: int) -> bytes:
    """Sums what the part will cost, too, and refuses what costs too much."""
    definitions: dict[int, _Definition] = {}
    kept: list[bytes] = []
    fields = points = summaries = 0
    position, end = header_size, len(part) - 2
    while position < end:
        head = part[position]
        if head & 0xC0 == 0x40:
            definition, size = _definition(part, position, head)
            definitions[head & 0x0F] = definition
            kept.append(part[position : position + size])
            position += size
            fields += 1
        else:
            known = definitions.get((head >> 5) & 0x03 if head & 0x80 else head & 0x0F)
            if known is None:
                raise _damaged()
            fields += known.fields
            if known.message == _RECORD:
                points += 1
            elif known.message in _SUMMARIES:
                summaries += 1
                kept.append(part[position : position + known.size])
            position += known.size
        if fields > MAX_FIT_FIELDS or points > most_points or summaries > MAX_FIT_SUMMARIES:
            raise RecordingError("too_many_points", most=most_points)
    if position != end:
        raise _damaged()
    return _as_file(part[:header_size], b"".join(kept))


def _definition(part: bytes, position: int, head: int) -> tuple[_Definition, int]:
    """The definition at `position` and its own size; the size inside it is that of the messages it defines."""
    try:
        message = int.from_bytes(part[position + 3 : position + 5], "big" if part[position + 2] else "little")
        count = part[position + 5]
        fields = part[position + 6 : position + 6 + 3 * count]
        size = 6 + 3 * count
        if not _BASE_TYPES.issuperset(fields[2::3]):
            raise _damaged()  # the decoder would divide by the size of the unknown type, and panic
        if head & 0x20:
            developer_count = part[position + size]
            fields += part[position + size + 1 : position + size + 1 + 3 * developer_count]
            size += 1 + 3 * developer_count
    except IndexError as error:
        raise _damaged() from error
    widths = fields[1::3]
    # An array is one field to FIT but as many values to the decoder.
    return _Definition(message, 1 + sum(widths), 2 + max(len(widths), sum(widths) // 4)), size


def _as_file(header: bytes, body: bytes) -> bytes:
    content = header[:4] + len(body).to_bytes(4, "little") + header[8:12]
    if len(header) == 14:
        content += _crc(content).to_bytes(2, "little")
    content += body
    return content + _crc(content).to_bytes(2, "little")


_CRC_NIBBLES = (
    *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
    *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
)


def _crc_of_byte(byte: int) -> int:
    crc = (byte & 0x0F) and _CRC_NIBBLES[byte & 0x0F]
    return ((crc >> 4) & 0x0FFF) ^ _CRC_NIBBLES[crc & 0x0F] ^ _CRC_NIBBLES[byte >> 4]


_CRC_BYTES = tuple(_crc_of_byte(byte) for byte in range(256))


def _crc(data: bytes) -> int:
    """CRC-16 of the FIT protocol, a byte at a time."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC_BYTES[(crc ^ byte) & 0xFF]
    return crc


def _recordings(part: _Part) -> list[Recording]:
    columns = _guarded(fitfast.records, part.data)
    summaries = _guarded(fitfast.parse, part.summaries)
    file_id = _first(summaries, "file_id")
    if file_id.get("type", "activity") not in ("activity", 4):
        raise RecordingError("not_an_activity")
    epoch_s = columns.get("timestamp")
    if epoch_s is None and columns:
        raise RecordingError("no_times")
    whole = RawTrack(epoch_s=np.empty(0) if epoch_s is None else epoch_s, channels=_channels(columns))
    sessions = sorted(summaries.get("session", ()), key=_starts)
    if not sessions:
        return [_recording(whole, {**_first(summaries, "sport")}, summaries, 0)] if len(whole.epoch_s) else []
    return [
        _recording(_within(whole, *_reach(summaries, session)), session, summaries, index)
        for index, session in enumerate(sessions)
    ]


def _guarded(decoder: Any, data: bytes) -> Any:
    """The native decoder's panics derive from BaseException; they are damaged files, too."""
    try:
        return decoder(data)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise _damaged() from error


def _first(summaries: Mapping[str, Sequence[Message]], name: str) -> Message:
    messages = summaries.get(name)
    return messages[0] if messages else {}


def _channels(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    channels = {}
    for name, fields in _CHANNELS.items():
        found = [columns[field] for field in fields if field in columns]
        if found:
            channels[name] = found[0] if len(found) == 1 else np.where(np.isnan(found[0]), found[1], found[0])
    return channels


def _starts(message: Message) -> float:
    return _number(message, "start_time") or 0.0


def _reach(summaries: Mapping[str, Sequence[Message]], session: Message) -> tuple[float, float]:
    """From the session's start to the next one's; the first and the last reach out to both ends of the file."""
    starts = sorted({_starts(other) for other in summaries["session"]})
    own = starts.index(_starts(session))
    return -np.inf if own == 0 else starts[own], starts[own + 1] if own + 1 < len(starts) else np.inf


def _within(track: RawTrack, from_s: float, until_s: float) -> RawTrack:
    if from_s == -np.inf and until_s == np.inf:
        return track
    inside = (track.epoch_s >= from_s) & (track.epoch_s < until_s)
    return RawTrack(
        epoch_s=track.epoch_s[inside], channels={name: values[inside] for name, values in track.channels.items()}
    )


def _recording(track: RawTrack, session: Message, summaries: Mapping[str, Sequence[Message]], index: int) -> Recording:
    file_id = _first(summaries, "file_id")
    manufacturer = file_id.get("manufacturer")
    from_s, until_s = _reach(summaries, session) if summaries.get("session") else (-np.inf, np.inf)
    return assembled(
        track,
        file_format="fit",
        sport_type=_sport_type(session),
        started_epoch_s=_number(session, "start_time"),
        pauses=_pauses(summaries.get("event", ()), from_s, until_s),
        laps=tuple(_laps(summaries.get("lap", ()), from_s, until_s)),
        totals=_totals(session),
        barometric=is_barometric_maker(manufacturer),
        device=_device(file_id),
        external_id=_external_id(file_id, index),
    )


def _sport_type(session: Message) -> SportType:
    return from_fit(session.get("sport"), session.get("sub_sport"))


def _device(file_id: Message) -> str | None:
    named = file_id.get("product_name")
    words = (file_id.get("manufacturer"), named if isinstance(named, str) and named else file_id.get("product"))
    return " ".join(str(word) for word in words if word is not None)[:200] or None


def _external_id(file_id: Message, index: int) -> str | None:
    serial, created = file_id.get("serial_number"), file_id.get("time_created")
    if serial is None or created is None:
        return None
    return f"{file_id.get('manufacturer', 'fit')}:{serial}:{created}" + (f":{index}" if index else "")


def _pauses(events: Sequence[Message], from_s: float, until_s: float) -> tuple[Pause, ...] | None:
    """Between a stop of the timer and its next start; None when the file has no timer events."""
    timer = [
        (at, str(event.get("event_type")))
        for event in events
        if event.get("event") == "timer" and (at := _number(event, "timestamp")) is not None and from_s <= at < until_s
    ]
    if not timer:
        return None
    pauses, stopped = [], None
    for at, kind in sorted(timer, key=lambda event: event[0]):
        if kind.startswith("stop"):
            stopped = at if stopped is None else stopped
        elif kind == "start" and stopped is not None:
            if at > stopped:
                pauses.append(Pause(stopped, at - stopped))
            stopped = None
    return tuple(pauses)


def _laps(laps: Sequence[Message], from_s: float, until_s: float) -> list[DeviceLap]:
    return [
        DeviceLap(
            offset_s=start,
            elapsed_time_s=_number(lap, "total_elapsed_time"),
            timer_time_s=_number(lap, "total_timer_time"),
            distance_m=_number(lap, "total_distance"),
        )
        for lap in laps
        if (start := _number(lap, "start_time")) is not None and from_s <= start < until_s
    ]


def _totals(session: Message) -> DeviceTotals:
    def either(enhanced: str, plain: str) -> float | None:
        value = _number(session, enhanced)
        return _number(session, plain) if value is None else value

    return DeviceTotals(
        elapsed_time_s=_number(session, "total_elapsed_time"),
        timer_time_s=_number(session, "total_timer_time"),
        distance_m=_number(session, "total_distance"),
        ascent_m=_number(session, "total_ascent"),
        descent_m=_number(session, "total_descent"),
        calories_kcal=_number(session, "total_calories") or None,
        average_heart_rate_bpm=_number(session, "avg_heart_rate"),
        max_heart_rate_bpm=_number(session, "max_heart_rate"),
        average_speed_mps=either("enhanced_avg_speed", "avg_speed"),
        max_speed_mps=either("enhanced_max_speed", "max_speed"),
        average_cadence_rpm=_number(session, "avg_cadence"),
        average_power_w=_number(session, "avg_power"),
        max_power_w=_number(session, "max_power"),
        normalized_power_w=_number(session, "normalized_power"),
    )


def _number(message: Message, name: str) -> float | None:
    value = message.get(name)
    return float(value) if isinstance(value, int | float) and np.isfinite(value) and value >= 0 else None
