"""What a sparse channel leaves of the averages and the load of all real recordings of half an hour and more.

Run from the repository's root: python -m tests.bench.bench_thinning
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / root) for root in ("functions", "layers/shared/python") if str(ROOT / root) not in sys.path]

import numpy as np  # noqa: E402

from local.recordings import PACKAGES, recordings  # noqa: E402
from stadion.streams.codec import Columns, Floats  # noqa: E402
from stadion.streams.recorded import TIME  # noqa: E402
from stadion.training.power import normalized_power_w  # noqa: E402
from telemetry.metrics.workouts.load import trimp  # noqa: E402
from telemetry.metrics.workouts.timeline import Timeline, timeline  # noqa: E402
from workouts.recordings.errors import RecordingError  # noqa: E402
from workouts.recordings.formats.service import decode  # noqa: E402

SHORTEST_S = 1800.0
LEAST_READINGS = 600
STEPS = (2, 5, 10, 20, 30, 60)
Number = Callable[[Timeline, Floats], float | None]
NUMBERS: dict[str, tuple[str, Number]] = {
    "average heart rate": ("heart_rate_bpm", Timeline.average),
    "TRIMP": (
        "heart_rate_bpm",
        lambda line, bpm: trimp(bpm, line.held_s(bpm), resting=50, most=190, weighting="male"),
    ),
    "seconds of heart rate": ("heart_rate_bpm", lambda line, bpm: float(line.held_s(bpm).sum())),
    "average power": ("power_w", Timeline.average),
    "normalized power": ("power_w", lambda line, watts: normalized_power_w(line.active_s, watts)),
}


@dataclass(frozen=True)
class Worst:
    deviation: float
    file: str


def long_files() -> Iterator[tuple[str, Columns]]:
    for path in sorted(path for name in PACKAGES for path in recordings(name).rglob("*.*") if path.is_file()):
        try:
            found = decode(path.read_bytes())
        except RecordingError:
            continue
        for recording in found:
            if recording.span_s >= SHORTEST_S:
                yield path.name, {TIME: recording.time_s, **recording.channels()}


def worst() -> tuple[int, Mapping[tuple[str, int], Worst]]:
    """How many files, and by number and n the greatest deviation."""
    files, table = 0, {(number, n): Worst(0.0, "") for number in NUMBERS for n in STEPS}
    for name, columns in long_files():
        line = timeline(columns)
        assert line is not None
        files += 1
        for number, (channel, told) in NUMBERS.items():
            full = told(line, columns[channel])
            if not full or np.isfinite(columns[channel]).sum() < LEAST_READINGS:
                continue
            for n in STEPS:
                thin = told(line, np.where(np.arange(len(line.time_s)) % n == 0, columns[channel], np.nan))
                found = Worst((thin or 0.0) / full - 1, name)
                table[number, n] = max(table[number, n], found, key=lambda one: abs(one.deviation))
    return files, table


def report(files: int, table: Mapping[tuple[str, int], Worst]) -> str:
    lines = [f"{files} recordings of half an hour and more; the worst when a channel speaks at every n-th record:"]
    for number in NUMBERS:
        parts = ", ".join(f"{n}: {table[number, n].deviation:+.2%}" for n in STEPS)
        lines.append(f"  {number}: {parts} ({table[number, STEPS[-1]].file})")
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(*worst()))
