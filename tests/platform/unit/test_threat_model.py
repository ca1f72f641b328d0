"""The threat model names a test for each guard, and each is there."""

import ast
import re
from typing import Final

from local.paths import ROOT

MODEL: Final = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED: Final = re.compile(r"`([\w/.]+\.py)::(\w+)`")
ROW: Final = re.compile(r"^\|.*\| ([STRIDE]) \|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)


def test_each_test_that_it_names_is_there() -> None:
    named = NAMED.findall(MODEL)

    assert len(named) > 40
    missing = [f"{path}::{name}" for path, name in named if name not in _tests(path)]
    assert missing == []


def test_what_nobody_shows_is_said_to_be_open() -> None:
    rows = ROW.findall(MODEL)

    assert {letter for letter, *_ in rows} == set("STRIDE")
    assert [threat for _, threat, guard, shown in rows if not NAMED.search(shown) and "**open**" not in guard] == []


def _tests(path: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / path).read_bytes(), filename=path)
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
