"""What a function costs before its first event: CPU time to import it, as a share of making one client of botocore.

Every import is a process of its own, with the folders that Lambda would have; functions and yardstick take turns. Of a
module above the goal it is told which packages took the time. Functions of one module cost the same and are one row.
Run from the repository's root: python -m tests.bench.bench_cold_starts [promos ...]
"""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from infra_cdk.parts.entry_points import entry_points
from local.paths import ROOT

ROUNDS: Final = 5
GOAL: Final = 1.5
TELLS: Final = 0.05
"""Of the time of an import: a package that took so much is named."""
FUNCTIONS: Final = ROOT / "functions"
YARDSTICK: Final = "import botocore.session; botocore.session.get_session().create_client('dynamodb', 'us-east-1')"
TIMED: Final = """
import time
started = time.process_time()
{}
print(time.process_time() - started, len(__import__('sys').modules))
"""
IMPORTED: Final = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


@dataclass(frozen=True)
class ColdStart:
    module: str
    cpu_s: float
    modules: int
    share: float
    takes: str
    """Packages and their shares of the time, of a module above the goal."""

    def row(self) -> str:
        return f"| `{self.module}` | {self.share:.2f} | {self.modules} | {self.takes} |"


HEAD: Final = "| module | share | modules | what it imports |\n| --- | --- | --- | --- |"


def measured(services: Sequence[str] = (), rounds: int = ROUNDS) -> list[ColdStart]:
    """Of each module with entry points, the costliest first. The best of rounds: a busy machine only adds."""
    points = (point for point in entry_points(FUNCTIONS) if not services or point.service in services)
    found = []
    for module in dict.fromkeys(point.imported for point in points):
        pairs = [(_cpu_s(YARDSTICK), _cpu_s(f"import {module}")) for _ in range(rounds)]
        seconds, modules = min(taken for _, taken in pairs)
        share = seconds / min(yardstick for yardstick, _ in pairs)[0]
        found.append(ColdStart(module, seconds, modules, share, _takes(module) if share > GOAL else ""))
    return sorted(found, key=lambda one: -one.share)


def _takes(module: str) -> str:
    """`promos 27 %, botocore 7 %`: by the first name, and of Powertools and our layer by the second too."""
    told = _run(f"import {module}", "-X", "importtime").stderr
    spent: Counter[str] = Counter()
    for microseconds, name in IMPORTED.findall(told):
        parts = name.split(".")
        spent[".".join(parts[: 2 if parts[0] in {"stadion", "aws_lambda_powertools"} else 1])] += int(microseconds)
    shares = ((name, microseconds / spent.total()) for name, microseconds in spent.most_common())
    return ", ".join(f"{name} {share:.0%}" for name, share in shares if share >= TELLS)


def _run(code: str, *options: str) -> "subprocess.CompletedProcess[str]":
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "STADION_"))}
    variables |= {
        "PYTHONPATH": os.pathsep.join(str(ROOT / root) for root in ("functions", "layers/shared/python")),
        "STADION_STAGE": "bench",
        "STADION_SERVICE": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Stadion",
        "POWERTOOLS_SERVICE_NAME": "bench",
    }
    command = (sys.executable, *options, "-c", code)
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=True)


def _cpu_s(code: str) -> tuple[float, int]:
    seconds, modules = _run(TIMED.format(code)).stdout.split()
    return float(seconds), int(modules)


if __name__ == "__main__":
    print(HEAD)
    for one in measured(sys.argv[1:]):
        print(one.row())
