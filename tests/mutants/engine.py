"""A proof must be able to fail: one safeguard is taken out of the code at a time, and a test has to turn red.

A mutant is an edit of a function that is found by its qualified name, never by a line number. It is made in a copy of
the tree, so that a run that is killed leaves the tree as it was.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from local.paths import ROOT
from tests.kit.environment import of_a_run
from tests.kit.tree import IMPORT_ROOTS, copy_of_tree

RED: Final = 1
"""Pytest's exit code when tests ran and some failed; anything else proves nothing."""


@dataclass(frozen=True)
class Mutant:
    name: str
    """What is no longer so: `a code is redeemed twice`."""
    target: str
    """`package.module:function` or `package.module:Class.method`."""
    old: str
    """Stands exactly once in the function."""
    new: str
    tests: tuple[str, ...]
    """Files or node ids, one of whose tests must turn red."""


class MutantGoneError(Exception):
    """The code has changed: the mutant is to be written anew, or the safeguard is no longer there."""


class Fate(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"
    BROKEN = "broken"
    """The tests did not run: the edit is no Python, or a test is gone."""


def file_of(mutant: Mutant, root: Path = ROOT) -> Path:
    module = mutant.target.partition(":")[0].replace(".", "/")
    for base in IMPORT_ROOTS:
        path = root / base / f"{module}.py"
        if path.exists():
            return path
    raise MutantGoneError(f"{mutant.target}: no such module")


def mutated(mutant: Mutant, root: Path = ROOT) -> str:
    """The module's source with the edit in it. MutantGoneError."""
    source = file_of(mutant, root).read_text(encoding="utf-8")
    node = _found(ast.parse(source), mutant)
    lines = source.splitlines(keepends=True)
    assert node.end_lineno is not None
    start, end = sum(map(len, lines[: node.lineno - 1])), sum(map(len, lines[: node.end_lineno]))
    body = source[start:end]
    if body.count(mutant.old) != 1:
        raise MutantGoneError(f"{mutant.target} has {body.count(mutant.old)} times {mutant.old!r}, not once")
    edited = source[:start] + body.replace(mutant.old, mutant.new) + source[end:]
    ast.parse(edited)
    return edited


def _found(tree: ast.Module, mutant: Mutant) -> ast.FunctionDef | ast.ClassDef:
    node: ast.Module | ast.FunctionDef | ast.ClassDef = tree
    for name in mutant.target.partition(":")[2].split("."):
        inside = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.ClassDef))
        match = next((one for one in inside if one.name == name), None)
        if match is None:
            raise MutantGoneError(f"{mutant.target}: no {name} there")
        node = match
    assert not isinstance(node, ast.Module)
    return node


class Laboratory:
    """A copy of the tree in which mutants live one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = copy_of_tree(folder)

    def fate_of(self, mutant: Mutant) -> tuple[Fate, str]:
        """And what pytest said last."""
        with self._mutant(mutant):
            code, told = self.run(mutant.tests)
        return {RED: Fate.KILLED, 0: Fate.SURVIVED}.get(code, Fate.BROKEN), told

    def run(self, tests: tuple[str, ...]) -> tuple[int, str]:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "--tb=no",
            "--color=no",
            "-p",
            "no:cacheprovider",
            *tests,
        ]
        environment = of_a_run() | {"STADION_MUTANT": "1", "PYTHONUTF8": "1"}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        told = [line for line in done.stdout.splitlines() if re.search(r" in [\d.]+s", line)]
        return done.returncode, told[-1] if told else done.stderr.strip()[-200:]

    @contextmanager
    def _mutant(self, mutant: Mutant) -> Iterator[None]:
        file = file_of(mutant, self.folder)
        healthy = file.read_text(encoding="utf-8")
        file.write_text(mutated(mutant, self.folder), encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(healthy, encoding="utf-8")
