"""FIT, by Garmin's own encoder. What it has no place for is in developer fields, which other programs skip: fractions
of a second, whether the athlete moved, which of our sports it was, calories that are not whole."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from garmin_fit_sdk import Encoder, Profile

from stadion.sports import sport
from stadion.streams.recorded import MOVING, TIME
from stadion.streams.told import ToldLap, ToldLength
from telemetry.exports.domain import Exported, Sample

Message = dict[str, Any]

_EPOCH_S: Final = 631_065_600
_SEMICIRCLES: Final = 2**31 / 180
_FILE_ID, _SESSION, _LAP, _RECORD, _EVENT, _DEVICE, _ACTIVITY, _LENGTH = 0, 18, 19, 20, 21, 23, 34, 101
_MAKERS, _SUB_SPORTS, _STROKES = (
    frozenset(Profile["types"][name].values()) for name in ("manufacturer", "sub_sport", "swim_stroke")
)

_FIELDS: Final = {
    "stadion_time": ("float64", "s"),
    "stadion_moving": ("uint8", "1"),
    "stadion_sport": ("string", ""),
    "stadion_calories": ("float64", "kcal"),
    "stadion_laps": ("uint16", "1"),
    "stadion_doubted": ("float64", "1"),
    "stadion_samples": ("uint32", "1"),
    "stadion_indoor": ("uint8", "1"),
}
"""Since 1970; of a record whether it was reached in motion; of a session our name of its sport, its calories, how many
of its laps are the device's (0 where the one that FIT wants is the whole), which share of a channel is left out, of
how many records all of this was said, and whether a machine knew of the way."""
_NUMBERS: Final = {name: number for number, name in enumerate(_FIELDS)}
_TYPES: Final = {name: number for number, name in Profile["types"]["fit_base_type"].items()}
_APPLICATION: Final = list(b"stadion-workouts")

_CHANNELS: Final = {
    "distance_m": ("distance", 0.0, 4e7),
    "altitude_m": ("enhanced_altitude", -500.0, 1e8),
    "speed_mps": ("enhanced_speed", 0.0, 4e6),
    "heart_rate_bpm": ("heart_rate", 0.0, 254.0),
    "cadence_rpm": ("cadence", 0.0, 254.0),
    "power_w": ("power", 0.0, 65_534.0),
    "temperature_c": ("temperature", -127.0, 126.0),
}
"""The field of each, and what it can hold."""
_WHOLE: Final = {"heart_rate", "cadence", "power", "temperature"}


def as_fit(workout: Exported) -> bytes:
    """In the order of time, summaries last, as watches write it."""
    owner: Any = {"mesg_num": 207, "developer_data_index": 0, "application_id": _APPLICATION, "application_version": 1}
    described: list[Any] = [_description(number, name) for number, name in enumerate(_FIELDS)]
    encoder = Encoder(
        {
            number: {"developer_data_id_mesg": owner, "field_description_mesg": one}
            for number, one in enumerate(described)
        }
    )
    for message in (_file_id(workout), owner, *described, *_messages(workout)):
        encoder.write_mesg(message)
    return bytes(encoder.close())


def _description(number: int, name: str) -> Message:
    kind, units = _FIELDS[name]
    return {
        "mesg_num": 206,
        "developer_data_index": 0,
        "field_definition_number": number,
        "fit_base_type_id": _TYPES[kind],
        "field_name": name,
        "units": units,
    }


def _file_id(workout: Exported) -> Message:
    told = workout.told
    return {
        "mesg_num": _FILE_ID,
        "type": "activity",
        "manufacturer": "development",
        "product": 0,
        "time_created": _seconds(workout, 0.0),
        **_known(product_name=_text(told.device)),
    }


def _messages(workout: Exported) -> Iterator[Message]:
    yield from _devices(workout)
    yield from _events(workout)
    yield from (_record(workout, sample) for sample in workout.samples())
    yield from (_length(workout, number, length) for number, length in enumerate(workout.told.lengths))
    yield from (_lap(workout, number, lap) for number, lap in enumerate(workout.laps))
    yield _session(workout)
    yield {
        "mesg_num": _ACTIVITY,
        "timestamp": _seconds(workout, workout.told.elapsed_time_s),
        "total_timer_time": workout.told.timer_time_s,
        "num_sessions": 1,
        "type": "manual",
        "event": "activity",
        "event_type": "stop",
    }


def _devices(workout: Exported) -> Iterator[Message]:
    for number, device in enumerate(workout.told.devices):
        yield {
            "mesg_num": _DEVICE,
            "timestamp": _seconds(workout, 0.0),
            "device_index": number,
            "manufacturer": device.maker if device.maker in _MAKERS else "development",
            **_known(product_name=_text(device.product)),
        }


def _events(workout: Exported) -> Iterator[Message]:
    yield _timer(workout, "start", 0.0)
    for pause in workout.told.pauses:
        yield _timer(workout, "stop_all", pause.offset_s)
        yield _timer(workout, "start", pause.offset_s + pause.duration_s)
    yield _timer(workout, "stop_all", workout.told.elapsed_time_s)


def _timer(workout: Exported, what: str, offset_s: float) -> Message:
    at = {"timestamp": _seconds(workout, offset_s), **_exactly(workout, offset_s)}
    return {"mesg_num": _EVENT, "event": "timer", "event_type": what, **at}


def _record(workout: Exported, sample: Sample) -> Message:
    message: Message = {"mesg_num": _RECORD, "timestamp": _seconds(workout, sample[TIME])}
    if "lat" in sample:
        message["position_lat"] = round(sample["lat"] * _SEMICIRCLES)
        message["position_long"] = min(round(sample["lon"] * _SEMICIRCLES), 2**31 - 1)
    for channel, (field, least, most) in _CHANNELS.items():
        value = sample.get(channel)
        if value is not None and least <= value <= most:
            message[field] = round(value) if field in _WHOLE else value
    own = {"stadion_moving": int(sample[MOVING])} if MOVING in sample else {}
    return message | _exactly(workout, sample[TIME], own)


def _length(workout: Exported, number: int, length: ToldLength) -> Message:
    return {
        "mesg_num": _LENGTH,
        "message_index": number,
        "length_type": "active" if length.is_active else "idle",
        "event": "length",
        "event_type": "stop",
        **_known(total_strokes=length.strokes, swim_stroke=length.stroke if length.stroke in _STROKES else None),
        **_lasting(workout, length.offset_s, length.duration_s, length.duration_s),
    }


def _lap(workout: Exported, number: int, lap: ToldLap) -> Message:
    return {
        "mesg_num": _LAP,
        "message_index": number,
        "event": "lap",
        "event_type": "stop",
        **_known(
            total_distance=lap.distance_m,
            total_moving_time=lap.moving_time_s,
            total_ascent=_whole(lap.ascent_m),
            avg_heart_rate=_whole(lap.average_heart_rate_bpm, most=254),
        ),
        **_lasting(workout, lap.offset_s, lap.elapsed_time_s, lap.timer_time_s),
    }


def _session(workout: Exported) -> Message:
    told, kind = workout.told, sport(workout.told.sport_type)
    own = _known(
        stadion_sport=told.sport_type.value,
        stadion_laps=len(told.laps),
        stadion_calories=told.calories_kcal,
        stadion_doubted=told.doubted_share or None,
        stadion_samples=len(workout.time_s),
        stadion_indoor=1 if told.indoor else None,
    )
    return {
        "mesg_num": _SESSION,
        "event": "session",
        "event_type": "stop",
        "sport": kind.fit_sport,
        "sub_sport": kind.fit_sub_sport if kind.fit_sub_sport in _SUB_SPORTS else "generic",
        "first_lap_index": 0,
        "num_laps": len(workout.laps),
        **_known(
            total_distance=told.distance_m,
            total_moving_time=told.moving_time_s,
            total_calories=_whole(told.calories_kcal),
            total_ascent=_whole(told.ascent_m),
            total_descent=_whole(told.descent_m),
            avg_heart_rate=_whole(told.average_heart_rate_bpm, most=254),
            max_heart_rate=_whole(told.max_heart_rate_bpm, most=254),
            avg_power=_whole(told.average_power_w),
            max_power=_whole(told.max_power_w),
            total_cycles=told.strokes,
            pool_length=told.pool_length_m,
            workout_feel=_whole(told.feel),
            workout_rpe=None if told.rpe is None else round(10 * told.rpe),
        ),
        **_lasting(workout, 0.0, told.elapsed_time_s, told.timer_time_s, own),
    }


def _lasting(
    workout: Exported, offset_s: float, elapsed_s: float, timer_s: float, own: Mapping[str, Any] | None = None
) -> Message:
    return {
        "start_time": _seconds(workout, offset_s),
        "timestamp": _seconds(workout, offset_s + elapsed_s),
        "total_elapsed_time": elapsed_s,
        "total_timer_time": timer_s,
        **_exactly(workout, offset_s, own or {}),
    }


def _seconds(workout: Exported, offset_s: float) -> int:
    return int(_epoch_s(workout, offset_s)) - _EPOCH_S


def _epoch_s(workout: Exported, offset_s: float) -> float:
    return round(workout.told.started_at.timestamp() + offset_s, 6)


def _exactly(workout: Exported, offset_s: float, own: Mapping[str, Any] | None = None) -> Message:
    """Our own fields; with the time where whole seconds are not all of it."""
    epoch_s = _epoch_s(workout, offset_s)
    fields = {**(own or {}), **({} if epoch_s.is_integer() else {"stadion_time": epoch_s})}
    return {"developer_fields": {_NUMBERS[name]: value for name, value in fields.items()}} if fields else {}


def _known(**values: Any) -> Message:
    return {name: value for name, value in values.items() if value is not None}


def _whole(value: float | None, most: int = 65_534) -> int | None:
    return None if value is None or value > most else round(value)


def _text(text: str | None) -> str | None:
    return text.encode()[:200].decode(errors="ignore") if text else None
