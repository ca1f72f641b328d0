"""What bytecode saves a cold start: CPU time to import a function without it, by the time with it.

Layers and code stand in folders of their own, as in Lambda, and nothing is written beside them. The standard library
and boto3 are the runtime's and have theirs either way.
Run from the repository's root: python -m tests.bench.bench_bytecode [module ...]
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from infra_cdk.environments import LOCAL, ROOT
from infra_cdk.parts.bytecode import compile_tree
from infra_cdk.parts.layers import build

ROUNDS: Final = 4
MODULES: Final = (
    *("promos.api", "workouts.api", "telemetry.on_workout_events"),
    *("gamification.on_workout_events", "platform_.on_outbox"),
)
TIMED: Final = """
import time, boto3
started = time.process_time()
import {}
print(time.process_time() - started)
"""
LAYERS: Final = ("vendor", "tracks")


@contextmanager
def as_in_lambda(*, compiled: bool) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for layer in LAYERS:
            archive = build(ROOT / "layers" / layer / "requirements.txt", LOCAL, root / f"{layer}.zip")
            with zipfile.ZipFile(archive) as zipped:
                zipped.extractall(root)
        for source in (ROOT / "layers/shared/python/stadion", *(ROOT / "functions").iterdir()):
            if source.is_dir():
                shutil.copytree(source, root / "python" / source.name)
        for cache in list(root.rglob("__pycache__")):
            shutil.rmtree(cache)
        if compiled:
            compile_tree(root / "python", sys.executable, seen_at="/opt/python")
        yield root / "python"


def measured(modules: Sequence[str] = MODULES, rounds: int = ROUNDS) -> dict[str, float]:
    """Without : with, of the best of rounds each."""
    with as_in_lambda(compiled=True) as with_it, as_in_lambda(compiled=False) as without:
        pairs = {name: [(_cpu_s(name, without), _cpu_s(name, with_it)) for _ in range(rounds)] for name in modules}
    return {name: min(one for one, _ in took) / min(other for _, other in took) for name, took in pairs.items()}


def _cpu_s(module: str, root: Path) -> float:
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(root), sysconfig.get_path("purelib")]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "STADION_STAGE": "bench",
        "STADION_SERVICE": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_METRICS_NAMESPACE": "Stadion",
        "POWERTOOLS_SERVICE_NAME": "bench",
    }
    command = [sys.executable, "-c", TIMED.format(module)]
    return float(subprocess.run(command, env=variables, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    for name, ratio in measured(sys.argv[1:] or MODULES).items():
        print(f"| `{name}` | {ratio:.2f} |")
