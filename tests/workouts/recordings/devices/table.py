"""Ours beside the device's own numbers, over every real file; `explained.toml` says why those that differ do."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from local.recordings import CACHE, every_file
from tests.workouts.recordings.devices.device import Told, told
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.service import decode
from workouts.recordings.measures.domain import measure
from workouts.recordings.recording import Recording

ALLOWED = 0.02
ALLOWED_ASCENT = 0.10
EXPLAINED = Path(__file__).with_name("explained.toml")
NUMBERS = {
    "distance_m": "distance m",
    "timer_time_s": "timer s",
    "elapsed_time_s": "elapsed s",
    "moving_time_s": "moving s",
    "ascent_m": "ascent m",
    "average_heart_rate_bpm": "heart rate bpm",
    "max_heart_rate_bpm": "its maximum bpm",
    "average_cadence_rpm": "cadence rpm",
    "average_power_w": "power W",
    "calories_kcal": "calories kcal",
}
_SAME_START_S = 60.0


@dataclass(frozen=True)
class Deviation:
    name: str
    number: str
    ours: float | None
    theirs: float

    @property
    def share(self) -> float:
        return ((self.ours or 0.0) - self.theirs) / self.theirs if self.theirs else float("inf")

    @property
    def is_rounding(self) -> bool:
        """Most devices round to a unit."""
        return abs((self.ours or 0.0) - self.theirs) <= 1.0

    @property
    def counts(self) -> bool:
        return not self.is_rounding and abs(self.share) > (ALLOWED_ASCENT if self.number == "ascent_m" else ALLOWED)


@dataclass(frozen=True)
class Row:
    """A workout of a file, or a file of which there is none."""

    name: str
    sport_type: str
    ours: Mapping[str, float | None]
    theirs: Mapping[str, float]
    refused: str | None = None

    @cached_property
    def compared(self) -> list[Deviation]:
        return [Deviation(self.name, number, self.ours[number], value) for number, value in self.theirs.items()]


def rows() -> list[Row]:
    return [row for path in every_file() for row in rows_of(path)]


def rows_of(path: Path) -> Iterator[Row]:
    name = f"{path.relative_to(CACHE).parts[0].rsplit('-', 1)[0]}/{path.name}"
    try:
        found = decode(path.read_bytes())
    except RecordingError as error:
        yield Row(name, "", {}, {}, refused=error.code)
        return
    sessions = told(path)
    for index, recording in enumerate(found):
        measured = measure(recording)
        yield Row(
            f"{name}#{index + 1}" if len(found) > 1 else name,
            recording.sport_type.value,
            {number: getattr(measured, number) for number in NUMBERS},
            _told_of(recording, sessions, alone=len(found) == 1),
        )


def _told_of(recording: Recording, sessions: list[Told], *, alone: bool) -> Mapping[str, float]:
    if alone and len(sessions) == 1:
        return sessions[0].numbers
    started = [one for one in sessions if one.started_at is not None]
    near = min(started, key=lambda one: _apart_s(recording, one), default=None)
    return near.numbers if near is not None and _apart_s(recording, near) <= _SAME_START_S else {}


def _apart_s(recording: Recording, one: Told) -> float:
    return abs((recording.started_at - one.started_at).total_seconds()) if one.started_at else float("inf")


def explanations() -> dict[tuple[str, str], str]:
    """(file, number) -> reason. A reason may serve many files."""
    found = {}
    for group in tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["explained"]:
        for name in group["files"]:
            for number in group["numbers"]:
                found[name, number] = str(group["reason"])
    return found


def deviations(told_rows: Iterable[Row]) -> list[Deviation]:
    return [one for row in told_rows for one in row.compared if one.counts]


def worst(told_rows: Iterable[Row]) -> list[Deviation]:
    """Per number, counted or not, of those that can be compared as a share."""
    compared = [one for row in told_rows for one in row.compared if one.theirs and not one.is_rounding]
    return [
        max(of_number, key=lambda one: abs(one.share))
        for number in NUMBERS
        if (of_number := [one for one in compared if one.number == number])
    ]


def markdown(told_rows: list[Row]) -> str:
    reasons = explanations()
    differ = deviations(told_rows)
    compared = sum(len(row.compared) for row in told_rows)
    refused = [row for row in told_rows if row.refused]
    lines = [
        "# Ours beside the device's own numbers",
        "",
        "`python -m tests.workouts.recordings.devices` makes this page from every real file that the tests fetch. The",
        "device's numbers are those of FIT session messages, read by `fitdecode`, and of TCX laps; GPX has none.",
        f"A deviation counts above {ALLOWED:.0%} (ascent: {ALLOWED_ASCENT:.0%}) and above one unit.",
        "",
        f"{len(told_rows) - len(refused)} workouts, {compared} numbers compared, {len(differ)} deviate, "
        f"{sum((one.name, one.number) not in reasons for one in differ)} of them without an explanation.",
        "",
        "## The worst of each number",
        "| number | file | ours | device | |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {NUMBERS[one.number]} | {one.name} | {_figures(one)} |" for one in worst(told_rows)),
        "",
        "## Every deviation",
        "| file | number | ours | device | | why |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {one.name} | {NUMBERS[one.number]} | {_figures(one)} | {reasons.get((one.name, one.number), '**?**')} |"
            for one in differ
        ),
        "",
        "## Every file",
        "Ours, then the device's in brackets.",
        "",
        "| file | sport | " + " | ".join(NUMBERS.values()) + " |",
        "| --- |" + " --- |" * (len(NUMBERS) + 1),
        *(_line(row) for row in told_rows if not row.refused),
        "",
        "## No workouts",
        "| file | reason |",
        "| --- | --- |",
        *(f"| {row.name} | `{row.refused}` |" for row in refused),
        "",
    ]
    return "\n".join(lines)


def _figures(one: Deviation) -> str:
    share = f"{one.share:+.1%}" if one.theirs and one.ours is not None else ""
    return f"{_figure(one.ours)} | {_figure(one.theirs)} | {share}"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _line(row: Row) -> str:
    cells = [
        _figure(row.ours[number]) + (f" ({_figure(row.theirs[number])})" if number in row.theirs else "")
        for number in NUMBERS
    ]
    return f"| {row.name} | {row.sport_type} | " + " | ".join(cells) + " |"
