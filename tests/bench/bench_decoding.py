"""How much CPU time our decoding and measuring takes, as a share of what the usual libraries take to decode alone, and
how much memory a long recording takes.

Run from the repository's root: python -m tests.bench.bench_decoding
"""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / root) for root in ("functions", "layers/shared/python") if str(ROOT / root) not in sys.path]

import fitdecode  # noqa: E402
import gpxpy  # noqa: E402
from tcxreader.tcxreader import TCXReader  # noqa: E402

from local.recordings import recordings  # noqa: E402
from workouts.recordings.formats.service import decode  # noqa: E402
from workouts.recordings.measures.domain import measure  # noqa: E402

ROUNDS = 3
MIB = 1024 * 1024
LONG = ("outdoor/PARC_GATINEAU.fit", "pyfitness")
"""16 893 records with power, heart rate and positions."""


@dataclass(frozen=True)
class Ratio:
    file: str
    oracle: str
    oracle_s: float
    decoded_s: float
    measured_s: float
    limit: float
    goal: float

    @property
    def decoded(self) -> float:
        return self.decoded_s / self.oracle_s

    @property
    def measured(self) -> float:
        return self.measured_s / self.oracle_s


def with_fitdecode(path: Path) -> None:
    with fitdecode.FitReader(path) as reader:
        for _ in reader:
            pass


def with_gpxpy(path: Path) -> None:
    gpxpy.parse(path.read_text(encoding="utf-8"))


def with_tcxreader(path: Path) -> None:
    TCXReader().read(str(path))


def ours_decoded(path: Path) -> None:
    decode(path.read_bytes())


def ours_measured(path: Path) -> None:
    for recording in decode(path.read_bytes()):
        measure(recording).to_dict()


CASES = (
    ("4078723797.fit", "fitdecode", with_fitdecode, 1 / 10, 0.08),
    ("activity_4078723797.gpx", "gpxpy", with_gpxpy, 1 / 4, 0.15),
    ("4078723797_strava.gpx", "gpxpy", with_gpxpy, 1 / 4, 0.15),
    ("activity_4078723797.tcx", "tcxreader", with_tcxreader, 1 / 4, 0.12),
)
"""With what fails a test on any machine, however busy, and what a quiet one is to show."""


def ratio(
    file: str, oracle: str, theirs: Callable[[Path], None], limit: float, goal: float, rounds: int = ROUNDS
) -> Ratio:
    """The least of rounds in which all three run one after the other, so that a noisy machine disturbs all of them."""
    path = recordings("sweat") / file
    runs = (theirs, ours_decoded, ours_measured)
    for run in runs:
        run(path)
    times = [[cpu_s(run, path) for run in runs] for _ in range(rounds)]
    return Ratio(file, oracle, *(min(column) for column in zip(*times, strict=True)), limit=limit, goal=goal)


def cpu_s(run: Callable[[Path], None], path: Path) -> float:
    """The quicker of two runs: the first gets its memory from the system when the one before it gave its own back."""
    return min(_once_s(run, path) for _ in range(2))


def _once_s(run: Callable[[Path], None], path: Path) -> float:
    started = time.process_time()
    run(path)
    return time.process_time() - started


def report(ratios: list[Ratio]) -> str:
    lines = [f"{'file':26} {'oracle':>10} {'ms':>6} | {'decoded':>8} ratio  | {'+measured':>9} ratio   limit  goal"]
    lines += [
        f"{one.file:26} {one.oracle:>10} {one.oracle_s * 1e3:6.0f} | {one.decoded_s * 1e3:8.1f} {one.decoded:.3f}  |"
        f" {one.measured_s * 1e3:9.1f} {one.measured:.3f}   {one.limit:.2f}   {one.goal:.2f}"
        for one in ratios
    ]
    return "\n".join(lines)


# VmHWM begins anew with the program; ru_maxrss begins with that of the process that started it.
_IN_A_CHILD = """
import re, sys
from pathlib import Path
from workouts.recordings.formats.service import decode
from workouts.recordings.measures.domain import measure

def peak_kib():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

short, long = (Path(name).read_bytes() for name in sys.argv[1:])
[measure(recording) for recording in decode(short)]
before = peak_kib()
found = decode(long)
[measure(recording) for recording in found]
print(sum(len(one) for one in found), peak_kib() - before)
"""


@dataclass(frozen=True)
class Memory:
    records: int
    peak: int
    """Bytes above those of a process that has measured a short recording."""

    def __str__(self) -> str:
        return f"{self.records:,} records: {self.peak / MIB:.1f} MiB, {self.peak / self.records:.0f} bytes each"


def memory() -> Memory:
    """Of decoding and measuring a long recording in a process of its own."""
    short, long = recordings("sweat") / "2020-06-01-16-52-40.fit", recordings(LONG[1]) / LONG[0]
    roots = ":".join(str(ROOT / root) for root in ("functions", "layers/shared/python"))
    finished = subprocess.run(
        [sys.executable, "-c", _IN_A_CHILD, str(short), str(long)],
        env={"PYTHONPATH": roots},
        capture_output=True,
        text=True,
        check=True,
    )
    records, kib = map(int, finished.stdout.split())
    return Memory(records, kib * 1024)


if __name__ == "__main__":
    print(report([ratio(*case) for case in CASES]))
    print(memory())
