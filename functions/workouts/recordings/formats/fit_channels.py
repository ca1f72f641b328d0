"""The channels of a FIT file's records: native fields, what stands in for them, and heart rates that came later."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any, Final

import numpy as np

from workouts.recordings.recording import Floats, RawTrack

Message = Mapping[str | int, Any]

OWN_TIME: Final = "stadion_time"
"""With the fraction of its second, for which FIT has no place: in exports of ours, where there is one."""
_CHANNELS: Final = {
    "lat": ("position_lat",),
    "lon": ("position_long",),
    "distance_m": ("distance",),
    "altitude_m": ("enhanced_altitude", "altitude"),
    "speed_mps": ("enhanced_speed", "speed"),
    "heart_rate_bpm": ("heart_rate",),
    "cadence_rpm": ("cadence",),
    "power_w": ("power",),
    "temperature_c": ("temperature",),
    "moving": ("stadion_moving",),
}
_NATIVE: Final = {
    2: "altitude_m",
    3: "heart_rate_bpm",
    4: "cadence_rpm",
    5: "distance_m",
    6: "speed_mps",
    7: "power_w",
    13: "temperature_c",
    73: "speed_mps",
    78: "altitude_m",
}
"""Channels by the number of their field in a record."""
_FACTORS: Final = {
    "km": 1_000.0,
    "cm": 0.01,
    "mm": 0.001,
    "kmh": 1 / 3.6,
    "kph": 1 / 3.6,
    "mms": 0.001,
    "cms": 0.01,
    "kw": 1_000.0,
}
_TICKS: Final = 1024
"""Of a heart-rate strap's clock, in a second."""
_STALE_S: Final = 5.0
"""A heartbeat tells of the records that follow it within this time."""


def track_of(
    columns: Mapping[str, Floats], packed: bytes, summaries: Mapping[str, Sequence[Message]]
) -> RawTrack | None:
    """None if records say no time."""
    epoch_s = columns.get("timestamp")
    if epoch_s is None:
        return RawTrack(epoch_s=np.empty(0), channels={}) if not columns else None
    if OWN_TIME in columns:
        exact_s = columns[OWN_TIME]
        epoch_s = np.where(
            np.abs(exact_s - epoch_s - 0.5) <= 0.5, exact_s, epoch_s
        )  # others may have shifted the second
    channels = _native(columns)
    for name, values in _stand_ins(columns, packed, summaries, epoch_s):
        if name not in channels or np.isnan(channels[name]).all():
            channels[name] = values
    return RawTrack(epoch_s=epoch_s, channels=channels)


def _native(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    channels = {}
    for name, fields in _CHANNELS.items():
        found = [columns[field] for field in fields if field in columns]
        if found:
            channels[name] = found[0] if len(found) == 1 else np.where(np.isnan(found[0]), found[1], found[0])
    return channels


def _stand_ins(
    columns: Mapping[str, Floats], packed: bytes, summaries: Mapping[str, Sequence[Message]], epoch_s: Floats
) -> Iterator[tuple[str, Floats]]:
    """What the file has in place of a native field that it lacks, the best first."""
    for described in summaries.get("field_description", ()):
        name = _NATIVE.get(described.get("native_field_num", -1))
        values = columns.get(str(described.get("field_name")))
        if name is not None and values is not None and described.get("native_mesg_num", "record") in ("record", 20):
            yield name, values * _factor(described)
    if len(packed) == 3 * len(epoch_s) > 0:
        yield from _unpacked(packed)
    beats = summaries.get("hr", ())
    if beats:
        yield "heart_rate_bpm", _heart_rates(beats, epoch_s)


def _factor(described: Message) -> float:
    units = described.get("units")
    return _FACTORS.get("".join(filter(str.isalpha, units.lower())), 1.0) if isinstance(units, str) else 1.0


def _unpacked(packed: bytes) -> Iterator[tuple[str, Floats]]:
    """12 bits of speed in 1/100 m/s, then 12 bits of a distance in 1/16 m that goes on from zero after 256 m."""
    parts = np.frombuffer(packed, np.uint8).reshape(-1, 3).astype(np.int64)
    known = (parts != 0xFF).any(axis=1)
    low, middle, high = parts[known].T
    distance = np.full(len(parts), np.nan)
    counter = (middle >> 4) | (high << 4)
    distance[known] = np.cumsum(np.diff(counter, prepend=0) & 0xFFF) / 16
    speed = np.full(len(parts), np.nan)
    speed[known] = (low | ((middle & 0x0F) << 8)) / 100
    speed[speed == 0xFFF / 100] = np.nan
    yield "distance_m", distance
    yield "speed_mps", speed


def _heart_rates(messages: Sequence[Message], epoch_s: Floats) -> Floats:
    """At each record the last beat before it, of beats that the strap kept (under water) and sent afterwards."""
    beats = sorted(_beats(messages))
    if not beats:
        return np.full(len(epoch_s), np.nan)
    times, rates = np.array(beats, dtype=float).T
    before = np.searchsorted(times, epoch_s + 0.5, side="right") - 1
    fresh = (before >= 0) & (epoch_s - times[before] <= _STALE_S)
    return np.where(fresh, rates[before], np.nan)


def _beats(messages: Sequence[Message]) -> Iterator[tuple[float, float]]:
    """Time and rate of each. A message with a time says at which tick that was; the others count on in 12 bits."""
    zero_s = ticks = None
    for message in messages:
        stamps = _numbers(message, "event_timestamp")
        timestamps = _numbers(message, "timestamp")
        if stamps:
            found = [round(stamp * _TICKS) for stamp in stamps]
            if timestamps:
                zero_s = timestamps[0] + sum(_numbers(message, "fractional_timestamp")) - found[0] / _TICKS
        elif ticks is None:
            continue
        else:
            packed = message.get("event_timestamp_12")
            found = list(_counted_on(ticks, packed if isinstance(packed, bytes) else b""))
        for tick, rate in zip(found, _numbers(message, "filtered_bpm"), strict=False):
            if zero_s is not None:
                ticks = tick
                yield zero_s + tick / _TICKS, rate


def _counted_on(ticks: int, packed: bytes) -> Iterator[int]:
    for low, middle, high in zip(packed[0::3], packed[1::3], packed[2::3], strict=False):
        for twelve in (low | (middle & 0x0F) << 8, middle >> 4 | high << 4):
            ticks += (twelve - ticks) & 0xFFF
            yield ticks


def _numbers(message: Message, name: str) -> list[float]:
    """Up to the first that is missing."""
    value = message.get(name)
    return list(takewhile(_is_number, value if isinstance(value, list) else [value]))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and bool(np.isfinite(value))
