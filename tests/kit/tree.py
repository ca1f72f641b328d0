"""A copy of the tree, in which a test may edit code: a run that is killed leaves the tree as it was."""

import shutil
from pathlib import Path
from typing import Final

from local.paths import ROOT
from tests.kit.environment import of_a_run

IMPORT_ROOTS: Final = ("functions", "layers/shared/python", "cli", ".")
COPIED: Final = (
    "cli",
    "docs",
    "events",
    "functions",
    "infra_cdk",
    "layers",
    "local",
    "statemachines",
    "tests",
    "timestream_local",
)
LINKED: Final = (".venv", "node_modules", ".stadion/recordings", ".stadion/layers")
FILES: Final = ("pyproject.toml", "cdk.json", "package.json", "package-lock.json", "requirements.txt", "README.md")


def copy_of_tree(folder: Path) -> Path:
    """The folder, with our code in it; packages and what takes minutes to make are linked."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for name in FILES:
        shutil.copy2(ROOT / name, folder / name)
    for name in LINKED:
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(ROOT / name)
    return folder


def environment_of(folder: Path) -> dict[str, str]:
    """Of a process that means the copy's code, wherever the environment's `stadion` points to."""
    roots = ":".join(str(folder / root) for root in IMPORT_ROOTS)
    return of_a_run() | {"PYTHONUTF8": "1", "PYTHONPATH": roots}
