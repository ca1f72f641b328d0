"""How a folder of code is built, from its imports: python -m local.structure [functions/promos ...]

A folder's parts are its files, and its folders each as one. An arrow is an import between two parts, floors are the
longest chain of arrows, a circle is a set of parts that import one another. Lines are those of functions.
"""

import ast
import statistics
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

import grimp

from local.paths import ROOT

PARENTS: Final = ("functions", "layers/shared/python", "cli", ".")
"""Folders whose packages are ours."""
OF_THE_ROOT: Final = ("infra_cdk", "local", "timestream_local")
"""Those of the last one: what else lies there may be a build's, or somebody's notes."""

TESTS: Final = "tests"


@dataclass(frozen=True)
class Structure:
    folder: str
    files: int
    floors: int
    arrows: int
    circles: tuple[tuple[str, ...], ...]
    median_lines: float
    longest_lines: int
    longest: str

    def row(self) -> str:
        circles = "; ".join(" ".join(circle) for circle in self.circles) or "–"
        return (
            f"| {self.folder} | {self.files} | {self.floors} | {self.arrows} | {circles} | {self.median_lines:g} "
            f"| {self.longest_lines} `{self.longest}` |"
        )


HEAD: Final = (
    "| folder | files | floors | arrows | circles | median function | longest function |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)


def structures() -> list[Structure]:
    """Of every folder with code in it."""
    folders = {path.parent for parent in PARENTS for package in packages(parent) for path in sources(package)}
    return [structure(folder.relative_to(ROOT).as_posix()) for folder in sorted(folders)]


def structure(folder: str) -> Structure:
    package = _package(folder)
    parts, arrows = _arrows(package)
    lines = dict(_lines(ROOT / folder))
    longest = max(lines, key=lambda name: lines[name], default="")
    reached = _reached(parts, arrows)
    return Structure(
        folder=folder,
        files=sum(1 for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py"),
        floors=_floors(parts, arrows, reached),
        arrows=len(arrows),
        circles=tuple(sorted(_circles(parts, reached))),
        median_lines=statistics.median(lines.values()) if lines else 0,
        longest_lines=lines.get(longest, 0),
        longest=longest,
    )


DOORS: Final = ("service", "store", "port", "domain", "values", "keys", "errors", "schemas")
"""Files of a wing that its neighbours may import: its layers (`session_store` too). A noun is the wing's own."""
HOUSES: Final = ("functions/", "cli/")
"""Where folders have walls."""
MAX_FILES: Final = 14
"""In a folder of a house, before it gets wings."""
FLOOR: Final = "base"
"""A wing on which all its neighbours stand."""


def breaches(*packages: str) -> list[str]:
    """Imports through walls, `one -> other: why`, at any depth. The rules are those of docs/decisions/0022-wings.md."""
    inside = sorted(name for name in graph().modules if name.split(".")[0] in packages)
    direct = ((name, target) for name in inside for target in graph().find_modules_directly_imported_by(name))
    found = [f"{name} -> {target}: {why}" for name, target in direct if (why := _breach(name, target))]
    found += [f"{name} reaches {wing}: only what composes knows its wings" for name, wing in _deep(inside)]
    return sorted(
        found + [f"{path}: a wing's __init__.py is empty, or it is one more door" for path in _said(packages)]
    )


def _said(names: Sequence[str]) -> Iterator[str]:
    """The `__init__.py` of wings that hold anything."""
    for package in (one for house in HOUSES for one in packages(house.rstrip("/")) if one.name in names):
        for path in package.glob("*/**/__init__.py"):
            if path.read_bytes().strip():
                yield path.relative_to(ROOT).as_posix()


def unseen(modules: Collection[str], *parents: str) -> list[str]:
    """Files under these parents that are no modules of a graph, so that no rule over it reads them."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for parent in parents
        for package in packages(parent)
        for path in sources(package)
        if _module(path, parent) not in modules
    )


def _module(path: Path, parent: str) -> str:
    parts = path.relative_to(ROOT / parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _breach(name: str, target: str) -> str | None:
    """Why this import goes through a wall."""
    one, other = name.split("."), target.split(".")
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    one, other = one[shared:], other[shared:]
    if not shared or len(other) < 2 or other[0] == FLOOR:
        return None
    if len(one) < 2:
        return (
            None if not one or composes(one[0]) else f"{one[0]} lies beside the wing {other[0]}, and does not compose"
        )
    wing, entered, *deeper = other
    if deeper:
        return f"{entered} is a wing inside {wing}, and {wing}'s own"
    return None if entered.rpartition("_")[2] in DOORS else f"neighbours enter by {', '.join(DOORS)}, not {entered}"


def composes(stem: str) -> bool:
    """Whether a file of this name puts wings together: an entry point, its words and steps, or a use case."""
    is_named = stem in {
        "api",
        "admin_api",
        "routes",
        "admin_routes",
        "schemas",
        "service",
        "steps",
        "tasks",
        "__init__",
    }
    return is_named or stem.endswith("_service") or stem.startswith(("on_", "task_"))


def _deep(inside: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(file, wing beside it that it reaches by any chain of imports) of what must not know any."""
    wings = {name for name in inside if any(other.startswith(f"{name}.") for other in inside)}
    for name in inside:
        parent, _, stem = name.rpartition(".")
        if not parent or name in wings or composes(stem):
            continue
        for wing in sorted(one for one in wings if one.rpartition(".")[0] == parent and not one.endswith(f".{FLOOR}")):
            if graph().find_shortest_chains(name, wing, as_packages=True):
                yield name, wing


@cache
def graph() -> grimp.ImportGraph:
    sys.path[:0] = [str(ROOT / parent) for parent in PARENTS]
    names = [path.name for parent in PARENTS for path in packages(parent)]
    return grimp.build_graph(*names, cache_dir=None)  # its cache goes by time: what changed twice in a moment it misses


def services() -> list[str]:
    """The folders of `functions/` with code at any depth."""
    return [path.name for path in packages("functions")]


def packages(parent: str) -> list[Path]:
    """Ours, with code in them."""
    folder = ROOT / parent
    found = [folder / name for name in OF_THE_ROOT] if parent == "." else sorted(folder.iterdir())
    return [path for path in found if not path.name.startswith(".") and any(sources(path))]


def sources(folder: Path) -> Iterator[Path]:
    """Its Python files at any depth, but for hidden folders and its own tests."""
    for path in sorted(folder.rglob("*.py")):
        if not any(part.startswith(".") or part == TESTS for part in path.relative_to(folder).parts):
            yield path


def _package(folder: str) -> str:
    """`functions/promos/campaigns` is `promos.campaigns`."""
    parent = next(parent for parent in PARENTS if folder.startswith(f"{parent}/") or parent == ".")
    return folder.removeprefix(f"{parent}/").replace("/", ".")


def _arrows(package: str) -> tuple[set[str], set[tuple[str, str]]]:
    """The parts of a package, and which imports which."""
    depth = len(package.split("."))
    inside = {name for name in graph().modules if name.startswith(f"{package}.")}
    part = {name: name.split(".")[depth] for name in inside}
    pairs = chain.from_iterable(
        ((part[name], part[target]) for target in graph().find_modules_directly_imported_by(name) & inside)
        for name in inside
    )
    return set(part.values()), {(one, other) for one, other in pairs if one != other}


def _reached(parts: set[str], arrows: set[tuple[str, str]]) -> dict[str, set[str]]:
    """What each part imports, directly or by others."""
    found: dict[str, set[str]] = {}
    for part in parts:
        seen: set[str] = set()
        todo = [part]
        while todo:
            one = todo.pop()
            more = {target for source, target in arrows if source == one} - seen
            seen |= more
            todo.extend(more)
        found[part] = seen
    return found


def _circles(parts: set[str], reached: dict[str, set[str]]) -> set[tuple[str, ...]]:
    return {
        tuple(sorted({part} | {other for other in reached[part] if part in reached[other]}))
        for part in parts
        if part in reached[part]
    }


def _floors(parts: set[str], arrows: set[tuple[str, str]], reached: dict[str, set[str]]) -> int:
    """Files on the longest chain; a circle counts as one floor."""

    @cache
    def height(part: str) -> int:
        below = {target for source, target in arrows if source == part and part not in reached[target]}
        return 1 + max(map(height, below), default=0)

    return max(map(height, parts), default=0)


def _lines(folder: Path) -> Iterator[tuple[str, int]]:
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.stem}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


UNSEEN: Final = "no rule reads it, as no graph has it: is there an __init__.py in each folder of a wing?"


def _folder(name: str) -> str:
    """From the root, however it is written."""
    path = Path(name).resolve()
    ours = {one for parent in PARENTS for one in packages(parent)}
    if not ours & {path, *path.parents} or not any(sources(path)):
        sys.exit(f"{name}: no code of a package of ours; name one, or a folder in it, such as functions/promos")
    return path.relative_to(ROOT).as_posix()


def main(folders: Sequence[str]) -> None:
    found = [structure(_folder(folder)) for folder in folders] if folders else structures()
    broken = breaches(*{_package(one.folder).split(".")[0] for one in found if one.folder.startswith(HOUSES)})
    broken += [f"{path}: {UNSEEN}" for path in unseen(graph().modules, *PARENTS)]
    broken += [f"{one.folder}: {one.files} files, {MAX_FILES} at most" for one in found if _is_full(one)]
    sys.stdout.write("\n".join([HEAD, *(one.row() for one in found), *broken, ""]))
    sys.exit(bool(broken))


def _is_full(one: Structure) -> bool:
    return one.folder.startswith(HOUSES) and one.files > MAX_FILES


if __name__ == "__main__":
    main(sys.argv[1:])
