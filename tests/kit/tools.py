"""Tools that pin too much to live beside ours: each in an environment of its own, made from a pinned list by uv.

`make setup` makes them, so that tests need no network; one that was cleaned away is made again.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from local.paths import HOME, ROOT

TOOLS: Final = HOME / "tools"
CHECKOV: Final = ROOT / "tests" / "linters" / "requirements.txt"


def checkov() -> Path:
    """The command."""
    return environment("checkov", CHECKOV) / "bin" / "checkov"


def environment(name: str, requirements: Path) -> Path:
    """Its folder. Of another list, or another Python, there is another one, and the former goes."""
    recipe = f"{sys.version}\0{requirements.read_text(encoding='utf-8')}"
    folder = TOOLS / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    TOOLS.mkdir(parents=True, exist_ok=True)
    with (TOOLS / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".ready").exists():
            for former in TOOLS.glob(f"{name}-*"):
                shutil.rmtree(former)
            _uv("venv", "--python", sys.executable, str(folder))
            _uv("pip", "sync", "--require-hashes", "--python", str(folder / "bin" / "python"), str(requirements))
            (folder / ".ready").touch()
    return folder


def _uv(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "uv", "--quiet", "--no-config", *arguments], check=True)


if __name__ == "__main__":
    checkov()
