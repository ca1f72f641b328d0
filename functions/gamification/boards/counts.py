"""The nodes follow the entries: what was touched is counted anew, and its parents are told.

Nothing is added up. The slot of a leaf is written on the condition that it is as it was read before the count, so the
last one to write it counted after every entry that anybody wrote before their own count. Of a node that changed, the
parent gets the total with its version, never an older one. So repeats, disorder, crashes and others at the same time do
no harm, and the same steps repair whatever they left.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from gamification.boards import store
from gamification.boards.domain import BoardId
from gamification.boards.trie import Node, Slot, child_of, is_too_large, leaf_slot
from stadion.errors import RequestInProgressError
from stadion.retry import CONFLICTS, WriteConflictError

Touched = tuple[str, str]
"""A board, and an entry's key."""
Where = tuple[str, str]
"""A board, and the prefix of a node."""


@dataclass
class _Paths:
    """What the nodes from the roots down to the leaves of some keys were when they were read, and are after a write."""

    nodes: dict[Where, Node] = field(default_factory=dict)
    leaves: dict[Where, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """Node -> digit -> the keys whose leaf that is."""
    failed: set[Touched] = field(default_factory=set)

    def deepest_first(self) -> list[Where]:
        return sorted(self.nodes, key=lambda where: len(where[1]), reverse=True)


def recount(touched: Iterable[Touched]) -> dict[Touched, int]:
    """How many digits lead to the leaf of each. `RequestInProgressError` when others never let it through."""
    left, depths = set(touched), {}
    for _ in CONFLICTS.tries():
        paths = _descend(left)
        _ascend(paths)
        left = paths.failed | _split(paths)
        for (board, prefix), digits in paths.leaves.items():
            depths.update({(board, key): len(prefix) + 1 for keys in digits.values() for key in keys})
        if not left:
            return depths
    raise RequestInProgressError


def _descend(touched: Iterable[Touched]) -> _Paths:
    """A request for each level, of all boards together."""
    paths = _Paths()
    frontier: dict[Where, list[str]] = defaultdict(list)
    for board, key in touched:
        frontier[board, ""].append(key)
    while frontier:
        read = store.read_nodes(frontier)
        paths.nodes |= read
        deeper: dict[Where, list[str]] = defaultdict(list)
        for where, keys in frontier.items():
            for key in keys:
                digit = key[len(where[1])]
                if read[where].is_split_at(digit):
                    deeper[where[0], where[1] + digit].append(key)
                else:
                    paths.leaves[where][digit].append(key)
        frontier = deeper
    return paths


def _ascend(paths: _Paths) -> None:
    """Counts the leaves, and brings each parent what its children are now."""
    children: dict[Where, list[Node]] = defaultdict(list)
    for where in paths.deepest_first():
        node, new = paths.nodes[where], {}
        for digit in paths.leaves.get(where, ()):
            counted = store.count_under(node.board, node.prefix + digit)
            new[digit] = leaf_slot(node.slots.get(digit), counted)
        new |= {child.prefix[-1]: _slot_of(child) for child in children[where] if _is_newer(child, node)}
        if new:
            written = _unless_moved(partial(store.write_slots, node, new, _expires_at(node.board)))
            if written is None:
                paths.failed |= _keys_below(paths, where)
                continue
            node = paths.nodes[where] = written
        if node.prefix:
            children[node.board, node.prefix[:-1]].append(node)


def _slot_of(child: Node) -> Slot:
    return Slot(child.version, child.total, is_split=True)


def _is_newer(child: Node, parent: Node) -> bool:
    return parent.slots[child.prefix[-1]].version < child.version


def _keys_below(paths: _Paths, where: Where) -> set[Touched]:
    board, prefix = where
    return {
        (board, key)
        for (other, place), digits in paths.leaves.items()
        if other == board and place.startswith(prefix)
        for keys in digits.values()
        for key in keys
    }


def _split(paths: _Paths) -> set[Touched]:
    """Leaves that are too large become nodes; answers with the keys of whom all is to be looked at again."""
    again: set[Touched] = set()
    for where, digits in paths.leaves.items():
        for digit, keys in digits.items():
            node = paths.nodes[where]
            slot, total = node.slots.get(digit), paths.nodes[where[0], ""].total
            if slot is None or not is_too_large(slot, total) or (where[0], keys[0]) in paths.failed:
                continue
            after = _unless_moved(partial(_split_one, node, digit))
            if after is None or after.total != node.total:
                again.add((where[0], keys[0]))
            paths.nodes[where] = after or node
    return again


def _unless_moved(write: Callable[[], Node]) -> Node | None:
    """None: somebody came between, and all of it is looked at again."""
    try:
        return write()
    except WriteConflictError:
        return None


def _split_one(node: Node, digit: str) -> Node:
    """First the child, counted after the leaf was read; then the leaf's slot, if nobody wrote to it since."""
    prefix, expires_at = node.prefix + digit, _expires_at(node.board)
    known = store.read_nodes([(node.board, prefix)])[node.board, prefix]
    child = child_of(node, digit, known, store.next_digits(node.board, prefix))
    store.put_node(child, instead_of=known, expires_at=expires_at)
    return store.write_slots(node, {digit: _slot_of(child)}, expires_at)


def _expires_at(board: str) -> int | None:
    until = BoardId.parse(board).span.kept_until
    return int(until.timestamp()) if until is not None else None
