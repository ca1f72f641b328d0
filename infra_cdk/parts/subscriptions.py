"""Which events an entry point listens to, read from its source: the lines that say so are the only ones."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LAYER: Final = Path(__file__).parents[2] / "layers" / "shared" / "python"


class NoSubscriptionError(Exception):
    """A consumer that listens to nothing."""


def subscriptions(path: Path) -> list[str]:
    """The names in its `@handler.on(...)`, in their order."""
    return list(_subscribed(_parsed(path)))


def sources(path: Path) -> set[str | None]:
    """The event sources of what it listens to, such as `stadion.workouts`; None: of any service."""
    tree = _parsed(path)
    modules = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module is not None
        for alias in node.names
    }
    return {_source_of(*modules[name]) for name in _subscribed(tree)}


def _source_of(module: str, event: str) -> str | None:
    tree = _parsed(LAYER.joinpath(*module.split(".")).with_suffix(".py"))
    kind = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == event)
    for node in kind.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "source":
            value: str | None = ast.literal_eval(node.value)
            return value
    raise NoSubscriptionError(f"{module}.{event} has no source")


def _subscribed(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "handler.on":
                    yield from map(ast.unparse, decorator.args)


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), filename=str(path))
