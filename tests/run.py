"""`make test`: every check, in the order in which a mistake is cheapest to hear of. Ends with pytest's closing line."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTEST = (sys.executable, "-m", "pytest", "-q", "--tb=short")
TWO_AT_A_TIME = (*PYTEST, "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")


@dataclass(frozen=True)
class Stage:
    name: str
    command: tuple[str, ...]


STAGES = (
    Stage("lint", (sys.executable, "-m", "ruff", "check", "--quiet", ".")),
    Stage("format", (sys.executable, "-m", "ruff", "format", "--check", "--quiet", ".")),
    Stage("types", (sys.executable, "-m", "mypy")),
    Stage(
        "unit, contract, infra, integration, emulator",
        (*TWO_AT_A_TIME, "-m", "not e2e and not bench"),
    ),
    Stage("end-to-end", (*TWO_AT_A_TIME, "-m", "e2e and not bench and not alone")),
    Stage("what needs the machine for itself, and measurements", (*PYTEST, "-m", "bench or alone", "-s")),
)


def main() -> int:
    outcomes = [(stage.name, *_run(stage)) for stage in STAGES[:-1]]
    for name, code, seconds in outcomes:
        print(f"{'ok    ' if code == 0 else 'FAILED'} {name} ({seconds:.0f} s)", flush=True)
    last, seconds = _run(STAGES[-1])
    print(f"{STAGES[-1].name}: {seconds:.0f} s", file=sys.stderr)
    return max(code != 0 for code in (last, *(code for _, code, _ in outcomes)))


def _run(stage: Stage) -> tuple[int, float]:
    print(f"--- {stage.name}", flush=True)
    started = time.monotonic()
    code = subprocess.run(stage.command, cwd=ROOT, check=False).returncode
    return code, time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
