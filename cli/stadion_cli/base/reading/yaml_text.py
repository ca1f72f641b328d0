"""YAML as people write it: by the core schema of YAML 1.2, in which `no`, `22:00` and `2026-12-01` are words."""

import re
from functools import cache
from importlib import import_module
from typing import Any, Final

from stadion_cli.base.errors import UsageError
from stadion_cli.base.reading.unreadable import KeyTwiceError, UnreadableError

MOST_VALUES: Final = 100_000
"""Aliases counted as often as they are named."""
TAG: Final = "tag:yaml.org,2002:"
MEANINGS: Final = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"0|-?[1-9][0-9]*", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", "-0123456789"),
    ("merge", r"<<", "<"),
)
"""What a plain scalar means, by shape and first characters; an integer before a float. A number is one of JSON: an
article's 0123 stays text."""


def read(text: str) -> Any:
    """UnreadableError."""
    yaml = _yaml()
    try:
        found = yaml.load(text, _loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise UnreadableError(f"it is not YAML: {error.problem}.", mark.line + 1 if mark else None) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableError(f"it is not YAML: {error}") from error
    if _size(found, {}) > MOST_VALUES:
        raise UnreadableError(f"with its aliases it holds more than {MOST_VALUES} values.")
    return found


def _yaml() -> Any:
    try:
        return import_module("yaml")
    except ImportError as error:
        raise UsageError("Reading YAML takes PyYAML.", hint="pip install PyYAML, or write JSON") from error


@cache
def _loader() -> Any:
    safe: Any = _yaml().SafeLoader

    class Loader(safe):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way

        def compose_mapping_node(self, anchor: str | None) -> Any:
            node = super().compose_mapping_node(anchor)
            _refuse_repetition(node.value)
            return node

    for name, shape, first in MEANINGS:
        Loader.add_implicit_resolver(TAG + name, re.compile(rf"^(?:{shape})$"), list(first))
    return Loader


def _refuse_repetition(pairs: list[Any]) -> None:
    """Of what the object itself says; what `<<` brings in may be overridden."""
    seen: set[str] = set()
    for key, _ in pairs:
        if isinstance(key.value, str) and key.value in seen:
            raise KeyTwiceError(key.value, key.start_mark.line + 1)
        if isinstance(key.value, str):
            seen.add(key.value)


def _size(value: Any, known: dict[int, int]) -> int:
    """How many values there are in it, aliases counted as often as they are named."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        known[id(value)] = MOST_VALUES + 1  # while it is being counted: an alias of itself has no end
        inside = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(one, known) for one in inside)
    return known[id(value)]
