"""What stays the same from run to run of an answer, an event or an item: its fields and the kinds of their values.

A shape is JSON: `{"kinds": [...], "fields": {name: shape}, "items": shape}`, the last two where there are any.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

Shape = dict[str, Any]

MANY: Final = 64
"""An object of more names than these is a table by name, not a record."""
KINDS: Final = (
    ("id", re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.I)),
    ("time", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?~?")),
    ("date", re.compile(r"\d{4}-\d\d(-\d\d)?")),
    ("digits", re.compile(r"[+-]?\d+(\.\d+)?")),
)
LITERAL: Final = re.compile(r"[A-Z][A-Z0-9_]*")
"""A segment of a key that the code wrote, as opposed to a name that somebody chose."""


def of(value: Any) -> Shape:
    match value:
        case None:
            return {"kinds": ["null"]}
        case bool():
            return {"kinds": ["boolean"]}
        case bytes():
            return {"kinds": ["bytes"]}
        case int() | float():
            return {"kinds": ["number"]}
        case str():
            return {"kinds": [kind_of(value)]}
        case list():
            return {"kinds": ["array"]} | ({"items": merged(map(of, value))} if value else {})
        case dict():
            return {"kinds": ["object"], "fields": _fields(value)}
    raise TypeError(type(value))


def _fields(value: dict[str, Any]) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for name, inner in value.items():
        known = name_of(name)
        found[known] = merged([found[known], of(inner)]) if known in found else of(inner)
    return found if len(found) <= MANY else {"<name>": merged(found.values())}


def merged(shapes: Iterable[Shape]) -> Shape:
    """Whatever any of them is."""
    kinds: set[str] = set()
    fields: dict[str, Shape] = {}
    items: list[Shape] = []
    for shape in shapes:
        kinds |= set(shape["kinds"])
        for name, inner in shape.get("fields", {}).items():
            fields[name] = merged([fields[name], inner]) if name in fields else inner
        items += [shape["items"]] if "items" in shape else []
    found: Shape = {"kinds": sorted(kinds)}
    if "object" in kinds:
        found["fields"] = dict(sorted(fields.items()))
    if items:
        found["items"] = merged(items)
    return found


def kind_of(text: str) -> str:
    return next((name for name, pattern in KINDS if pattern.fullmatch(text)), "text")


def name_of(name: str) -> str:
    """A field's name, or what kind of name it is where a field is named by an id, a day, or a key of them."""
    if "#" in name:
        return key_of(name)
    if "@" in name:
        measure, _, when = name.partition("@")
        return f"{measure}@{name_of(when)}"
    kind = kind_of(name)
    return name if kind == "text" else f"<{kind}>"


def key_of(key: str) -> str:
    """`USER#8f14e45f-…` is `USER#<id>`: what the code wrote stays, what people and clocks put in is named."""
    return "#".join(part if LITERAL.fullmatch(part) or not part else f"<{kind_of(part)}>" for part in key.split("#"))


def parsed(value: Any) -> Any:
    """JSON in a string is what it says."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
