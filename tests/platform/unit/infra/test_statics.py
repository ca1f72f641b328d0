"""A constant of the CDK's classes is another object at every access: as a key, or compared, it equals nothing."""

import ast
from collections.abc import Iterator
from importlib import import_module

from infra_cdk.environments import ROOT


def compared(tree: ast.Module) -> Iterator[ast.expr]:
    """Keys, members of sets, what is looked up, and both sides of a comparison."""
    for node in ast.walk(tree):
        match node:
            case ast.Dict():
                yield from filter(None, node.keys)
            case ast.Set():
                yield from node.elts
            case ast.DictComp():
                yield node.key
            case ast.Subscript():
                yield node.slice
            case ast.Compare():
                for one in (node.left, *node.comparators):
                    yield from one.elts if isinstance(one, ast.Tuple | ast.List) else [one]
            case ast.MatchValue():
                yield node.value


def changing(tree: ast.Module) -> list[str]:
    """`Class.NAME` of what is compared and is no enumeration."""
    imported = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("aws_cdk")
        for alias in node.names
    }
    found = []
    for one in compared(tree):
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in imported:
            module, name = imported[one.value.id]
            owner = getattr(import_module(module), name)
            if getattr(owner, one.attr) != getattr(owner, one.attr):
                found.append(f"{name}.{one.attr}")
    return found


def test_no_constant_of_the_cdk_is_a_key_or_compared() -> None:
    files = [*(ROOT / "infra_cdk").rglob("*.py"), *(ROOT / "tests" / "platform" / "unit" / "infra").rglob("*.py")]
    found = {
        path.relative_to(ROOT).as_posix(): changing(ast.parse(path.read_bytes(), filename=str(path))) for path in files
    }

    assert len(found) > 30
    assert {path: names for path, names in found.items() if names} == {}


def test_such_a_constant_is_found_wherever_it_is_compared() -> None:
    head = "from aws_cdk.aws_apigateway import EndpointType, ResponseType\n"
    one = "ResponseType.THROTTLED"
    for text in (
        f"{{{one}: 1}}",
        f"{{{one}}}",
        f"d[{one}]",
        f"{one} in d",
        f"x in ({one},)",
        f"{{{one}: 1 for _ in d}}",
    ):
        assert changing(ast.parse(head + text)) == [one]
    assert changing(ast.parse(f"{head}{{EndpointType.EDGE: 1}}")) == []
