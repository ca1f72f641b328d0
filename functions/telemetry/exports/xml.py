"""What TCX and GPX have in common: elements, times, and an extension of ours that other programs skip.

`stadion:workout` says what neither has a place for: which of our sports it was, the timer, pauses and standstills, laps
as the diary measured them. Offsets are seconds since `started_at`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import quoteattr

from stadion.streams.codec import Floats
from stadion.streams.told import ToldLap, ToldLength, ToldPause
from telemetry.exports.domain import Exported

NAMESPACE: Final = 'xmlns:stadion="urn:stadion:workout:1"'


def tag(name: str, value: float | str | None) -> str:
    return "" if value is None else f"<{name}>{plain(value)}</{name}>"


def plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.10f}".rstrip("0").rstrip(".")


def whole(value: float | None) -> str | None:
    return None if value is None else str(round(value))


def moment(at: datetime) -> str:
    """To the microsecond, where it has any."""
    told = at.astimezone(UTC)
    return told.replace(tzinfo=None).isoformat(timespec="microseconds" if told.microsecond else "seconds") + "Z"


def printable(text: str) -> str:
    """XML has no place for control characters, escaped or not."""
    return "".join(filter(str.isprintable, text))


def extension(workout: Exported, times_s: Floats) -> str:
    """`times_s`: of the points that the file has, so that a reader knows whether it still has them."""
    told = workout.told
    said = _attributes(
        sport=told.sport_type.value,
        started_at=moment(told.started_at),
        elapsed_s=told.elapsed_time_s,
        timer_s=told.timer_time_s,
        moving_s=told.moving_time_s,
        distance_m=told.distance_m,
        ascent_m=told.ascent_m,
        descent_m=told.descent_m,
        calories_kcal=told.calories_kcal,
        device=printable(told.device) if told.device else None,
        indoor="true" if told.indoor else None,
        pool_m=told.pool_length_m,
        strokes=told.strokes,
        feel=told.feel,
        rpe=told.rpe,
        doubted=told.doubted_share or None,
        points=len(times_s),
        first_s=times_s[0] if len(times_s) else None,
        last_s=times_s[-1] if len(times_s) else None,
        span_s=workout.time_s[-1] if len(workout.time_s) else None,
    )
    inside = [
        *_spans("pause", told.pauses),
        *_spans("stand", workout.stands),
        *map(_lap, told.laps),
        *map(_length, told.lengths),
    ]
    return f"<Extensions><stadion:workout{said}>{''.join(inside)}</stadion:workout></Extensions>"


def _spans(name: str, spans: Iterable[ToldPause]) -> Iterable[str]:
    return (f"<stadion:{name}{_attributes(at_s=one.offset_s, for_s=one.duration_s)}/>" for one in spans)


def _lap(lap: ToldLap) -> str:
    said = _attributes(
        at_s=lap.offset_s, elapsed_s=lap.elapsed_time_s, timer_s=lap.timer_time_s, distance_m=lap.distance_m
    )
    return f"<stadion:lap{said}/>"


def _length(length: ToldLength) -> str:
    said = _attributes(
        at_s=length.offset_s,
        for_s=length.duration_s,
        stroke=length.stroke and printable(length.stroke),
        strokes=length.strokes,
        rest=None if length.is_active else "true",
    )
    return f"<stadion:length{said}/>"


def _attributes(**values: float | str | None) -> str:
    return "".join(f" {name}={quoteattr(plain(value))}" for name, value in values.items() if value is not None)
