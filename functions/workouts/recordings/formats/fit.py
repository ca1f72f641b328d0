"""FIT, by the columnar `fitfast`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import fitfast
import numpy as np

from stadion.sports import SportType, from_fit
from workouts.recordings.clock import DAY_S
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.devices import is_barometric_maker
from workouts.recordings.formats.fit_channels import OWN_TIME, Message, track_of
from workouts.recordings.formats.fit_file import FitPart, damaged, parts_of
from workouts.recordings.formats.parts import Decoded, LeftOut, Part, decoded_parts
from workouts.recordings.formats.positions import without_nowhere
from workouts.recordings.formats.totals import believable
from workouts.recordings.limits import MAX_DAYS, MAX_FIT_BYTES, MAX_RECORDINGS, MIB
from workouts.recordings.recording import (
    MAX_DEVICES,
    Device,
    DeviceLap,
    DeviceTotals,
    Pause,
    RawTrack,
    Recording,
    Swim,
    SwimLength,
    assembled,
)

Summaries = Mapping[str, Sequence[Message]]

OWN_SPORT: Final = "stadion_sport"
OWN_CALORIES: Final = "stadion_calories"
OWN_DOUBTED: Final = "stadion_doubted"
OWN_LAPS: Final = "stadion_laps"
OWN_SAMPLES: Final = "stadion_samples"
OWN_INDOOR: Final = "stadion_indoor"
"""Of the session of an export of ours; of no laps, the one that FIT wants is the whole. Of another number of
records than it says, its words on the whole were said of another whole."""

_INDOORS: Final = frozenset(
    {
        "treadmill",
        "indoor_running",
        "indoor_walking",
        "indoor_cycling",
        "spin",
        "indoor_rowing",
        "indoor_skiing",
        "indoor_hand_cycling",
        "indoor_wheelchair_walk",
        "indoor_wheelchair_run",
        "elliptical",
        "stair_climbing",
    }
)
_ROLLER: Final = ("roll", "ролл")
_SAME_START_S: Final = 1.5
_MOST_LATE_S: Final = 3_600.0
"""After the session's start a watch may wait for its first record."""


def decode_fit(data: bytes, most_points: int) -> Decoded:
    if len(data) > MAX_FIT_BYTES:
        raise RecordingError("too_large", mib=MAX_FIT_BYTES // MIB)
    recordings: list[Recording] = []
    left_out: list[LeftOut] = []
    sessions = 0
    for number, part in enumerate(parts_of(data, most_points), start=1):
        try:
            if isinstance(part, RecordingError):
                raise part
            found = _decoded(_File.of(part), before=sessions)
        except RecordingError as error:
            left_out.append(LeftOut(f"file:{number}", error.reason))
        else:
            recordings += found.recordings
            left_out += found.left_out
            sessions += len(found.recordings) + len(found.left_out)
    return Decoded(recordings, tuple(left_out))


@dataclass(frozen=True, slots=True)
class _File:
    """One of the chained files, decoded."""

    track: RawTrack
    summaries: Summaries
    part: FitPart

    @classmethod
    def of(cls, part: FitPart) -> "_File":
        summaries = _timely(_plain(_guarded(fitfast.parse, part.summaries)))
        types = {file_id.get("type", "activity") for file_id in summaries.get("file_id", ())}
        if types and not types & {"activity", 4}:
            raise RecordingError("not_an_activity")
        try:
            columns = _guarded(fitfast.records, part.data)
        except RecordingError:
            part = part.mended()
            columns = _guarded(fitfast.records, part.data)
        track = track_of(columns, part.packed, summaries)
        if track is None:
            raise RecordingError("no_times")
        return cls(track, summaries, part)

    @property
    def is_torn(self) -> bool:
        return any(note.code == "torn" for note in self.part.notes)


def _guarded(decoder: Any, data: bytes) -> Any:
    """The native decoder's panics derive from BaseException; they are damaged files, too."""
    try:
        return decoder(data)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise damaged() from error


def _plain(summaries: Summaries) -> Summaries:
    """Without arrays, which some file may have in the place of any field, but of the messages that are made of them."""
    return {
        name: messages
        if name == "hr"
        else [
            {field: value for field, value in message.items() if isinstance(value, str | int | float)}
            for message in messages
        ]
        for name, messages in summaries.items()
    }


def _timely(summaries: Summaries) -> Summaries:
    """With our own fractions of a second."""
    return {
        name: [
            {**message, "timestamp" if name == "event" else "start_time": message[OWN_TIME]}
            if OWN_TIME in message
            else message
            for message in messages
        ]
        for name, messages in summaries.items()
    }


def _first(summaries: Summaries, name: str) -> Message:
    messages = summaries.get(name)
    return messages[0] if messages else {}


def _decoded(file: _File, before: int) -> Decoded:
    """`before`: how many sessions the chained files have had, for the names of these."""
    sessions = _sessions(file)
    if not sessions:
        if not len(file.track.epoch_s):
            raise RecordingError("no_points")
        sessions = [_first(file.summaries, "sport")]
    empty = {index: reason for index, session in enumerate(sessions) if (reason := _emptiness(session, sessions))}
    own = [session for index, session in enumerate(sessions) if index not in empty]
    starts = [-np.inf, *(_start(session) for session in own[1:]), np.inf]
    reaches = iter(pairwise(starts))
    return decoded_parts(
        _refused(f"session:{before + index + 1}", empty[index])
        if index in empty
        else _session_part(file, session, next(reaches), index, f"session:{before + index + 1}")
        for index, session in enumerate(sessions)
    )


def _refused(name: str, code: str) -> Part:
    def refuse() -> Recording:
        raise RecordingError(code)

    return Part(name, 0, refuse)


def _session_part(file: _File, session: Message, reach: tuple[float, float], index: int, name: str) -> Part:
    track = _within(file.track, *reach)
    return Part(name, len(track.epoch_s), lambda: _recording(file, track, session, reach, index))


# --- sessions -------------------------------------------------------------------------------------------------------


def _sessions(file: _File) -> Sequence[Message]:
    """In order of time; one that was sent twice once, as it was sent last."""
    sessions: list[dict[str | int, Any]] = []
    for session in file.summaries.get("session", ()):
        twin = next((other for other in sessions if _is_same(other, session)), None)
        if twin is None:
            sessions.append(dict(session))
            if len(sessions) > MAX_RECORDINGS:
                raise RecordingError("too_many_parts", most=MAX_RECORDINGS)
        else:
            twin.update(session)
    sessions.sort(key=lambda session: (_start(session), _end(session)))
    if file.is_torn and sessions and (file.track.epoch_s > _end(sessions[-1]) + 60).sum() > 60:
        sessions.append({"start_time": _end(sessions[-1]) + 1})  # what came later was torn off before its own session
    return sessions


def _is_same(one: Message, other: Message) -> bool:
    """A multisport's transition may start when the next session does, so the sport tells as well."""
    if one.get("sport") != other.get("sport"):
        return False
    shared = min(_end(one), _end(other)) - max(_start(one), _start(other))
    longer = max(_end(one) - _start(one), _end(other) - _start(other))
    return abs(_start(one) - _start(other)) <= _SAME_START_S or shared > 0.8 * longer > 0


def _emptiness(session: Message, sessions: Sequence[Message]) -> str | None:
    """Why a session among others is no workout."""
    if len(sessions) == 1:
        return None
    if session.get("sport") == "multisport":
        return "summary_of_sessions"
    durations = [_number(session, "total_elapsed_time"), _number(session, "total_timer_time")]
    known = [duration for duration in durations if duration is not None]
    if known and max(known) < 1 and not _number(session, "total_distance") and _end(session) - _start(session) < 1:
        return "session_without_time"
    return None


def _start(message: Message) -> float:
    start = _number(message, "start_time")
    if start is not None:
        return start
    end, lasted = _number(message, "timestamp"), _duration(message)
    return end - lasted if end is not None and lasted is not None else 0.0


def _end(message: Message) -> float:
    lasted = _duration(message)
    end = _number(message, "timestamp")
    return _start(message) + lasted if lasted is not None else end if end is not None else _start(message)


def _duration(message: Message) -> float | None:
    elapsed = _number(message, "total_elapsed_time")
    return _number(message, "total_timer_time") if elapsed is None else elapsed


def _within(track: RawTrack, from_s: float, until_s: float) -> RawTrack:
    if from_s == -np.inf and until_s == np.inf:
        return track
    inside = (track.epoch_s >= from_s) & (track.epoch_s < until_s)
    return RawTrack(
        epoch_s=track.epoch_s[inside], channels={name: values[inside] for name, values in track.channels.items()}
    )


def _recording(file: _File, track: RawTrack, session: Message, reach: tuple[float, float], index: int) -> Recording:
    file_id, summaries = _first(file.summaries, "file_id"), file.summaries
    track, session = _as_said(track, session)
    begin_s = _start(session) or (float(np.nanmin(track.epoch_s)) if np.isfinite(track.epoch_s).any() else 0.0)
    placed, nowhere = without_nowhere(track.channels)
    device = _word(file_id.get("product_name")) if OWN_SPORT in session else _device(file_id)
    pauses, stopped_s = _timer(summaries.get("event", ()), *reach)
    recording = assembled(
        RawTrack(epoch_s=track.epoch_s, channels=placed),
        file_format="fit",
        sport_type=_sport_type(session),
        started_epoch_s=begin_s or None,
        most_late_s=MAX_DAYS * DAY_S if "moving" in track.channels else _MOST_LATE_S,
        pauses=pauses,
        stopped_epoch_s=stopped_s,
        laps=tuple(_laps(summaries.get("lap", ()), begin_s, *reach)) if session.get(OWN_LAPS) != 0 else (),
        totals=_totals(session),
        barometric=is_barometric_maker((device or "").partition(" ")[0]),
        device=device,
        external_id=_external_id(file_id, index),
        notes=(*file.part.notes, *nowhere),
    )
    return replace(
        recording,
        indoor=session.get("sub_sport") in _INDOORS if OWN_SPORT not in session else OWN_INDOOR in session,
        sport_is_told=session.get("sport") is not None,
        swim=_swim(session, summaries.get("length", ()), reach, recording.started_at.timestamp()),
        feel=_number(session, "workout_feel", most=100),
        rpe=_scaled(_number(session, "workout_rpe", most=100), 0.1),
        devices=tuple(_devices(summaries.get("device_info", ()))),
        doubted_share=_number(session, OWN_DOUBTED, most=1) or 0.0,
    )


def _as_said(track: RawTrack, session: Message) -> tuple[RawTrack, Message]:
    """Without what an export of ours said of other records than these: some program cut or joined them."""
    if OWN_SPORT not in session or session.get(OWN_SAMPLES) == len(track.epoch_s):
        return track, session
    channels = {name: values for name, values in track.channels.items() if name != "moving"}
    said = {name: value for name, value in session.items() if name not in (OWN_CALORIES, OWN_LAPS)}
    return replace(track, channels=channels), said


def _sport_type(session: Message) -> SportType:
    if session.get(OWN_SPORT) in set(SportType):
        return SportType(session[OWN_SPORT])
    sub_sport = session.get("sub_sport")
    named = str(session.get("sport_profile_name") or session.get("name") or "").lower()
    if session.get("sport") == "cross_country_skiing" and any(word in named for word in _ROLLER):
        sub_sport = "roller_skiing"
    return from_fit(session.get("sport"), sub_sport)


def _device(file_id: Message) -> str | None:
    named = file_id.get("product_name")
    words = (file_id.get("manufacturer"), named if isinstance(named, str) and named else file_id.get("product"))
    return " ".join(str(word) for word in words if word is not None)[:200] or None


def _devices(messages: Sequence[Message]) -> list[Device]:
    """Each once, with what its messages say of it together."""
    found: dict[Any, dict[str | int, Any]] = {}
    for message in messages:
        found.setdefault(message.get("device_index", len(found)), {}).update(message)
    told = (
        Device(
            maker=_word(one.get("manufacturer")),
            product=_word(one.get("product_name") or one.get("product")),
            kind=_word(one.get("device_type")),
        )
        for one in found.values()
    )
    return list(dict.fromkeys(one for one in told if one.maker or one.product))[:MAX_DEVICES]


def _word(value: object) -> str | None:
    return str(value)[:100] if value not in (None, "", 0) else None


def _external_id(file_id: Message, index: int) -> str | None:
    serial, created = file_id.get("serial_number"), file_id.get("time_created")
    if serial is None or created is None:
        return None
    return f"{file_id.get('manufacturer', 'fit')}:{serial}:{created}" + (f":{index}" if index else "")


def _timer(events: Sequence[Message], from_s: float, until_s: float) -> tuple[tuple[Pause, ...] | None, float | None]:
    """The pauses between a stop and the next start, or None when the file has no timer events; and the last stop."""
    timer = [
        (at, str(event.get("event_type")))
        for event in events
        if event.get("event") == "timer" and (at := _number(event, "timestamp")) is not None and from_s <= at < until_s
    ]
    pauses, stopped = [], None
    for at, kind in sorted(timer, key=lambda event: event[0]):
        if kind.startswith("stop"):
            stopped = at if stopped is None else stopped
        elif kind == "start" and stopped is not None:
            if at > stopped:
                pauses.append(Pause(stopped, at - stopped))
            stopped = None
    return tuple(pauses) if timer else None, stopped


def _laps(laps: Sequence[Message], begin_s: float, from_s: float, until_s: float) -> list[DeviceLap]:
    return [
        DeviceLap(
            offset_s=start,
            elapsed_time_s=_number(lap, "total_elapsed_time"),
            timer_time_s=_number(lap, "total_timer_time"),
            distance_m=_number(lap, "total_distance"),
        )
        for start, lap in _timed(laps, begin_s)
        if from_s <= start < until_s
    ]


def _timed(messages: Sequence[Message], begin_s: float) -> list[tuple[float, Message]]:
    """Each once, with when it started: as it says, or before its end, or where the one before it ended."""
    timed: dict[tuple[float, float], tuple[float, Message]] = {}
    follows = begin_s
    for message in messages:
        start = _start(message) or follows
        follows = max(start + (_duration(message) or 0.0), _number(message, "timestamp") or 0.0)
        timed[start, follows] = (start, message)
    return list(timed.values())


def _swim(session: Message, lengths: Sequence[Message], reach: tuple[float, float], start_s: float) -> Swim | None:
    own = tuple(
        SwimLength(
            offset_s=max(0.0, start - start_s),
            duration_s=_duration(length) or 0.0,
            is_active=length.get("length_type", "active") in ("active", 1),
            stroke=_word(length.get("swim_stroke")),
            strokes=_whole(_number(length, "total_strokes", most=1_000)),
        )
        for start, length in _timed(lengths, start_s)
        if reach[0] <= start < reach[1]
    )
    if session.get("sport") not in ("swimming", 5) and not own:
        return None
    counted = [length.strokes for length in own if length.strokes is not None]
    of_session = _either(session, "total_strokes", "total_cycles")
    return Swim(
        pool_length_m=_number(session, "pool_length", most=500) or None,
        strokes=_whole(of_session) if of_session is not None else sum(counted) if counted else None,
        lengths=own,
    )


def _totals(session: Message) -> DeviceTotals:
    return believable(
        DeviceTotals(
            of_laps=True if OWN_SPORT in session else None,
            elapsed_time_s=_number(session, "total_elapsed_time"),
            timer_time_s=_number(session, "total_timer_time"),
            distance_m=_number(session, "total_distance"),
            ascent_m=_number(session, "total_ascent"),
            descent_m=_number(session, "total_descent"),
            calories_kcal=_either(session, OWN_CALORIES, "total_calories") or None,
            average_heart_rate_bpm=_number(session, "avg_heart_rate"),
            max_heart_rate_bpm=_number(session, "max_heart_rate"),
            average_speed_mps=_either(session, "enhanced_avg_speed", "avg_speed"),
            max_speed_mps=_either(session, "enhanced_max_speed", "max_speed"),
            average_cadence_rpm=_number(session, "avg_cadence"),
            max_cadence_rpm=_number(session, "max_cadence"),
            average_power_w=_number(session, "avg_power"),
            max_power_w=_number(session, "max_power"),
            normalized_power_w=_number(session, "normalized_power"),
        )
    )


def _either(message: Message, one: str, other: str) -> float | None:
    value = _number(message, one)
    return _number(message, other) if value is None else value


def _number(message: Message, name: str, *, most: float = np.inf) -> float | None:
    value = message.get(name)
    return float(value) if isinstance(value, int | float) and np.isfinite(value) and 0 <= value <= most else None


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 3)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
