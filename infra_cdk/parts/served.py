"""What a service serves, read from its source: `@api.get("/v1/gear")`. A route of API Gateway costs one of its 300."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from infra_cdk.parts.api import Auth, Route

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""Not ANY: an OPTIONS route of ours would take preflights away from API Gateway."""


class UnreadablePathError(Exception):
    """A route's path that no reader of its file knows."""


def served(folder: Path) -> set[tuple[str, str]]:
    """(method, path) of every decorator in a service's folder."""
    return {one for path in folder.rglob("*.py") for one in _served(path)}


def _served(path: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_bytes(), filename=str(path))
    constants: dict[str, str] = {}
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                if (text := _text(value, constants)) is not None:
                    constants[name] = text
            case ast.FunctionDef(decorator_list=decorators):
                for decorator in decorators:
                    match decorator:
                        case ast.Call(func=ast.Attribute(attr=verb), args=[first, *_]) if verb.upper() in METHODS:
                            served_path = _text(first, constants)
                            if served_path is None:
                                raise UnreadablePathError(f"{path}:{decorator.lineno}: {ast.unparse(first)}")
                            yield verb.upper(), served_path


def _text(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    """Of a string, of a constant of the file, and of an f-string of both."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name)
        case ast.JoinedStr(values=values):
            parts = [_text(part.value if isinstance(part, ast.FormattedValue) else part, constants) for part in values]
            return "".join(part for part in parts if part is not None) if None not in parts else None
    return None


def routes_under(path: str, folder: Path, *, auth: Auth = Auth.JWT) -> list[Route]:
    """The path itself and everything below it, by the methods that somebody serves there."""
    here = {method for method, served_path in served(folder) if served_path == path}
    below = {method for method, served_path in served(folder) if served_path.startswith(f"{path}/")}
    routes = [Route(f"{method} {path}", auth) for method in METHODS if method in here]
    return routes + [Route(f"{method} {path}/{{proxy+}}", auth) for method in METHODS if method in below]
