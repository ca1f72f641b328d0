"""What a change asks for: its own service's tests and the contracts, since services do not import one another."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CONTRACTS: Final = "platform/unit"
"""The contracts, the infrastructure and the import graph: they look at every service."""
OF_SERVICES: Final = frozenset(
    {"accounts", "gamification", "inventory", "notifications", "partners", "promos", "telemetry", "workouts"}
)
BESIDE: Final = {"statemachines": ("promos", CONTRACTS), "docs": (CONTRACTS,), "events": (CONTRACTS,)}
PROSE: Final = (".md",)


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
    if top == "functions" and len(file.parts) > 2:
        return {file.parts[1]} & OF_SERVICES
    if top == "cli":
        return {"cli"}
    if top == "tests" and len(file.parts) > 2 and file.parts[1] != "kit":
        return {"/".join(file.parts[1:3]) if len(file.parts) > 3 else file.parts[1]}
    if top == "local" and len(file.parts) > 2 and file.parts[1] == "timestream":
        return {"timestream_local", "telemetry"}
    return set()


def _without_children(folders: set[str]) -> set[str]:
    return {folder for folder in folders if not any(folder.startswith(f"{other}/") for other in folders)}


def changed_files(root: Path, base: str = "") -> list[str]:
    """Since the revision that the branch left `main` of its origin at; without one, what is not committed."""
    base = base or _told(root, "merge-base", "HEAD", "origin/main").strip() or "HEAD"
    changed = _told(root, "diff", "--name-only", base).splitlines()
    new = _told(root, "ls-files", "--others", "--exclude-standard").splitlines()
    return sorted({*changed, *new})


def _told(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False).stdout
