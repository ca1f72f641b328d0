"""The `stadion` command on a deployed stack."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from typer.testing import CliRunner

from stadion_cli.app import app
from tests.kit.stack import PATIENCE_S, DeployedStack, eventually, settle

STADION: Final = Path(sys.prefix) / "bin" / "stadion"


def stadion(stack: DeployedStack, *words: str) -> "subprocess.CompletedProcess[str]":
    """As typed in a terminal."""
    command = [STADION, *words, "--port", str(stack.emulator.port)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


def told(stack: DeployedStack, *words: str) -> Any:
    """Its answer to a program; in this process, since starting another takes longer than most commands."""
    shown = CliRunner().invoke(app, [*words, "--port", str(stack.emulator.port), "--json"])
    assert shown.exit_code == 0, (shown.output, shown.exception)
    return json.loads(shown.stdout)


def started(stack: DeployedStack, *words: str, **options: Any) -> "subprocess.Popen[bytes]":
    """A process of its own, for what is told while something else happens."""
    return subprocess.Popen([STADION, *words, "--port", str(stack.emulator.port)], **options)


def all_done(stack: DeployedStack, workout_id: str) -> Any:
    """The trace of a workout, once every consumer has said that it is done."""

    def trace() -> Any:
        (found,) = told(stack, "trace", workout_id)
        steps = [inner for step in found["steps"] for inner in (step, *step["children"])]
        return found if len(steps) >= 4 and {step["state"] for step in steps} == {"done"} else None

    settle(stack, workout_id)
    return eventually(trace, every_s=0.2)
