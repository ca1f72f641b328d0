"""Use cases: compare a board with its entries, part by part, and count anew what differs, while it is being written."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gamification.boards import counts, order, store
from gamification.boards.domain import BoardId
from gamification.boards.repair.domain import Checked, Fault, Wrong
from gamification.boards.store import Entry, Placed, Scores
from gamification.boards.trie import Node, Slot
from stadion import pagination
from stadion.errors import InvalidCursorError

ENTRIES_AT_ONCE: Final = 1_500
NODES_AT_ONCE: Final = 60
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FILLER: Final = order.DIGITS[0] * 64
"""Makes a key of a prefix, whose leaf is somewhere below it."""
LONGEST_PREFIX: Final = 64


@dataclass(frozen=True)
class _Leaf:
    prefix: str
    slot: Slot


@dataclass
class _Part:
    """Leaves in the order of their keys."""

    leaves: list[_Leaf]
    nodes: int
    wrong: list[Wrong]
    following: str | None


def check(board: BoardId, cursor: str | None = None, *, repairs: bool = False) -> Checked:
    """The part of the board (by its period's own name) that begins at `cursor`. With `repairs`, what is wrong is
    counted anew as the consumer does it, so that nobody who writes meanwhile is in the way. Differences of the moment,
    of what is being written just now, are looked at twice. `InvalidCursorError`."""
    start = _start(board, cursor)
    part = _part(board, start)
    wrong, entries = [*part.wrong, *(_forgotten(board) if not start else ())], 0
    for leaves in _by_octave(part.leaves):
        found = _read(board, leaves, start, part.following)
        entries += len(found)
        wrong += _counted(leaves, found)
        orphans = _orphans(board, found)
        wrong += map(_orphan, orphans)
        if repairs and orphans:
            store.write_entries((), orphans)
            counts.recount({(one.board, one.key) for one in orphans})
    sure = [one for one in wrong if one.fault is Fault.ENTRY or _is_still_wrong(board, one)]
    if repairs:
        _repair(board, sure)
    return Checked(entries, part.nodes, tuple(sure), _cursor(board, part.following))


def _start(board: BoardId, cursor: str | None) -> str:
    """The digits with which the part begins."""
    told = pagination.decode(cursor, _scope(board))
    if told is None:
        return ""
    digits = told.get("start", {}).get("S", "") if isinstance(told.get("start"), dict) else ""
    if not isinstance(digits, str) or not 0 < len(digits) <= LONGEST_PREFIX or not {*digits} <= {*order.DIGITS}:
        raise InvalidCursorError
    return digits


def _cursor(board: BoardId, following: str | None) -> str | None:
    return pagination.encode({"start": {"S": following}}, _scope(board)) if following is not None else None


def _scope(board: BoardId) -> str:
    return pagination.fingerprint("board-check", str(board))


# --- what the nodes say ---------------------------------------------------------------------------------------------


def _part(board: BoardId, start: str) -> _Part:
    part, entries = _Part([], 0, [], None), 0
    for leaf in _leaves(board, "", start, part):
        if entries >= ENTRIES_AT_ONCE or part.nodes >= NODES_AT_ONCE:
            part.following = leaf.prefix
            break
        part.leaves.append(leaf)
        entries += leaf.slot.count
    return part


def _leaves(board: BoardId, prefix: str, start: str, part: _Part) -> Iterator[_Leaf]:
    """From `start` on, in their order; children whose total their parent has otherwise are noted on the way."""
    node = _node(board, prefix)
    part.nodes += 1
    for digit, slot in sorted(node.slots.items()):
        below = prefix + digit
        if below < start[: len(below)]:
            continue
        if not slot.is_split:
            yield _Leaf(below, slot)
            continue
        child = _node(board, below)
        if (child.version, child.total) != (slot.version, slot.count):
            part.wrong.append(Wrong(Fault.TOTAL, below, slot.count, child.total))
        yield from _leaves(board, below, start, part)


def _node(board: BoardId, prefix: str) -> Node:
    return store.read_nodes([(str(board), prefix)])[str(board), prefix]


def _forgotten(board: BoardId) -> Iterator[Wrong]:
    """Octaves that the root does not know, and somebody is in."""
    known = _node(board, "").slots
    for octave in order.DIGITS[: order.OCTAVES]:
        if octave not in known and (found := store.count_under(str(board), octave)):
            yield Wrong(Fault.COUNT, octave, 0, found)


# --- what the entries say -------------------------------------------------------------------------------------------


def _by_octave(leaves: Sequence[_Leaf]) -> Iterator[list[_Leaf]]:
    for octave in sorted({leaf.prefix[0] for leaf in leaves}):
        yield [leaf for leaf in leaves if leaf.prefix[0] == octave]


def _read(board: BoardId, leaves: Sequence[_Leaf], start: str, following: str | None) -> list[Entry]:
    """Also what is between the leaves, where no slot is."""
    octave = leaves[0].prefix[0]
    last = following[1:] if following is not None and following[0] == octave else store.ALL[1]
    first = start[1:] if start and start[0] == octave else ""
    return store.entries(str(board), octave, (first or store.ALL[0], last or store.ALL[1]), consistent=True)


def _counted(leaves: Sequence[_Leaf], found: Sequence[Entry]) -> Iterator[Wrong]:
    prefixes = [leaf.prefix for leaf in leaves]
    counted = dict.fromkeys(prefixes, 0)
    lost: dict[str, int] = {}
    for entry in found:
        at = bisect_right(prefixes, entry.key) - 1
        if at >= 0 and entry.key.startswith(prefixes[at]):
            counted[prefixes[at]] += 1
        else:
            digits = entry.key.partition("#")[0]
            lost[digits] = lost.get(digits, 0) + 1
    for leaf in leaves:
        if counted[leaf.prefix] != leaf.slot.count:
            yield Wrong(Fault.COUNT, leaf.prefix, leaf.slot.count, counted[leaf.prefix])
    yield from (Wrong(Fault.COUNT, digits, 0, many) for digits, many in lost.items())


def _orphans(board: BoardId, found: Sequence[Entry]) -> list[Entry]:
    """By what was placed last; those that this does not name, by the scores as well, as they are now."""
    period = board.span
    users = {entry.key: order.read(entry.key, period).user_id for entry in found}
    placed = store.placed((user_id, period.name) for user_id in users.values())

    def is_placed(entry: Entry, known: Placed | None) -> bool:
        return known is not None and known.keys.get(board.key) == entry.key

    doubtful = [entry for entry in found if not is_placed(entry, placed[users[entry.key], period.name])]
    return [entry for entry in doubtful if not _is_meant(board, entry, users[entry.key])]


def _is_meant(board: BoardId, entry: Entry, user_id: str) -> bool:
    """Its scores, or what was placed, name it: the consumer is at it."""
    period = board.span
    scores = store.SCORES.find(user_id, period.name) or Scores()
    known = store.PLACED.find(user_id, period.name)
    score, reached = scores.scores.get(board.key, (0, 0))
    named = {known.keys.get(board.key)} if known is not None else set()
    if score > 0 and scores.is_on:
        named.add(order.key_of(min(score, order.MOST), EPOCH + timedelta(milliseconds=reached), period, user_id))
    return entry.key in named


def _orphan(entry: Entry) -> Wrong:
    return Wrong(Fault.ENTRY, entry.key.partition("#")[0], 0, 1)


# --- again, and repaired --------------------------------------------------------------------------------------------


def _is_still_wrong(board: BoardId, wrong: Wrong) -> bool:
    """Slots and entries are not read in one moment."""
    node = _node(board, wrong.prefix[:-1])
    slot = node.slots.get(wrong.prefix[-1])
    if wrong.fault is Fault.TOTAL:
        child = _node(board, wrong.prefix)
        return slot is not None and slot.is_split and (child.version, child.total) != (slot.version, slot.count)
    if slot is None or not slot.is_split:
        return store.count_under(str(board), wrong.prefix) != (slot.count if slot is not None else 0)
    return False


def _repair(board: BoardId, wrong: Sequence[Wrong]) -> None:
    for one in wrong:
        if one.fault is Fault.TOTAL:
            store.renew_node(_node(board, one.prefix))
    counts.recount({(str(board), one.prefix + FILLER) for one in wrong if one.fault is not Fault.ENTRY})
