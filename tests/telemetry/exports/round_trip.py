"""A workout that leaves as a file and comes back, and what is not the same then."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from local.recordings import every_file
from stadion.streams.recorded import unbundle
from stadion.streams.told import columns_of, unpacked
from telemetry.exports.domain import Exported, ExportFormat
from telemetry.exports.service import exported
from tests.workouts.recordings.cases.unit.test_cases import CASES
from workouts.matching import is_same_workout
from workouts.recordings.errors import RecordingError
from workouts.recordings.measures.domain import fingerprint, measure
from workouts.recordings.service import Entry, entries_of

NOW: Final = datetime(2026, 11, 29, tzinfo=UTC)
TOTALS: Final = (
    "sport_type",
    "started_at",
    "distance_m",
    "elapsed_time_s",
    "timer_time_s",
    "moving_time_s",
    "calories_kcal",
)
GPX_TOTALS: Final = ("sport_type", "started_at", "elapsed_time_s", "timer_time_s", "calories_kcal")
LAP: Final = ("offset_s", "elapsed_time_s", "moving_time_s")
ROUNDED_M: Final = 0.021
"""The way at each end of a lap is kept to the centimetre in FIT."""

SCALED_S: Final = 0.002
"""Motion that went on after the last record is a share of the timer, which is rounded."""


def real_entries(*, most_samples: float) -> Iterator[tuple[str, Entry]]:
    for path in (*every_file(), *sorted(CASES.glob("*.*"))):
        yield from ((path.name, entry) for entry in _entries(path) if entry.samples <= most_samples)


def _entries(path: Path) -> list[Entry]:
    try:
        return entries_of(path.read_bytes(), sport_type=None, now=NOW)
    except RecordingError:
        return []


def leaving(entry: Entry) -> Exported:
    parts = unbundle(entry.bundled)
    told = unpacked(parts)
    assert told is not None
    return Exported.of(told, columns_of(parts, told))


def back(workout: Exported, as_format: ExportFormat) -> Entry:
    (entry,) = entries_of(exported(workout, as_format), sport_type=None, now=NOW)
    return entry


def differences(before: Entry, after: Entry, as_format: ExportFormat) -> dict[str, tuple[Any, Any]]:
    """A flag is not lost on the way; what was hostile to begin with may win another one."""
    totals = GPX_TOTALS if as_format is ExportFormat.GPX else TOTALS
    pairs = {name: (getattr(before.measured, name), getattr(after.measured, name)) for name in totals}
    moved = pairs.get("moving_time_s", (0.0, 0.0))
    pairs["moving_time_s"] = (0.0, max(0.0, abs(moved[0] - moved[1]) - SCALED_S))
    pairs["laps"] = (_laps(before, as_format), _laps(after, as_format))
    lost = {one.code for one in before.measured.flags} - {one.code for one in after.measured.flags}
    if as_format is not ExportFormat.GPX:
        pairs["flags"] = (lost, set())
    found = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    prints = [fingerprint(entry.recording, measure(entry.recording)) for entry in (before, after)]
    return found if is_same_workout(*prints) else {**found, "fingerprint": (prints[0], prints[1])}


def _laps(entry: Entry, as_format: ExportFormat) -> list[tuple[float, ...]]:
    names = LAP[:2] if as_format is ExportFormat.GPX else LAP
    return [tuple(lap[name] for name in names) for lap in entry.track.laps if lap["elapsed_time_s"]]


def lap_distances(entry: Entry) -> list[float]:
    return [lap["distance_m"] or 0.0 for lap in entry.track.laps if lap["elapsed_time_s"]]
