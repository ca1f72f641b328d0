"""What a service serves, read from its source: `@api.get("/v1/gear")`. A route of API Gateway costs one of its 300."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from infra_cdk.parts.api import Auth, Route
from infra_cdk.parts.sources import sources

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""Not ANY: an OPTIONS route of ours would take preflights away from API Gateway."""
ROUTERS: Final = frozenset({"Api", "Routes", "AdminRoutes", "PartnerApi"})
REGISTERS: Final = frozenset({*(method.lower() for method in METHODS), "head", "route"})
"""What of a router makes a route."""
PATH: Final = re.compile(r"(/[^/{}]+)+")
"""Gateway and resolver disagree about an empty part, and about a slash at the end; a parameter is `<gear_id>`."""


class UnreadablePathError(Exception):
    """A route that no reader of its file knows: it would have none in API Gateway."""

    def __init__(self, path: Path, node: ast.expr, why: str) -> None:
        super().__init__(f"{path}:{node.lineno}: {ast.unparse(node)}: {why}")


def served(folder: Path) -> set[tuple[str, str]]:
    """(method, path) of every decorator in a service's folder."""
    return {one for path in sources(folder) for one in _served(path)}


def _served(path: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_bytes(), filename=str(path))
    constants: dict[str, str] = {}
    read: set[ast.AST] = set()
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
                        case ast.Call(func=ast.Attribute(attr=verb) as called, args=[first, *_]) if (
                            verb.upper() in METHODS
                        ):
                            read.add(called)
                            yield verb.upper(), _path(first, constants, path)
                        case ast.Call(func=ast.Attribute(attr="route") as called, keywords=keywords) if any(
                            _is_none_of_ours(keyword) for keyword in keywords
                        ):
                            read.add(called)
    _refuse_what_is_not_read(tree, read, path)


def _is_none_of_ours(keyword: ast.keyword) -> bool:
    """`method="OPTIONS"`, of which API Gateway is told nothing."""
    match keyword:
        case ast.keyword(arg="method", value=ast.Constant(value=str(method))):
            return method not in METHODS and method != "HEAD"
    return False


def _path(node: ast.expr, constants: Mapping[str, str], place: Path) -> str:
    text = _text(node, constants)
    if text is None:
        raise UnreadablePathError(place, node, "a text, a constant of this file, or an f-string of both")
    if not PATH.fullmatch(text):
        raise UnreadablePathError(place, node, "a path is like /v1/gear/<gear_id>, without a slash at its end")
    return text


def _text(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    """Of a string, of a constant of the file, and of an f-string of both."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name)
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return _text(value, constants)
        case ast.JoinedStr(values=values):
            parts = [_text(part, constants) for part in values]
            return "".join(part for part in parts if part is not None) if None not in parts else None
    return None


def _refuse_what_is_not_read(tree: ast.Module, read: Collection[ast.AST], path: Path) -> None:
    """A route that is made otherwise than by a decorator at the top of its file."""
    routers = {name for node in ast.walk(tree) for name in _routers(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in routers and attribute in REGISTERS:
                if node not in read:
                    raise UnreadablePathError(path, node, f"a route is @{name}.get(path) on a function of the file")
            case ast.Call(func=ast.Attribute(attr="include_router"), args=args, keywords=keywords):
                if len(args) > 1 or keywords:
                    raise UnreadablePathError(path, node, "a prefix: say the whole path at the route")


def _routers(node: ast.AST) -> Iterator[str]:
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=kind)))
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=ast.Name(id=kind)))
        ) if kind in ROUTERS:
            yield name


def routes_under(path: str, folder: Path, *, auth: Auth = Auth.JWT) -> list[Route]:
    """The path itself and everything below it, by the methods that somebody serves there."""
    here = {method for method, served_path in served(folder) if served_path == path}
    below = {method for method, served_path in served(folder) if served_path.startswith(f"{path}/")}
    routes = [Route(f"{method} {path}", auth) for method in METHODS if method in here]
    return routes + [Route(f"{method} {path}/{{proxy+}}", auth) for method in METHODS if method in below]
