"""YAML and JSON as people write them: no key twice in an object, and each complaint with its line.

YAML goes by the core schema of version 1.2, in which `no`, `22:00` and `2026-12-01` are words. In JSON a repeated key
is an error too (RFC 8259 leaves open which of the two holds).
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from json import scanner
from json.decoder import JSONObject  # type: ignore[attr-defined]
from typing import Any, Final

from stadion_cli.base.errors import UsageError

SECOND_DOCUMENT: Final = "but found another document"
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


class UnreadableError(Exception):
    """What is wrong with a text, and in which of its lines, if in one."""

    def __init__(self, said: str, line: int | None = None, *, hint: str = "") -> None:
        self.line = line
        self.hint = hint
        super().__init__(said)


class KeyTwiceError(UnreadableError):
    def __init__(self, key: object, line: int) -> None:
        super().__init__(f"{key} stands there for the second time.", line, hint="keep one of the two")


# --- JSON ---

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]')


def of_json(text: str) -> Any:
    """UnreadableError."""
    try:
        return json.loads(text, cls=_Decoder)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"it is not JSON: {error.msg}.", error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"it is not JSON: {error}") from error


class _Decoder(json.JSONDecoder):
    def __init__(self) -> None:
        super().__init__(parse_constant=_refuse)
        self.parse_object = _object
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]


def _refuse(name: str) -> Any:
    raise ValueError(f"there is no {name} in it.")


def _object(at: tuple[str, int], strict: bool, scan_once: Any, _: Any, __: Any, memo: Any = None) -> Any:
    text, start = at
    pairs, end = JSONObject(at, strict, scan_once, None, list, memo)
    found: dict[str, Any] = {}
    for number, (key, value) in enumerate(pairs):
        if key in found:
            raise KeyTwiceError(key, text.count("\n", 0, _place_of_key(text, start, number)) + 1)
        found[key] = value
    return found, end


def _place_of_key(text: str, start: int, number: int) -> int:
    """Of the object that begins before `start`: where its key of that number stands."""
    depth, before, seen = 0, start, -1
    for token in _TOKEN.finditer(text, start):
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
        elif token[0] == ":" and depth == 0:
            seen += 1
            if seen == number:
                break
        before = token.start()
    return before


# --- YAML ---


def of_yaml(text: str) -> Any:
    """UnreadableError."""
    yaml = _yaml()
    try:
        found = yaml.load(text, _loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else None
        if error.problem == SECOND_DOCUMENT:
            raise UnreadableError("it holds two documents.", line, hint="a file for each; --- parts them") from error
        hint = _hint(text.splitlines()[max(0, mark.line - 1) : mark.line + 1] if mark else [])
        raise UnreadableError(f"it is not YAML: {error.problem}.", line, hint=hint) from error
    except RecursionError as error:
        raise UnreadableError("it is nested too deeply.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableError(f"it is not YAML: {error}") from error
    if _size(found, {}) > MOST_VALUES:
        raise UnreadableError(f"with its aliases it holds more than {MOST_VALUES} values.")
    return found


def _hint(lines: Sequence[str]) -> str:
    """What people write that YAML reads in another way. It complains a line later, at times."""
    if any("\t" in line for line in lines):
        return "spaces, no tabs"
    if any("\u00a0" in line for line in lines):
        return "there is a no-break space in it: type a plain one"
    return "a text that has : { } [ ] * & # or % in it stands in quotes"


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
