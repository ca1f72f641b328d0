"""Which errors a route can end in, and which parts of the HTTP face it uses: read from its code and all it calls.

Calls are followed through module globals and `self`; a method of a variable may be that of any class of ours that is
constructed on the way (rapid type analysis). That finds a little more than can happen, hardly ever less.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from types import FunctionType, MethodType, ModuleType
from typing import Any

from stadion.change import revise
from stadion.errors import StadionError
from stadion.http import Exchange
from stadion.records import Records

Found = frozenset[Any]
"""Error classes, and names of functions of the HTTP face and of headers."""
NOTHING: Found = frozenset()
HEADERS = frozenset({"Location"})


@dataclass(frozen=True)
class Reached:
    errors: tuple[type[StadionError], ...]
    uses: frozenset[str]
    """Names of what is called of `stadion.http` on the way, and of the headers that are set."""


class Reach:
    """Of one route. `packages` are the import roots that are followed."""

    def __init__(self, packages: Iterable[str], live: frozenset[type] | None = None) -> None:
        self._packages = frozenset(packages)
        self._live = live
        """The classes that are constructed on the way; None while they are still looked for."""
        self._known: dict[Any, Found] = {}
        self._constructed: set[type] = set()

    @classmethod
    def of(cls, function: Callable[..., Any], *, packages: Iterable[str], before: Iterable[Any] = ()) -> Reached:
        """`before` are the route's middlewares; those of Powertools raise no error of ours."""
        if not isinstance(function, FunctionType):
            raise TypeError(f"{function!r} has no code to read")
        middlewares = [one for one in before if isinstance(one, MethodType)]
        scout = cls(packages)
        scout._route(function, middlewares)
        found = cls(packages, frozenset(scout._constructed))._route(function, middlewares)
        errors = {thing for thing in found if isinstance(thing, type)}
        uses = {thing for thing in found if isinstance(thing, str)}
        return Reached(tuple(sorted(errors, key=lambda error: error.code)), frozenset(uses))

    def _route(self, function: FunctionType, middlewares: Iterable[MethodType]) -> Found:
        checks = [(one.__func__, type(one.__self__)) for one in middlewares if self._is_ours(one)]
        found = (self._function(check, owner) for check, owner in checks if isinstance(check, FunctionType))
        return self._function(function, None).union(*found)

    def _is_ours(self, thing: Any) -> bool:
        return str(getattr(thing, "__module__", "")).partition(".")[0] in self._packages

    def _function(self, function: FunctionType, owner: type | None) -> Found:
        if function not in self._known:
            self._known[function] = NOTHING  # while it is looked at, for recursion
            tree = _tree(function)
            scope = _Scope(function.__globals__, owner, _local_imports(tree))
            body = tree.body if isinstance(tree, ast.FunctionDef) else [tree]
            self._known[function] = self._all(body, scope)
        return self._known[function]

    def _all(self, nodes: Iterable[ast.AST], scope: "_Scope") -> Found:
        return frozenset().union(*(self._node(node, scope) for node in nodes))

    def _node(self, node: ast.AST, scope: "_Scope") -> Found:
        if isinstance(node, ast.Try):
            return self._try(node, scope)
        if isinstance(node, ast.Constant) and node.value in HEADERS:
            return frozenset({node.value})
        if isinstance(node, ast.Name) and node.id in {"self", "cls"}:
            return NOTHING
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._reference(node, scope)
        return self._implied(node, scope) | self._all(_without_annotations(node), scope)

    def _implied(self, node: ast.AST, scope: "_Scope") -> Found:
        """What no name in the code calls."""
        if isinstance(node, ast.With):
            return self._ends(node, scope)
        if isinstance(node, ast.Call) and scope.resolve(node.func)[0] is revise:
            return self._revised(node, scope)
        return NOTHING

    def _try(self, node: ast.Try, scope: "_Scope") -> Found:
        """What the handlers catch goes no further, unless they raise it again."""
        found = self._all(node.body, scope)
        for handler in node.handlers:
            if not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(handler)):
                caught = tuple(scope.classes(handler.type))
                found = frozenset(
                    thing for thing in found if not (isinstance(thing, type) and issubclass(thing, caught))
                )
        handled = self._all([inner for handler in node.handlers for inner in handler.body], scope)
        return found | handled | self._all([*node.orelse, *node.finalbody], scope)

    def _ends(self, node: ast.With, scope: "_Scope") -> Found:
        """What happens when the block is left."""
        made = (item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call))
        kinds = (scope.resolve(call.func)[0] for call in made)
        ends = ((kind, vars(kind).get("__exit__")) for kind in kinds if isinstance(kind, type) and self._is_ours(kind))
        return frozenset().union(*(self._function(end, kind) for kind, end in ends if isinstance(end, FunctionType)))

    def _reference(self, node: ast.Name | ast.Attribute, scope: "_Scope") -> Found:
        thing, owner = scope.resolve(node)
        if isinstance(node, ast.Attribute) and isinstance(records := scope.resolve(node.value)[0], Records):
            return self._of_records(records, node.attr) | self._function(thing, owner)
        if thing is None:
            return self._unresolved(node, scope) if isinstance(node, ast.Attribute) else NOTHING
        if isinstance(thing, FunctionType) and self._is_ours(thing):
            used = frozenset({thing.__name__}) if thing.__module__ == Exchange.__module__ else NOTHING
            return used | self._function(thing, owner)
        if isinstance(thing, type) and self._is_ours(thing):
            return self._class(thing)
        return NOTHING

    def _of_records(self, records: Records[Any], name: str) -> Found:
        """What one kind of records says when nothing is there."""
        is_said = name in {"get", "existing"} and issubclass(records.missing, StadionError)
        return frozenset({records.missing}) if is_said else NOTHING

    def _revised(self, node: ast.Call, scope: "_Scope") -> Found:
        """What is revised must be there."""
        place = node.args[0]
        named = place.func.value if isinstance(place, ast.Call) and isinstance(place.func, ast.Attribute) else place
        records = scope.resolve(named)[0]
        return self._of_records(records, "get") if isinstance(records, Records) else NOTHING

    def _unresolved(self, node: ast.Attribute, scope: "_Scope") -> Found:
        """A method of something held in a variable: any live class may be meant that has one of this name."""
        found = self._node(node.value, scope)
        for kind in self._live or ():
            method = _plain(vars(kind).get(node.attr))
            if isinstance(method, FunctionType) and self._is_ours(method):
                found |= self._function(method, kind)
        return found

    def _class(self, kind: type) -> Found:
        if issubclass(kind, StadionError):
            return frozenset({kind}) if hasattr(kind, "code") else NOTHING
        if issubclass(kind, (Enum, BaseException, Exchange)):
            return NOTHING
        self._constructed.add(kind)
        every = self._live is None
        methods = (method for method in _methods(kind) if every or method.__name__ in {"__init__", "__post_init__"})
        return frozenset().union(*(self._function(method, kind) for method in methods))


@dataclass(frozen=True)
class _Scope:
    names: Mapping[str, Any]
    owner: type | None
    imported: Mapping[str, Any]

    def resolve(self, node: ast.AST) -> tuple[Any, type | None]:
        """The function or class behind a name or an attribute chain, and the class that a method belongs to."""
        if isinstance(node, ast.Name):
            return self._name(node.id), None
        if not isinstance(node, ast.Attribute):
            return None, None
        holder, _ = self.resolve(node.value)
        if holder is None:
            return None, None
        if isinstance(holder, ModuleType):
            return getattr(holder, node.attr, None), None
        kind = holder if isinstance(holder, type) else type(holder)
        return _plain(inspect.getattr_static(kind, node.attr, None)), _definer(kind, node.attr)

    def _name(self, name: str) -> Any:
        if name in {"self", "cls"}:
            return self.owner
        return self.imported.get(name, self.names.get(name))

    def classes(self, node: ast.AST | None) -> Iterator[type]:
        if node is None:
            yield Exception
        for part in node.elts if isinstance(node, ast.Tuple) else [node]:
            found = self.resolve(part)[0] if part is not None else None
            if isinstance(found, type):
                yield found
            elif isinstance(part, ast.Name) and part.id == "Exception":
                yield Exception


def _plain(attribute: Any) -> Any:
    """The function behind a property, a class method or a static method."""
    if isinstance(attribute, property):
        return attribute.fget
    if isinstance(attribute, (classmethod, staticmethod)):
        return attribute.__func__
    return attribute.func if isinstance(attribute, cached_property) else attribute


def _definer(kind: type, name: str) -> type | None:
    return next((base for base in kind.__mro__ if name in vars(base)), None)


def _methods(kind: type) -> Iterator[FunctionType]:
    for attribute in vars(kind).values():
        function = _plain(attribute)
        if isinstance(function, FunctionType) and function.__module__ == kind.__module__:
            yield function


@cache
def _tree(function: FunctionType) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except OSError:
        return ast.Pass()  # what dataclasses generate has no source


def _without_annotations(node: ast.AST) -> Iterator[ast.AST]:
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, ast.AST):
                yield inner


def _local_imports(tree: ast.AST) -> dict[str, Any]:
    """Names that a function imports for itself from our packages."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            module = _module(node.module)
            for alias in node.names:
                found[alias.asname or alias.name] = getattr(module, alias.name, None)
    return found


def _module(name: str) -> ModuleType | None:
    import sys

    return sys.modules.get(name)
