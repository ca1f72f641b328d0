"""A node of the trie that counts who stands before whom: one slot for each next digit of the key. Pure.

The slot of a leaf counts the entries below it; that of a child has the child's total. A slot says by its version which
is newer. A node's version counts the changes of its total, so that who brings an older total to the parent comes too
late; its revision counts all its changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

LARGEST_LEAF: Final = 128
"""Entries; one more, and it becomes a node."""
ALONE: Final = 256
"""Up to so many on a board, its root is its only node."""
_VERSION_BYTES: Final = 5
_COUNT_BYTES: Final = 4
_SPLIT: Final = 1 << 31


@dataclass(frozen=True)
class Slot:
    version: int
    count: int
    is_split: bool = False
    """Its count is the total of a node of its own."""

    def dump(self) -> bytes:
        counted = self.count | (_SPLIT if self.is_split else 0)
        return self.version.to_bytes(_VERSION_BYTES, "big") + counted.to_bytes(_COUNT_BYTES, "big")

    @classmethod
    def load(cls, raw: bytes) -> "Slot":
        counted = int.from_bytes(raw[_VERSION_BYTES:], "big")
        return cls(int.from_bytes(raw[:_VERSION_BYTES], "big"), counted & ~_SPLIT, bool(counted & _SPLIT))


@dataclass(frozen=True)
class Node:
    """As read. One that is not there has revision 0."""

    board: str
    prefix: str
    revision: int = 0
    version: int = 0
    slots: Mapping[str, Slot] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(slot.count for slot in self.slots.values())

    def before(self, digit: str) -> int:
        """How many stand under a smaller digit."""
        return sum(slot.count for name, slot in self.slots.items() if name < digit)

    def is_split_at(self, digit: str) -> bool:
        return digit in self.slots and self.slots[digit].is_split


def moved(node: Node, new: Mapping[str, Slot]) -> int:
    """By how much the total moves when these slots take the place of what was read."""
    before = sum(node.slots[digit].count for digit in new if digit in node.slots)
    return sum(slot.count for slot in new.values()) - before


def leaf_slot(before: Slot | None, count: int) -> Slot:
    """Counted anew; newer also when it counts the same: who counted earlier must not come after it."""
    return Slot((before.version if before is not None else 0) + 1, count)


def child_of(parent: Node, digit: str, known: Node, next_digits: Iterable[str]) -> Node:
    """The node that takes the place of a leaf: `known` is what was there, of a split that nobody finished.

    Whatever is compared with it later is older: the leaf's slot, and all slots of `known`.
    """
    revision = known.revision + 1
    counts: dict[str, int] = {}
    for one in next_digits:
        counts[one] = counts.get(one, 0) + 1
    slots = {one: Slot(revision, count) for one, count in counts.items()}
    version = max(parent.slots[digit].version, known.version) + 1
    return Node(parent.board, parent.prefix + digit, revision, version, slots)


def is_too_large(slot: Slot, total: int) -> bool:
    return not slot.is_split and slot.count > LARGEST_LEAF and total > ALONE
