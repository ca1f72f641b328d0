"""What a file comes to: its recordings, and the parts that are none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workouts.reasons import Reason
from workouts.recordings.errors import RecordingError
from workouts.recordings.recording import Recording


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`part` as `Recording.part`: what it is, and which of its kind, counted from 1."""

    part: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decoded:
    """In the order of the file."""

    recordings: list[Recording]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def weightiest(self) -> Reason:
        """Why nothing is left: the reason of the part that was most of a workout."""
        return min((left.reason for left in self.left_out), key=_weight, default=Reason.of("no_points"))


_FOREIGN = ("lasts_no_time", "no_points", "session_without_time", "summary_of_sessions", "not_an_activity")
"""Of parts that hardly were a workout, the least telling last."""


def _weight(reason: Reason) -> int:
    return _FOREIGN.index(reason.code) + 1 if reason.code in _FOREIGN else 0


@dataclass(frozen=True, slots=True)
class Part:
    """`points` as the file has them, before any are found to be the same."""

    name: str
    points: int
    decode: Callable[[], Recording]


def decoded_parts(parts: Iterable[Part]) -> Decoded:
    """Each part for itself: a broken one does not refuse the others."""
    recordings, left_out = [], []
    for part in parts:
        try:
            recording = part.decode()
            _refuse_an_instant(recording, part.points)
        except RecordingError as error:
            if error.code in _TOO_MUCH:
                raise
            left_out.append(LeftOut(part.name, error.reason))
        else:
            recordings.append(replace(recording, part=part.name))
    return Decoded(recordings, tuple(left_out))


_TOO_MUCH = frozenset({"too_many_points", "too_many_parts"})
"""Of the whole file."""


def _refuse_an_instant(recording: Recording, points: int) -> None:
    totals = recording.totals
    if recording.span_s <= 0 and not totals.elapsed_time_s and not totals.timer_time_s:
        raise RecordingError("no_times" if points > 1 else "lasts_no_time")


def without_repeats(found: Decoded) -> Decoded:
    """What a file holds twice counts once."""
    recordings: dict[tuple[object, ...], Recording] = {}
    left_out = list(found.left_out)
    for recording in found.recordings:
        looks = (recording.started_at, recording.sport_type, len(recording), recording.span_s, recording.totals)
        if recordings.setdefault(looks, recording) is not recording:
            left_out.append(LeftOut(recording.part, Reason.of("repeated")))
    return Decoded(list(recordings.values()), tuple(left_out))


def as_of(found: Decoded, latest: datetime) -> Decoded:
    """Without what was recorded later than that."""
    left_out = list(found.left_out)
    recordings = []
    for recording in found.recordings:
        if recording.started_at > latest:
            left_out.append(LeftOut(recording.part, Reason.of("from_the_future")))
        else:
            recordings.append(_until(recording, (latest - recording.started_at).total_seconds()))
    return Decoded(recordings, tuple(left_out))


def _until(recording: Recording, latest_s: float) -> Recording:
    """Totals that reach beyond it are not believed either."""
    totals = recording.totals
    ahead = [name for name in ("elapsed_time_s", "timer_time_s") if (getattr(totals, name) or 0.0) > latest_s]
    if ahead:
        recording = replace(recording, totals=replace(totals, **dict.fromkeys(ahead)))
    inside = recording.time_s <= latest_s
    if inside.all():
        return recording
    columns: dict[str, Any] = {name: values[inside] for name, values in recording.channels().items()}
    note = Reason.of("points_from_the_future", count=int((~inside).sum()))
    segment = None if recording.segment is None else recording.segment[inside]
    return replace(
        recording, time_s=recording.time_s[inside], segment=segment, notes=(*recording.notes, note), **columns
    )
