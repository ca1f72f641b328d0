"""Writes docs/proof/recordings.md and prints the worst of each number: python -m tests.workouts.recordings.devices"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
sys.path[:0] = [str(ROOT / root) for root in ("functions", "layers/shared/python") if str(ROOT / root) not in sys.path]

from tests.workouts.recordings.devices.table import NUMBERS, deviations, explanations, markdown, rows, worst  # noqa: E402

told_rows = rows()
(ROOT / "docs" / "proof" / "recordings.md").write_text(markdown(told_rows), encoding="utf-8")
for one in worst(told_rows):
    print(f"{NUMBERS[one.number]:<18} {one.share:+8.1%}  {one.ours} for {one.theirs}  {one.name}")
unexplained = [one for one in deviations(told_rows) if (one.name, one.number) not in explanations()]
for one in unexplained:
    print(f"not explained: {one.name} {one.number}: {one.ours} for {one.theirs}")
sys.exit(1 if unexplained else 0)
