"""What a function imports as it starts is in its layers: elsewhere it would fail at every event, once deployed."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from infra_cdk.parts.entry_points import EntryPoint, entry_points
from local.paths import ROOT
from tests.kit.templates import Synthesised

FUNCTIONS: Final = ROOT / "functions"
ROOTS: Final = (FUNCTIONS, ROOT / "layers/shared/python")
THE_RUNTIMES: Final = frozenset({"boto3", "botocore", "urllib3", "dateutil", "jmespath", "s3transfer"})
"""What Lambda brings."""
IMPORTED_AS: Final = {
    "aws-lambda-powertools": "aws_lambda_powertools",
    "pydantic-core": "pydantic_core",
    "pydantic-settings": "pydantic_settings",
    "pillow": "PIL",
    "typing-extensions": "typing_extensions",
}
"""Whose module has another name than the package."""


@cache
def brought(layer: str) -> frozenset[str]:
    """The modules of a layer's packages, those that come with them included."""
    path = ROOT / "layers" / layer / "requirements.txt"
    named = re.findall(r"^([a-z0-9_.-]+)(?:\[.*\])?==", path.read_text(), re.MULTILINE) if path.exists() else []
    return frozenset(IMPORTED_AS.get(name, name.replace("-", "_")) for name in named)


def place_of(module: str) -> Path | None:
    """Of a module of ours."""
    for root in ROOTS:
        for path in (root / f"{module.replace('.', '/')}.py", root / module.replace(".", "/") / "__init__.py"):
            if path.is_file():
                return path
    return None


@cache
def imports(path: Path) -> frozenset[str]:
    """As the module is imported: not within functions, and not for the type checker."""
    return frozenset(_imported(ast.parse(path.read_bytes(), filename=str(path)).body))


def _imported(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=orelse):
                yield from _imported(orelse)
            case ast.If(body=inner, orelse=orelse):
                yield from _imported([*inner, *orelse])
            case ast.Try(body=inner, handlers=handlers):
                yield from _imported([*inner, *(one for handler in handlers for one in handler.body)])
            case ast.ClassDef(body=inner) | ast.With(body=inner):
                yield from _imported(inner)


def foreign(entry_point: EntryPoint) -> set[str]:
    """Packages that are imported as the function starts, and are neither ours nor Python's."""
    start = entry_point.imported
    packages = [start.rsplit(".", n)[0] for n in range(1, start.count(".") + 1)]
    known, open_, found = set[str](), [start, *packages], set[str]()
    while open_:
        module = open_.pop()
        if module in known:
            continue
        known.add(module)
        path = place_of(module)
        if path is not None:
            open_ += [*imports(path), *([module.rpartition(".")[0]] if "." in module else [])]
        elif (top := module.partition(".")[0]) not in sys.stdlib_module_names and place_of(top) is None:
            found.add(top)
    return {one for one in found if not any((root / one).is_dir() for root in ROOTS)}


def layers_of(function: dict[str, Any], resources: dict[str, Any]) -> Iterator[str]:
    for layer in function.get("Layers", ()):
        name = resources[layer["Ref"]]["Properties"]["LayerName"]
        yield str(name).rpartition("-")[2]


def functions(local: Synthesised) -> dict[str, list[str]]:
    """By name: the layers of each."""
    return {
        properties["FunctionName"]: list(layers_of(properties, local.templates[where.split("/")[0]]["Resources"]))
        for where, properties in local.of_type("AWS::Lambda::Function")
    }


@pytest.fixture(scope="module")
def layered(local: Synthesised) -> dict[str, list[str]]:
    return functions(local)


@pytest.mark.parametrize("entry_point", entry_points(FUNCTIONS), ids=lambda one: one.id)
def test_what_a_function_imports_is_in_its_layers(entry_point: EntryPoint, layered: dict[str, list[str]]) -> None:
    layers = layered[entry_point.name]
    there = THE_RUNTIMES.union(*(brought(layer) for layer in layers))

    assert "vendor" in layers
    assert foreign(entry_point) - there == set()
