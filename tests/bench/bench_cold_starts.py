"""What a function costs before its first event: CPU time to import it, as a share of making one client of botocore.

Every import is a process of its own, with the folders that Lambda would have; functions and yardstick take turns.
Run from the repository's root: python -m tests.bench.bench_cold_starts [promos ...]
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from infra_cdk.parts.entry_points import entry_points
from local.paths import ROOT

ROUNDS: Final = 3
FUNCTIONS: Final = ROOT / "functions"
YARDSTICK: Final = "import botocore.session; botocore.session.get_session().create_client('dynamodb', 'us-east-1')"
TIMED: Final = """
import time
started = time.process_time()
{}
print(time.process_time() - started, len(__import__('sys').modules))
"""


@dataclass(frozen=True)
class ColdStart:
    name: str
    cpu_s: float
    modules: int
    share: float

    def row(self) -> str:
        return f"{self.name:58} {self.cpu_s * 1e3:6.0f} ms {self.modules:6} modules {self.share:6.2f}"


def measured(services: Sequence[str] = (), rounds: int = ROUNDS) -> list[ColdStart]:
    """Of each function, the costliest first. Medians of rounds that each have a yardstick of their own."""
    found = []
    for entry_point in entry_points(FUNCTIONS):
        if services and entry_point.service not in services:
            continue
        pairs = [(_cpu_s(YARDSTICK), _cpu_s(f"import {entry_point.imported}")) for _ in range(rounds)]
        seconds = statistics.median(taken for _, (taken, _) in pairs)
        share = statistics.median(taken / yardstick for (yardstick, _), (taken, _) in pairs)
        found.append(ColdStart(entry_point.name, seconds, pairs[0][1][1], share))
    return sorted(found, key=lambda one: -one.share)


def _cpu_s(code: str) -> tuple[float, int]:
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
    command = (sys.executable, "-c", TIMED.format(code))
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    seconds, modules = done.stdout.split()
    return float(seconds), int(modules)


if __name__ == "__main__":
    for one in measured(sys.argv[1:]):
        print(one.row())
