"""`make test`: the whole proof, or the part of it that a change asks for. Ends with pytest's closing line.

What computes (linter, types, plain tests) runs beside what waits (the deployed stack, end to end); what needs the
machine or the stack for itself comes last. Each stage writes to a file; what failed is shown, what passed is one line.
"""

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from local.errors import AnotherUpIsRunning
from local.lock import only_one
from tests.kit import changes, seen_codes
from tests.kit.cpu_time import WRITTEN_TO
from tests.kit.environment import of_a_run, stay_here
from tests.kit.size import DEFAULT_SEED, VARIABLE
from tests.kit.stack import SHARED, deployed_stack

ROOT: Final = Path(__file__).resolve().parents[1]
TESTS: Final = ROOT / "tests"
PRODUCTS: Final = {"timestream_local": ROOT / "timestream_local" / "tests"}
"""What is installable by itself has its tests with it."""
LOGS: Final = ROOT / ".stadion" / "test-logs"
SEEN: Final = LOGS / "codes"
USED: Final = LOGS / "rights"
"""Which problem codes the tests' processes saw."""
PLAIN: Final = ("unit", "integration")
USED_RIGHTS: Final = "STADION_USED_RIGHTS"
"""`local.used_rights` notes there what functions ask of AWS."""
SLOWER: Final = "STADION_LAMBDA_SLOWER"
"""On cores that plain tests keep busy, a function's first request took the 15 s that it has on AWS."""
WHOLE: Final = "STADION_WHOLE_RUN"
"""Every test of the product runs: what none of them used is a right too many."""
KINDS: Final = ("lint", "format", "types", "unit", "integration", "e2e", "alone", "bench")
INFRASTRUCTURE: Final = "tests/platform/unit/infra"
SPREAD: Final = ("--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "2")
"""Files begin in our order, the long ones first: pytest-xdist would begin with those of many tests."""
HANGS_AFTER_S: Final = 1500
"""A test that takes so long shows where it stands, and its process ends; the large proof's may take four times that."""
SHOWN: Final = 60
"""Lines of a stage that failed."""
READ: Final = 16 * 2**20
"""Bytes of a stage's log, from its end."""
HUNG: Final = re.compile(r"Timeout \(\d+:\d\d:\d\d\)!$|Fatal Python error: ")
MENDS: Final = {"format": ("make format (.venv/bin/ruff format .) writes them as they should be",)}
"""What is said after what failed, by stage."""
MYPY_ALONE: Final = "INTERNAL ERROR"
"""On a busy machine its workers do not answer within its three seconds: then it works without them."""
OURS: Final = re.compile(rf'  File "{re.escape(str(ROOT))}/(?!\.venv/)')
CLOSING: Final = re.compile(r"^=* ?((?:\d+ [a-z]+(?:, )?)+ in [\d.]+s.*?) ?=*$")


@dataclass(frozen=True)
class Stage:
    name: str
    command: tuple[str, ...]
    needs_stack: bool = False

    @property
    def is_pytest(self) -> bool:
        return "pytest" in self.command


@dataclass
class Outcome:
    stage: Stage
    code: int
    seconds: float
    log: Path

    @property
    def closing(self) -> str:
        """Pytest's last line, without its frame."""
        lines = _end_of(self.log).splitlines()
        return next((found[1] for line in reversed(lines) if (found := CLOSING.match(line))), "")

    def __str__(self) -> str:
        told = f"{'FAILED' if self.failed else 'ok    '} {self.stage.name:<12} {self.seconds:>5.0f} s"
        return f"{told}  {self.closing}".rstrip()

    @property
    def failed(self) -> bool:
        """Pytest may end well without its last word when a test ends the process: then nobody knows what ran."""
        return self.code != 0 or (self.stage.is_pytest and not re.search(r"\d+ passed", self.closing))


@dataclass
class Run:
    """What was asked for."""

    stages: frozenset[str]
    folders: tuple[str, ...] = ()
    """Of `tests/`; none means all."""
    smoke: bool = False
    seed: int = DEFAULT_SEED
    large: bool = False
    quick: bool = False
    """Without the infrastructure, whose templates take longer than all the rest."""
    by_change: bool = False
    """What a change asks for may be nothing."""
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Every test of the product runs, so that what none of them saw is worth telling."""
        return not (self.folders or self.by_change) and {*PLAIN, "e2e"} <= self.stages

    def lanes(self) -> tuple[list[Stage], list[Stage]]:
        """What runs at the same time: computing beside waiting, or, where nothing waits, types beside tests."""
        if waiting := self.waiting():
            return [*self.checks(), *self.plain()], waiting
        return self.checks(), self.plain()

    def checks(self) -> list[Stage]:
        known = [
            Stage("lint", (sys.executable, "-m", "ruff", "check", "--quiet", ".")),
            Stage("format", (sys.executable, "-m", "ruff", "format", "--check", "--quiet", ".")),
            Stage("types", (sys.executable, "-m", "mypy")),
        ]
        return [one for one in known if one.name in self.stages]

    def plain(self) -> list[Stage]:
        return self._pytest("plain", *PLAIN, at_once=2)

    def waiting(self) -> list[Stage]:
        return [
            *self._pytest("end to end", "e2e", at_once=3, needs_stack=True),
            *(self._smoke() if self.smoke else ()),
        ]

    def alone(self) -> list[Stage]:
        return self._pytest("alone", "alone", "bench", needs_stack=True)

    def _pytest(self, name: str, *kinds: str, at_once: int = 1, needs_stack: bool = False) -> list[Stage]:
        chosen = [kind for kind in kinds if kind in self.stages]
        folders = [str(path.relative_to(ROOT)) for kind in chosen for path in self._folders(kind)]
        if not folders:
            return []
        spread = ("-n", str(at_once), *SPREAD) if at_once > 1 else ()
        return [Stage(name, (*self._command(), *spread, *folders), needs_stack)]

    def _command(self) -> tuple[str, ...]:
        left_out = ("--ignore", INFRASTRUCTURE) if self.quick else ()
        hangs = (
            "-o",
            f"faulthandler_timeout={HANGS_AFTER_S * (4 if self.large else 1)}",
            "-o",
            "faulthandler_exit_on_timeout=true",
        )
        return (
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--color=no",
            "--tb=short",
            f"--hypothesis-seed={self.seed}",
            *hangs,
            *left_out,
        )

    def _folders(self, kind: str) -> Iterator[Path]:
        for root in [tests_of(folder) for folder in self.folders] or [TESTS, *PRODUCTS.values()]:
            parents = set(root.relative_to(ROOT).parts)
            inside = [path for path in root.rglob(kind) if path.is_dir()]
            yield from sorted(inside if not parents & {kind} else [root])

    def _smoke(self) -> list[Stage]:
        return [Stage("smoke", (*self._command(), "-m", "smoke", "tests/platform/e2e"), needs_stack=True)]


def tests_of(folder: str) -> Path:
    return PRODUCTS.get(folder, TESTS / folder)


def main(arguments: Sequence[str] | None = None) -> int:
    stay_here()
    run = _asked(arguments)
    print(f"seed {run.seed}, size {'large' if run.large else 'small'}, logs in {LOGS.relative_to(ROOT)}", flush=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _interrupted)
    try:
        with only_one(LOGS / "run.lock"), _shared_stack(run) as environment:
            with ThreadPoolExecutor(2) as lanes:
                both = run.lanes()
                list(lanes.map(lambda stages: _one_after_the_other(run, stages, environment), both))
            _one_after_the_other(run, run.alone(), environment)
    except AnotherUpIsRunning as error:
        sys.exit(f"another run of the tests goes on in this folder ({error.owner}): {error.hint}")
    except KeyboardInterrupt:
        print("interrupted: the processes of this run are ended", flush=True)
        return INTERRUPTED
    except BrokenPipeError:  # `make test | head`: nobody would read what the rest of it says
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    return _tell(run)


def _interrupted(*_: object) -> None:
    """Ctrl-C and SIGTERM: the stack of the run goes, and what its stages started. A second one does not stop that."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    _children.stop()
    raise KeyboardInterrupt


class Children:
    """What runs for us, in groups of their own, so that an end of ours is one of theirs."""

    def __init__(self) -> None:
        self.running: set[subprocess.Popen[bytes]] = set()
        self.stopped = False

    def run(self, command: Sequence[str], **options: Any) -> int:
        if self.stopped:
            return INTERRUPTED
        process = subprocess.Popen(command, start_new_session=True, **options)
        self.running.add(process)
        try:
            if self.stopped:  # while it was being started
                self.stop()
            return process.wait()
        finally:
            self.running.discard(process)

    def stop(self) -> None:
        self.stopped = True
        for process in tuple(self.running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


INTERRUPTED: Final = 130
NOTHING_RAN: Final = 5
"""As pytest's."""
_children = Children()


def _asked(arguments: Sequence[str] | None) -> Run:
    parser = argparse.ArgumentParser(prog="python -m tests.run", description=__doc__)
    parser.add_argument("--stages", default=",".join(KINDS))
    parser.add_argument("--service", default="", help="a folder of tests/, or several: promos,partners")
    parser.add_argument("--changed", action="store_true", help="what the working tree's changes ask for")
    parser.add_argument("--base", default="", help="with --changed: compare with this revision")
    parser.add_argument("--large", action="store_true", help="the size of the full proof")
    parser.add_argument("--quick", action="store_true", help="without the infrastructure's templates")
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args(arguments)
    seed = (
        asked.seed
        if asked.seed is not None
        else (random.SystemRandom().randrange(10**8) if asked.large else DEFAULT_SEED)
    )
    stages = frozenset(asked.stages.split(","))
    if unknown := stages - set(KINDS):
        parser.error(f"no such stage: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    folders, smoke = _part(asked)
    return Run(stages, folders, smoke and "e2e" in stages, seed, asked.large, asked.quick, asked.changed)


def _part(asked: argparse.Namespace) -> tuple[tuple[str, ...], bool]:
    if asked.service:
        named = tuple(asked.service.split(","))
        if unknown := [name for name in named if not name or not tests_of(name).is_dir()]:
            sys.exit(f"tests/ has no folder {', '.join(repr(name) for name in unknown)}")
        return changes.with_contracts(named), True
    if asked.changed:
        try:
            found = changes.asked_for(changes.changed_files(ROOT, asked.base))
        except changes.GitError as error:
            sys.exit(f"git cannot tell what has changed: {error}")
        found = changes.Part(found.folders, found.smoke and "e2e" in asked.stages)
        print(f"changed: {found}", flush=True)
        return found.folders, found.smoke
    return (), False


@contextmanager
def _shared_stack(run: Run) -> Iterator[dict[str, str]]:
    """Deployed before anything runs: what cannot be deployed is known at once."""
    environment = of_a_run() | {VARIABLE: "large" if run.large else "small", "STADION_SEED": str(run.seed)}
    environment |= {
        "PYTHONUTF8": "1",
        seen_codes.FOLDER: str(_empty(SEEN)),
        USED_RIGHTS: str(_empty(USED)),
        WHOLE: "1" if run.is_whole else "",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".hypothesis"),
    }
    os.environ |= {USED_RIGHTS: environment[USED_RIGHTS], SLOWER: "4"}  # for the stack that this process starts
    if not any(stage.needs_stack for stage in (*run.waiting(), *run.alone())):
        yield environment
        return
    folder = ROOT / ".stadion" / "tests"
    started = time.monotonic()
    _forget(folder)
    with deployed_stack(folder) as deployed:
        print(f"ok     the stack stands ({time.monotonic() - started:.0f} s)", flush=True)
        yield environment | {SHARED: f"{deployed.emulator.port}:{folder}"}


def _forget(folder: Path) -> None:
    """What a run left that was killed."""
    from local.emulator import Emulator
    from local.paths import StackFolder

    Emulator(0, StackFolder(folder), with_timestream=True).reset()


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _one_after_the_other(run: Run, stages: Sequence[Stage], environment: dict[str, str]) -> None:
    for stage in stages:
        outcome = _outcome(stage, environment)
        run.outcomes.append(outcome)
        try:
            print("\n".join([str(outcome), *(_why(outcome) if outcome.failed else ())]), flush=True)
        except BrokenPipeError:
            _children.stop()
            raise


def _outcome(stage: Stage, environment: dict[str, str]) -> Outcome:
    log = LOGS / f"{stage.name.replace(' ', '-')}.log"
    times = log.with_suffix(".times.json")
    times.unlink(missing_ok=True)
    started = time.monotonic()
    code = _logged(stage.command, log, environment | {WRITTEN_TO: str(times)})
    if code and stage.name == "types" and MYPY_ALONE in _end_of(log):
        code = _logged((*stage.command, "--num-workers=0"), log, environment)
    return Outcome(stage, code, time.monotonic() - started, log)


def _logged(command: Sequence[str], log: Path, environment: dict[str, str]) -> int:
    with log.open("wb") as output:
        return _children.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )


def _end_of(log: Path) -> str:
    """As much as is ever shown: a test may have printed gigabytes."""
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - READ))
        return file.read().decode("utf-8", errors="replace")


def _why(outcome: Outcome) -> list[str]:
    text = _end_of(outcome.log)
    return [
        f"--- the whole of it is in {outcome.log.relative_to(ROOT)}",
        *_reason(text),
        *MENDS.get(outcome.stage.name, ()),
        "",
    ]


def _tell(run: Run) -> int:
    if not run.outcomes and not run.by_change:
        print("nothing of what was asked for is there: no stage of it has a folder in this part of tests/")
        return NOTHING_RAN
    _tell_slowest(run)
    if run.is_whole:
        _tell_unseen()
    print()
    print(*run.outcomes, sep="\n")
    print(_total(run))
    return 1 if any(outcome.failed for outcome in run.outcomes) else 0


def _reason(text: str) -> list[str]:
    """Pytest's failures without what was captured, and its summary; of other commands the end."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if re.match(r"=+ (FAILURES|ERRORS) =+$", line)]
    if not starts:
        return [line[:300] for line in lines[-SHOWN:]]
    shown = list(_without_captured(lines[starts[0] :]))
    summary = [line for line in shown if line.startswith(("FAILED ", "ERROR "))]
    shown = shown if len(shown) <= 2 * SHOWN else [*shown[:SHOWN], "…", *summary[-SHOWN:], shown[-1]]
    return [*_where_it_stood(lines[: starts[0]]), *shown]


def _where_it_stood(lines: Sequence[str]) -> list[str]:
    """Of a process that hung or crashed: what it says before pytest speaks, and our files on its stacks."""
    first = next((number for number, line in enumerate(lines) if HUNG.search(line)), len(lines))
    return [line for line in lines[first:] if HUNG.search(line) or OURS.match(line)][:SHOWN]


def _without_captured(lines: Sequence[str]) -> Iterator[str]:
    captured = False
    for line in lines:
        captured = bool(re.match(r"-+ Captured .* -+$", line)) or (
            captured and not re.match(r"[_=]{3,}.*[_=]{3,}$", line)
        )
        if not captured:
            yield line[:300]


def _tell_slowest(run: Run) -> None:
    seconds: dict[str, float] = {}
    for outcome in run.outcomes:
        times = outcome.log.with_suffix(".times.json")
        if times.exists():
            seconds |= json.loads(times.read_text())
    if seconds:
        print("\nthe ten slowest tests by CPU time (fixtures and ended processes included, the stack's own not):")
    for name, spent in sorted(seconds.items(), key=lambda entry: -entry[1])[:10]:
        print(f"  {spent:>6.1f} s  {name}")


def _tell_unseen() -> None:
    """By a process of its own, which imports the services."""
    print("\nproblem codes that routes declare and no test saw (a race, or a declaration too many):", flush=True)
    roots = os.pathsep.join(str(ROOT / root) for root in (".", "functions", "layers/shared/python", "cli"))
    command = (sys.executable, "-m", "tests.kit.declared", str(SEEN))
    _children.run(command, cwd=ROOT, env=of_a_run() | {"PYTHONPATH": roots})


def _total(run: Run) -> str:
    """As pytest closes: `4 passed, 1 skipped in 3.21s`, over all its runs."""
    counts: dict[str, int] = {}
    for outcome in run.outcomes:
        if outcome.failed and not outcome.stage.is_pytest:
            counts["failed"] = counts.get("failed", 0) + 1
        for number, what in re.findall(r"(\d+) ([a-z]+)(?=,| in)", outcome.closing):
            counts[what] = counts.get(what, 0) + int(number)
    order = ("failed", "errors", "error", "passed", "skipped", "deselected", "xfailed", "warnings", "warning")
    parts = [f"{counts[name]} {name}" for name in order if name in counts]
    whole = time.monotonic() - STARTED
    return f"{', '.join(parts) or 'no test ran'} in {whole:.2f}s ({int(whole) // 60}:{int(whole) % 60:02} min)"


STARTED: Final = time.monotonic()

if __name__ == "__main__":
    sys.exit(main())
