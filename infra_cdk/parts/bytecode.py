"""Bytecode for what Lambda cannot write: `/opt` and `/var/task` are read-only, so that each cold start would compile
every module anew. It is made by the very Python that runs it: another one's is passed over.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from infra_cdk.environments import ROOT, Environment

CHOICE: Final = "STADION_BYTECODE"
"""0: none, on purpose."""
NAMED: Final = "STADION_LAMBDA_PYTHON"
"""Path of a Python of the runtime's version."""
BROUGHT_WITHIN_S: Final = 300
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
LAYER, TASK = "/opt", "/var/task"
CODE: Final = ROOT / ".stadion" / "code"
RECIPE: Final = "1"


def version_of(environment: Environment) -> str:
    return environment.runtime.name.removeprefix("python")


@cache
def compiler(version: str) -> str | None:
    """A Python of that version. One that is not here, uv is asked to bring; without one there is no bytecode, which is
    said: functions then start as before, only later."""
    if os.environ.get(CHOICE) == "0":
        return None
    for python in chain(_found(version), _brought(version)):
        if python and _is_of(version, python):
            return python
    sys.stderr.write(
        f"no Python {version} is here: no bytecode goes with the code, and cold starts compile it. "
        f"{NAMED}=/path/to/python{version} names one; {CHOICE}=0 says that this is meant\n"
    )
    return None


def _found(version: str) -> Iterator[str | None]:
    yield os.environ.get(NAMED)
    yield sys.executable
    yield shutil.which(f"python{version}")
    of_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from map(str, sorted(of_pyenv.glob(f"{version}.*/bin/python{version}")))
    yield _uv("find", "--no-python-downloads", version)


def _brought(version: str) -> Iterator[str | None]:
    """Not where uv is told to bring none, as tests tell it."""
    if os.environ.get("UV_PYTHON_DOWNLOADS") != "never" and _uv("install", "--no-bin", version) is not None:
        yield _uv("find", version)


def _uv(*arguments: str) -> str | None:
    asked = [sys.executable, "-m", "uv", "--quiet", "--no-project", "python", *arguments]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=BROUGHT_WITHIN_S)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _is_of(version: str, python: str) -> bool:
    if python == sys.executable:
        return version == f"{sys.version_info.major}.{sys.version_info.minor}"
    told = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-I", "-c", told], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.stdout.strip() == version


def compile_tree(folder: Path, python: str, *, seen_at: str) -> None:
    """Beside each module; trusted without a look at the source's time, which zipping changes. Tracebacks name the file
    where Lambda will have it. The seed keeps the order of sets, and so the bytes."""
    unchecked = ["--invalidation-mode", "unchecked-hash"]
    named = ["-s", str(folder), "-p", seen_at]
    subprocess.run(
        [python, "-I", "-m", "compileall", "-qq", *unchecked, *named, str(folder)],
        env={"PYTHONHASHSEED": "0", "PATH": os.environ["PATH"]},
        check=False,  # what another version's syntax is in was never imported
    )


def pack(root: Path, archive: Path, *, under: str = "") -> None:
    """Sorted names, fixed times and modes: the same bytes every time."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zipped:
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(f"{under}{path.relative_to(root).as_posix()}", date_time=EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(entry, path.read_bytes())


def compiled(name: str, files: Sequence[tuple[str, Path]], python: str, *, seen_at: str) -> tuple[Path, str]:
    """A zip of these files, each at its place, with bytecode; and its hash, the same for the same sources."""
    digest = hashlib.sha256(f"{RECIPE} {_is_known_as(python)}".encode())
    for place, file in files:
        digest.update(f"\0{place}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    archive = CODE / f"{name}-{digest.hexdigest()[:16]}.zip"
    if not archive.exists():
        CODE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CODE) as folder:
            staged, draft = Path(folder, "staged"), Path(folder, "draft.zip")
            for place, file in files:
                (staged / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, staged / place)
            compile_tree(staged, python, seen_at=seen_at)
            pack(staged, draft)
            draft.replace(archive)
    return archive, digest.hexdigest()


@cache
def _is_known_as(python: str) -> str:
    """Its bytecode's tag and number: all that decides whether another Python takes it."""
    told = "import sys, importlib.util as u; print(sys.implementation.cache_tag, u.MAGIC_NUMBER.hex())"
    return subprocess.run([python, "-I", "-c", told], capture_output=True, text=True, check=True).stdout.strip()
