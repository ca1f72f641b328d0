"""What devices themselves say of their workouts, read by `fitdecode` and ElementTree and by nothing of ours."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import fitdecode

SESSION = 18
FIT_FIELDS = {
    "distance_m": ("total_distance",),
    "timer_time_s": ("total_timer_time",),
    "elapsed_time_s": ("total_elapsed_time",),
    "moving_time_s": ("total_moving_time",),
    "ascent_m": ("total_ascent",),
    "average_heart_rate_bpm": ("avg_heart_rate",),
    "max_heart_rate_bpm": ("max_heart_rate",),
    "average_cadence_rpm": ("avg_cadence", "avg_running_cadence"),
    "average_power_w": ("avg_power",),
    "calories_kcal": ("total_calories",),
}
TCX = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"


@dataclass(frozen=True)
class Told:
    """By a session message, or by the laps of a TCX activity."""

    started_at: datetime | None
    numbers: Mapping[str, float]


def told(path: Path) -> list[Told]:
    """In the order of time; nothing for GPX, which has no place for it."""
    kind = path.suffix.lower()
    found = {".fit": _of_fit, ".tcx": _of_tcx}.get(kind, lambda _: iter(()))(path)
    return sorted(found, key=lambda one: one.started_at.timestamp() if one.started_at else 0.0)


class Sessions(fitdecode.FitReader):
    """Passes over everything else, which takes a twentieth of the time."""

    def _read_data_message(self, header_chunk: Any, record_header: Any) -> Any:
        known = self._local_mesg_defs.get(record_header.local_mesg_num)
        if known is None or known.global_mesg_num in {0, SESSION, 206, 207}:
            return super()._read_data_message(header_chunk, record_header)
        self._read_bytes(sum(one.size for one in known.all_field_defs))
        return fitdecode.FitDataMessage(False, record_header.local_mesg_num, None, known, [], None)


def _of_fit(path: Path) -> Iterator[Told]:
    seen = set()
    with Sessions(path, check_crc=fitdecode.CrcCheck.DISABLED, error_handling=fitdecode.ErrorHandling.IGNORE) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage) and frame.global_mesg_num == SESSION:
                session = _session(frame)
                if (session.started_at, *session.numbers.values()) not in seen:
                    yield session
                seen.add((session.started_at, *session.numbers.values()))


def _session(frame: fitdecode.FitDataMessage) -> Told:
    values = {one.name: one.value for one in frame.fields if isinstance(one.value, int | float | datetime)}
    numbers = {
        number: float(values[field]) for number, fields in FIT_FIELDS.items() for field in fields if field in values
    }
    started = values.get("start_time")
    return Told(started if isinstance(started, datetime) else None, numbers)


def _of_tcx(path: Path) -> Iterator[Told]:
    for activity in ET.fromstring(path.read_bytes().strip()).iter(f"{TCX}Activity"):
        laps = list(activity.iter(f"{TCX}Lap"))
        times = [_value(lap, "TotalTimeSeconds") or 0.0 for lap in laps]
        numbers = {
            "timer_time_s": sum(times),
            "distance_m": sum(_value(lap, "DistanceMeters") or 0.0 for lap in laps),
            "calories_kcal": sum(_value(lap, "Calories") or 0.0 for lap in laps),
            "max_heart_rate_bpm": max((_value(lap, "MaximumHeartRateBpm") or 0.0 for lap in laps), default=0.0),
            "average_heart_rate_bpm": _weighted([_value(lap, "AverageHeartRateBpm") for lap in laps], times),
            "average_cadence_rpm": _weighted([_value(lap, "Cadence") for lap in laps], times),
        }
        started = laps[0].get("StartTime") if laps else None
        yield Told(
            datetime.fromisoformat(started) if started else None,
            {number: value for number, value in numbers.items() if value},
        )


def _value(lap: ET.Element, name: str) -> float | None:
    element = lap.find(f"{TCX}{name}")
    text = element.findtext(f"{TCX}Value") or element.text if element is not None else None
    return float(text) if text and text.strip() else None


def _weighted(values: list[float | None], weights: list[float]) -> float:
    known = [(value, weight) for value, weight in zip(values, weights, strict=True) if value is not None]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else 0.0
