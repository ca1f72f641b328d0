"""Use cases: where somebody stands, and a page of a board.

A rank is one more than there are better scores. Those are counted by the nodes on the way to the athlete's leaf, and of
the leaf itself by its entries: three requests, whatever the board's size and however many have the same score.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from gamification.boards import order, store, trie
from gamification.boards.domain import BoardId, BoardPage, Row, Standing
from gamification.boards.store import Entry, Placed, Raw
from gamification.boards.trie import Node
from stadion import pagination
from stadion.errors import InvalidCursorError

MOST_REQUESTS: Final = 5
"""Of a page of a large board: the top comes shorter rather than with more, and its cursor goes on."""
LARGE: Final = 5_000
"""Athletes. A smaller board has its octaves read one by one, each for half a read unit."""
DEEPER: Final = 1
"""Levels that may have come since the athlete was placed."""
MOVED_MEANWHILE: Final = 8
"""Entries read beside those that the nodes speak of."""
LONGEST_NUMBER: Final = 12
MOST_ALIKE: Final = 1_000
"""With one score reached in one moment, whom a cursor passes over."""
END: Final = "#"
"""Of the digits of a key; the athlete follows."""


def rank(user_id: str, board: BoardId) -> Standing | None:
    """In at most 3 requests and 6 read units; None: not on the board. `board` by its period's own name (`at`)."""
    look = _Look.at(board, user_id)
    if look.key is None:
        return None
    look.read_path(look.key)
    leaf = look.leaf_of(look.key)
    before = [one.key for one in _between(look, leaf, look.key)]
    return _standing(look, user_id, leaf, before)


def page(
    board: BoardId, user_id: str | None = None, *, limit: int = 100, cursor: str | None = None, around: int = 5
) -> BoardPage:
    """In at most 6 requests and 20 read units. `InvalidCursorError`."""
    after = _position(board, cursor)
    look = _Look.at(board, user_id)
    near = _Near.at(look, user_id, look.key, around) if user_id is not None and look.key is not None else None
    left = max(1, MOST_REQUESTS - look.requests - (near.below if near is not None else 0))
    if near is not None and (after is not None or not near.is_covered(min(limit, look.in_octaves(left)))):
        left = max(1, left - near.above)
    rows, following = _top(look, after, limit, most_octaves=left)
    found = near.rows(rows if after is None else ()) if near is not None else ()
    return BoardPage(board, rows, following, near.me if near is not None else None, found, look.root.total, look.as_of)


# --- what is known of a board ---------------------------------------------------------------------------------------


@dataclass
class _Look:
    """What was read of a board's trie, and where the athlete's entry is."""

    board: BoardId
    key: str | None
    depth: int
    as_of: datetime | None
    nodes: dict[str, Node] = field(default_factory=dict)
    requests: int = 1

    @classmethod
    def at(cls, board: BoardId, user_id: str | None) -> "_Look":
        """One request: the root, the athlete's place, how fresh it is."""
        keys = [store.node_key(str(board), ""), store.freshness_key()]
        if user_id is not None:
            keys.append(store.place_key(user_id, board.period))
        items = store.read_items(keys, consistent=False)
        root = store.node_of(str(board), "", _find(items, keys[0]))
        placed = store.placed_of(_find(items, keys[2])) if user_id is not None else None
        key, depth = _placed_on(board, placed)
        return cls(board, key, depth, store.as_of(items), {"": root})

    @property
    def root(self) -> Node:
        return self.nodes[""]

    @property
    def octaves(self) -> list[str]:
        """In which somebody is."""
        return sorted(octave for octave, slot in self.root.slots.items() if slot.count)

    def in_octaves(self, count: int) -> int:
        """How many are in the first ones."""
        return sum(self.root.slots[octave].count for octave in self.octaves[:count])

    def entries(self, octave: str, between: tuple[str, str] = store.ALL, **how: Any) -> list[Entry]:
        self.requests += 1
        return store.entries(str(self.board), octave, between, **how)

    def read_path(self, key: str) -> None:
        """The nodes down to the leaf of the key, and the octave before, where neighbours may be; in one request, unless
        the board grew by far since the key was placed."""
        deepest = self.depth + DEEPER
        while self.is_open(key):
            before = [octave for octave in self.octaves if octave < key[0]][-1:]
            self.read({*(key[:length] for length in range(1, deepest)), *before})
            deepest += 2

    def read(self, prefixes: Iterable[str]) -> None:
        missing = [(str(self.board), prefix) for prefix in sorted({*prefixes} - self.nodes.keys())]
        if missing:
            self.requests += 1
            found = store.read_nodes(missing, consistent=False)
            self.nodes |= {prefix: node for (_, prefix), node in found.items()}

    def is_open(self, key: str) -> bool:
        """The leaf is below what was read."""
        return self.leaf_of(key) not in self.nodes and self._parent(key).is_split_at(self.leaf_of(key)[-1])

    def _parent(self, key: str) -> Node:
        return self.nodes[self.leaf_of(key)[:-1]]

    def leaf_of(self, key: str) -> str:
        """Its prefix, as far as nodes are known."""
        for length, digit in enumerate(key):
            node = self.nodes[key[:length]]
            if not node.is_split_at(digit) or key[: length + 1] not in self.nodes:
                return key[: length + 1]
        return key

    def before(self, prefix: str) -> int:
        """How many stand before all that begin so, by the nodes that are known."""
        return sum(
            self.nodes[prefix[:length]].before(digit)
            for length, digit in enumerate(prefix)
            if prefix[:length] in self.nodes
        )


def _find(items: Sequence[Raw], key: Raw) -> Raw | None:
    return next((item for item in items if (item["pk"], item["sk"]) == (key["pk"], key["sk"])), None)


def _placed_on(board: BoardId, placed: Placed | None) -> tuple[str | None, int]:
    if placed is None or board.key not in placed.keys:
        return None, 0
    return placed.keys[board.key], placed.depths.get(board.key, 1)


# --- one athlete ----------------------------------------------------------------------------------------------------


def _between(look: _Look, leaf: str, key: str) -> list[Entry]:
    """Those of the leaf that stand before the key."""
    found = look.entries(leaf[0], (leaf[1:] or store.ALL[0], key[1:]))
    return [one for one in found if one.key < key]


def _standing(look: _Look, user_id: str, leaf: str, before: Sequence[str]) -> Standing:
    """`before`: the keys of its leaf that stand before the athlete's."""
    key = look.key or ""
    told = order.read(key, look.board.span)
    better = _better(look, key, leaf, before)
    position = look.before(leaf) + len(before) + 1
    return Standing(
        board=look.board,
        user_id=user_id,
        score=told.score,
        reached=told.reached,
        rank=better + 1,
        position=position,
        total=max(look.root.total, position),
        as_of=look.as_of,
    )


def _better(look: _Look, key: str, leaf: str, before: Sequence[str]) -> int:
    """How many have more. Of a leaf that holds several scores, its entries say it."""
    score = key[: order.score_digits(key)]
    if len(leaf) > len(score):
        return look.before(score)
    return look.before(leaf) + sum(not one.startswith(score) for one in before)


# --- and their neighbours -------------------------------------------------------------------------------------------


@dataclass
class _Near:
    """The athlete's leaf, and what stands beside it. What that does not hold is taken from the top, or asked for."""

    look: _Look
    me: Standing
    mine: Entry
    around: int
    start: str
    """The beginning of what was read before the athlete."""
    before: list[Entry]
    after: list[Entry]

    @classmethod
    def at(cls, look: _Look, user_id: str, key: str, around: int) -> "_Near":
        look.read_path(key)
        leaf = look.leaf_of(key)
        start, count = _window(look, leaf, around)
        between = (start[1:] or store.ALL[0], store.ALL[1])
        found = look.entries(key[0], between, limit=count + around + MOVED_MEANWHILE)
        before, after = [one for one in found if one.key < key], [one for one in found if one.key > key]
        me = _standing(look, user_id, leaf, [one.key for one in before if one.key.startswith(leaf)])
        mine = next((one for one in found if one.key == key), Entry(str(look.board), key))
        return cls(look, me, mine, around, start, before, after)

    @property
    def above(self) -> int:
        """Requests for those above, unless the top has them."""
        return len(self._octaves_above()) + 1 if self._lacks_above else 0

    @property
    def below(self) -> int:
        return len(self._octaves_below())

    def is_covered(self, top: int) -> bool:
        """By so many rows of the top."""
        return self.me.position - 1 <= top

    def rows(self, top: Sequence[Row]) -> tuple[Row, ...]:
        below = list(self.after[: self.around])
        for octave in self._octaves_below():
            below += self.look.entries(octave, limit=self.around - len(below))
        if self._lacks_above and self.is_covered(len(top)):
            above = top[max(0, self.me.position - 1 - self.around) : self.me.position - 1]
            return (*above, *_rows(self.look.board, [self.mine, *below], self.me.position, self.me.rank))
        if self._lacks_above:
            self._read_above()
        above_ = self.before[-self.around :] if self.around else []
        first = self._rank_of(above_[0].key) if above_ else self.me.rank
        return _rows(self.look.board, [*above_, self.mine, *below], self.me.position - len(above_), first)

    @property
    def _lacks_above(self) -> int:
        return max(0, min(self.around, self.me.position - 1) - len(self.before))

    def _octaves_above(self) -> list[str]:
        """Nearest first, until they have enough."""
        found, lacking, octave = [], self._lacks_above, self.mine.key[0]
        here = self.look.before(self.start) - self.look.root.before(octave)
        counts = {octave: here} | {one: self.look.root.slots[one].count for one in self.look.octaves if one < octave}
        for one in sorted(counts, reverse=True):
            if lacking > 0 and counts[one] > 0:
                found.append(one)
                lacking -= counts[one]
        return found

    def _octaves_below(self) -> list[str]:
        found = []
        lacking = min(self.around, self.me.total - self.me.position) - len(self.after)
        for octave in self.look.octaves:
            if octave > self.mine.key[0] and lacking > 0:
                found.append(octave)
                lacking -= self.look.root.slots[octave].count
        return found

    def _read_above(self) -> None:
        """And so many more as a leaf may hold: then its ranks need no request."""
        for octave in self._octaves_above():
            last = self.start[1:] if octave == self.start[0] else store.ALL[1]
            limit = self.around + trie.LARGEST_LEAF
            more = self.look.entries(octave, (store.ALL[0], last), limit=limit, backwards=True)
            self.before = [*reversed(more), *self.before]

    def _rank_of(self, key: str) -> int:
        """Of somebody above: the athlete's own for the same score; else by the nodes down to that score, and by the
        entries of a leaf that it shares with better ones."""
        look, score = self.look, key[: order.score_digits(key)]
        if self.mine.key.startswith(score):
            return self.me.rank
        while look.is_open(score) and len(leaf := look.leaf_of(score)) < len(score):
            look.read({score[:length] for length in range(len(leaf), len(score))})
        leaf = look.leaf_of(score)
        if len(leaf) == len(score):
            return look.before(score) + 1
        read = [one.key for one in self.before if one.key.startswith(leaf)]
        if leaf < self.start and len(read) < look.nodes[leaf[:-1]].slots[leaf[-1]].count:
            read = [one.key for one in _between(look, leaf, score)]
        return look.before(leaf) + sum(one < score for one in read) + 1


def _window(look: _Look, leaf: str, around: int) -> tuple[str, int]:
    """From which prefix of the same octave the leaf and enough of its neighbours above are read, and how many these
    are."""
    node, start, above = look.nodes[leaf[:-1]], leaf, 0
    mine = node.slots.get(leaf[-1])
    count = mine.count if mine is not None else 0
    if len(leaf) == 1:
        return start, count
    for digit in sorted((one for one in node.slots if one < leaf[-1]), reverse=True):
        if above >= around or node.slots[digit].is_split:
            break
        start, above = leaf[:-1] + digit, above + node.slots[digit].count
    return start, count + above


def _rows(board: BoardId, entries: Sequence[Entry], position: int, rank_: int) -> tuple[Row, ...]:
    """`position` and `rank_` are the first one's."""
    rows: list[Row] = []
    for number, entry in enumerate(entries, position):
        told = order.read(entry.key, board.span)
        if not rows or rows[-1].score != told.score:
            rank_ = rank_ if not rows else number
        rows.append(Row(told.user_id, entry.name, told.score, told.reached, rank_, number))
    return tuple(rows)


# --- the top --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Position:
    """The last row that was shown. Whoever has the cursor can read it: it names no athlete."""

    digits: str
    """Of its key."""
    alike: int
    """How many have these digits, up to it: who came to the same score in the same moment."""
    position: int
    rank: int


def _top(look: _Look, after: _Position | None, limit: int, *, most_octaves: int) -> tuple[tuple[Row, ...], str | None]:
    octaves = [one for one in look.octaves if after is None or one >= after.digits[0]]
    found: list[Entry] = []
    read = octaves[:most_octaves] if look.root.total > LARGE else octaves
    for octave in read:
        found += _octave_after(look, octave, after, limit + 1 - len(found))
        if len(found) > limit:
            break
    rows = _rows_after(look.board, found[:limit], after)
    goes_on = len(found) > limit or len(octaves) > len(read)
    if not goes_on or not rows:
        return rows, None
    return rows, _cursor(look.board, _last(found[:limit], rows[-1], after))


def _octave_after(look: _Look, octave: str, after: _Position | None, limit: int) -> list[Entry]:
    if after is None or octave != after.digits[0]:
        return look.entries(octave, limit=limit)
    found = look.entries(octave, (after.digits[1:] + END, store.ALL[1]), limit=limit + after.alike)
    shown = sum(_digits(one) == after.digits for one in found[: after.alike])
    return found[shown:][:limit]


def _last(found: Sequence[Entry], row: Row, after: _Position | None) -> _Position:
    digits = _digits(found[-1])
    before = after.alike if after is not None and after.digits == digits else 0
    return _Position(digits, before + sum(_digits(one) == digits for one in found), row.position, row.rank)


def _digits(entry: Entry) -> str:
    return entry.key.partition(END)[0]


def _rows_after(board: BoardId, entries: Sequence[Entry], after: _Position | None) -> tuple[Row, ...]:
    if after is None or not entries:
        return _rows(board, entries, 1, 1)
    period = board.span
    same = order.read(entries[0].key, period).score == order.read(after.digits, period).score
    return _rows(board, entries, after.position + 1, after.rank if same else after.position + 1)


def _cursor(board: BoardId, last: _Position) -> str | None:
    """None: more than anybody turns pages over came to one score in one moment."""
    if last.alike > MOST_ALIKE:
        return None
    return pagination.encode({name: {"S": str(one)} for name, one in vars(last).items()}, _scope(board))


def _position(board: BoardId, cursor: str | None) -> _Position | None:
    told = pagination.decode(cursor, _scope(board))
    if told is None:
        return None
    try:
        digits, numbers = told["digits"]["S"], [told[name]["S"] for name in ("alike", "position", "rank")]
        if END in digits or any(len(number) > LONGEST_NUMBER for number in numbers):
            raise InvalidCursorError
        alike, position, rank_ = (int(number) for number in numbers)
        order.read(digits, board.span)
    except (KeyError, ValueError, IndexError, OverflowError) as error:
        raise InvalidCursorError from error
    if not 0 < rank_ <= position or not 0 < alike <= MOST_ALIKE:
        raise InvalidCursorError
    return _Position(digits, alike, position, rank_)


def _scope(board: BoardId) -> str:
    return pagination.fingerprint("board", str(board))
