"""What a change asks for: its own service's tests and the contracts, since services do not import one another."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).resolve().parents[1]
CONTRACTS: Final = "platform/unit"
"""The contracts, the infrastructure and the import graph: they look at every service."""
OF_SERVICES: Final = frozenset(
    path.name for path in (TESTS.parent / "functions").iterdir() if path.is_dir() and (TESTS / path.name).is_dir()
)
BESIDE: Final = {
    "statemachines": ("promos", CONTRACTS),
    "docs": (CONTRACTS,),
    "events": (CONTRACTS,),
    "contracts": (CONTRACTS,),
}
EVERYBODYS: Final = "moto.py"
"""A service on moto, beside its tests: others' tests may use it too."""
ROUTE_CASES: Final = "route_cases.py"
PROSE: Final = (".md",)
TIMESTREAM: Final = "timestream_local"
"""A product beside Stadion, whose tests lie in its own folder."""


@dataclass(frozen=True)
class Part:
    folders: tuple[str, ...]
    """Of `tests/`; none means all."""
    smoke: bool

    def __str__(self) -> str:
        return (
            f"tests of {', '.join(self.folders)}{' and a smoke run' if self.smoke else ''}" if self.folders else "all"
        )


def with_contracts(folders: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*folders, CONTRACTS]))


def asked_for(files: Iterable[str]) -> Part:
    """The folders of `tests/` for these changed files; what is shared by all asks for all."""
    folders: set[str] = {CONTRACTS}
    smoke = False
    for file in files:
        found = _of_file(Path(file))
        if not found:
            return Part((), smoke=False)
        folders |= found
        smoke = smoke or (not file.startswith(("tests/", "docs/")) and not file.endswith(PROSE))
    return Part(tuple(sorted(_without_children(folders))), smoke)


def _of_file(file: Path) -> set[str]:
    """Empty: everybody's."""
    top = file.parts[0]
    if file.suffix in PROSE or top in BESIDE:
        return set(BESIDE.get(top, (CONTRACTS,)))
    if top == "functions" and len(file.parts) > 2 and file.parts[1] in OF_SERVICES:
        return {file.parts[1], *importing(file.parts[1])}
    if top == "tests" and len(file.parts) == 3 and file.name == EVERYBODYS:
        return set()
    if top == "tests" and len(file.parts) == 3 and file.name == ROUTE_CASES:
        return {file.parts[1], "platform/e2e"}
    if top == "tests" and len(file.parts) > 2 and file.parts[1] != "kit":
        return {"/".join(file.parts[1:3]) if len(file.parts) > 3 else file.parts[1]}
    if top == TIMESTREAM:
        return {TIMESTREAM, *(() if "tests" in file.parts else ("telemetry",))}
    return set()


@cache
def importing(service: str) -> frozenset[str]:
    """Folders of `tests/` whose tests import the service: services know nothing of one another, their tests may."""
    found = set()
    for path in TESTS.rglob("*.py"):
        tree = ast.parse(path.read_bytes(), filename=str(path))
        named = {name.partition(".")[0] for name in _imported(tree)}
        if service in named:
            found.add("/".join(path.parent.relative_to(TESTS).parts[:2]))
    return frozenset(folder for folder in found if not folder.startswith(("kit", "bench", "mutants")))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _without_children(folders: set[str]) -> set[str]:
    return {folder for folder in folders if not any(folder.startswith(f"{other}/") for other in folders)}


def changed_files(root: Path, base: str = "") -> list[str]:
    """Since the revision that the branch left `main` of its origin at; without one, what is not committed.

    A file that was moved has changed where it was and where it is. GitError when git cannot tell.
    """
    base = base or _left_main_at(root)
    changed = _told(root, "diff", "-z", "--no-renames", "--name-only", base)
    new = _told(root, "ls-files", "-z", "--others", "--exclude-standard")
    return sorted({name for name in (changed + new).split("\0") if name})


class GitError(Exception):
    """What git said: without its word nobody knows what has changed."""


def _left_main_at(root: Path) -> str:
    try:
        return _told(root, "merge-base", "HEAD", "origin/main").strip()
    except GitError:
        return "HEAD"


def _told(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GitError(done.stderr.strip())
    return done.stdout
