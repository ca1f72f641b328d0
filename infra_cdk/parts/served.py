"""What a service serves, read from its source: `@api.get("/v1/gear")`. A route of API Gateway costs one of its 300."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra_cdk.parts.api import Auth, Route

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""Not ANY: an OPTIONS route of ours would take preflights away from API Gateway."""


def served(folder: Path) -> set[tuple[str, str]]:
    """(method, path) of every decorator in a service's folder."""
    return {one for path in folder.rglob("*.py") for one in _served(ast.parse(path.read_bytes(), filename=str(path)))}


def _served(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for decorator in (one for node in tree.body if isinstance(node, ast.FunctionDef) for one in node.decorator_list):
        match decorator:
            case ast.Call(func=ast.Attribute(attr=verb), args=[ast.Constant(value=str(path)), *_]):
                if verb.upper() in METHODS:
                    yield verb.upper(), path


def routes_under(path: str, folder: Path, *, auth: Auth = Auth.JWT) -> list[Route]:
    """The path itself and everything below it, by the methods that somebody serves there."""
    here = {method for method, served_path in served(folder) if served_path == path}
    below = {method for method, served_path in served(folder) if served_path.startswith(f"{path}/")}
    routes = [Route(f"{method} {path}", auth) for method in METHODS if method in here]
    return routes + [Route(f"{method} {path}/{{proxy+}}", auth) for method in METHODS if method in below]
