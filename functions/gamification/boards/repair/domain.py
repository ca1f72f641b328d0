"""What is wrong with a board. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    COUNT = "count"
    """A leaf counts other than the entries below it."""
    TOTAL = "total"
    """A node's parent has another total of it."""
    ENTRY = "entry"
    """An entry where its athlete is not, by the scores nor by what was placed last."""


@dataclass(frozen=True)
class Wrong:
    fault: Fault
    prefix: str
    """Of the keys that it is about; of an entry, the digits of its key without the athlete."""
    kept: int
    found: int


@dataclass(frozen=True)
class Checked:
    """A part of a board."""

    entries: int
    nodes: int
    wrong: tuple[Wrong, ...]
    following: str | None
    """Where the next part begins; None: it was the last."""
