"""What a template says and what a service tells, compared."""

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Like:
    """A string that is known in part: most attributes hold at least the name of their resource."""

    pattern: str


def matches(said: Any, found: Any) -> bool:
    """All that was said is there; the service may have added its defaults."""
    match said:
        case Like():
            return isinstance(found, str) and re.fullmatch(said.pattern, found, re.S) is not None
        case dict():
            return isinstance(found, dict) and all(matches(value, found.get(key)) for key, value in said.items())
        case list():
            return isinstance(found, list) and len(found) == len(said) and _each_has_its_own(said, found)
        case bool():
            return str(said).lower() == str(found).lower()
        case int() | float():
            return _is_number(found) and float(said) == float(found)
    return str(said) == str(found)


def _is_number(found: Any) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", str(found)) is not None


def _each_has_its_own(said: list[Any], found: list[Any]) -> bool:
    """In any order: few services keep the template's."""
    left = list(found)
    for one in said:
        its_own = next((n for n, other in enumerate(left) if matches(one, other)), None)
        if its_own is None:
            return False
        left.pop(its_own)
    return True


def pattern_of(value: Any) -> str:
    return value.pattern if isinstance(value, Like) else re.escape(str(value))


def own_tags(tags: Any) -> Any:
    """Without those that CloudFormation adds."""
    match tags:
        case dict():
            return {key: value for key, value in tags.items() if not key.startswith("aws:")}
        case list():
            return [tag for tag in tags if not str(tag.get("Key")).startswith("aws:")]
    return tags
