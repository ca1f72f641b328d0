"""A second opinion: what another emulator does otherwise than ours, as the tests of ours find it.

They hold our emulator to what AWS does: properties of the deployed templates, read back through each service's API, and
how services behave. What fails there is a fault of theirs, or one that ours shares with our tests.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.paths import ROOT
from stadion_cli.base.errors import CliError

SUITE: Final = ("tests/platform/e2e/test_read_back.py", "tests/local/integration/emulator")
ENDPOINT: Final = "STADION_OTHER_ENDPOINT"
"""As `tests/kit/emulators.py` reads it."""
MAX_WORDS: Final = 300


@dataclass(frozen=True)
class Difference:
    what: str
    found: str


@dataclass(frozen=True)
class Opinion:
    asked: int
    left_out: int
    """Of our own emulator alone: its state, its doors."""
    differences: tuple[Difference, ...]


def ask(endpoint: str, only: tuple[str, ...] = SUITE) -> Opinion:
    """Runs the suite there; takes minutes."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", f"--junitxml={report}"]
        done = subprocess.run(
            [*command, *only],
            cwd=ROOT,
            env={**os.environ, ENDPOINT: endpoint},
            capture_output=True,
            text=True,
            check=False,
        )
        if not report.exists():
            raise CliError(f"The suite did not run:\n{(done.stdout + done.stderr)[-2000:]}", hint="make setup")
        cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 - written by ourselves
    return Opinion(
        asked=len(cases),
        left_out=sum(case.find("skipped") is not None for case in cases),
        differences=tuple(_differences(cases)),
    )


def _differences(cases: list[ET.Element]) -> Iterator[Difference]:
    for case in cases:
        for kind in ("failure", "error"):
            if (failed := case.find(kind)) is not None:
                name = str(case.get("name", "")).removeprefix("test_").replace("_", " ")
                where = str(case.get("classname", "")).rpartition(".")[2].removeprefix("test_")
                yield Difference(f"{where}: {name}", " ".join(str(failed.get("message", "")).split())[:MAX_WORDS])
