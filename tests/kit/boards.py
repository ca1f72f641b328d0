"""Boards under test: scores go in as images of the stream, and everything that is answered is compared with a sort."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gamification.boards import placement, rank, store, trie
from gamification.boards.domain import BoardId, Period
from gamification.boards.placement import Image
from gamification.boards.scores import milliseconds
from gamification.boards.store import Scores

NOW = datetime(2026, 12, 2, 12, tzinfo=UTC)
BOARD = BoardId.parse("global.all.xp.2026-W49")


@contextmanager
def small_leaves(largest: int = 3, alone: int = 6) -> Iterator[None]:
    """So that a few athletes make a deep trie."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trie, "LARGEST_LEAF", largest)
        patch.setattr(trie, "ALONE", alone)
        yield


@dataclass
class Truth:
    """What a board is to say: each athlete's score and moment, and how often it was written."""

    board: BoardId = BOARD
    scores: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)

    @property
    def period(self) -> Period:
        return self.board.span

    def image(self, user_id: str, score: int, at: datetime = NOW, **shown: Any) -> Image:
        """Of a write that is true from now on."""
        self.revisions[user_id] = self.revisions.get(user_id, 0) + 1
        self.scores[user_id] = (score if shown.get("is_on", True) else 0, at)
        kept = Scores(**shown, scores={self.board.key: (score, milliseconds(at))}, kept_until=self.period.kept_until)
        return Image(user_id, self.period, self.revisions[user_id], kept, NOW)

    def gone(self, user_id: str) -> Image:
        self.revisions[user_id] = 0
        self.scores.pop(user_id, None)
        return Image(user_id, self.period, 0, None, NOW)

    def rows(self) -> list[tuple[str, int, int]]:
        """Athlete, score, rank: by a sort of all."""
        taking_part = [(user_id, *one) for user_id, one in self.scores.items() if one[0] > 0]
        ordered = sorted(taking_part, key=lambda one: (-one[1], one[2], one[0]))
        ranks: dict[int, int] = {}
        return [(user, score, ranks.setdefault(score, number)) for number, (user, score, _) in enumerate(ordered, 1)]


def place(*images: Image, now: datetime = NOW + timedelta(seconds=1)) -> int:
    return placement.place(images, now)


def check(truth: Truth, *, limit: int = 4, around: int = 2) -> None:
    """All that is read of a board is exact: each rank, each page, each athlete's neighbours."""
    expected = truth.rows()
    listed: list[tuple[str, int, int]] = []
    cursor = None
    while True:
        found = rank.page(truth.board, limit=limit, cursor=cursor)
        assert len(found.rows) <= limit
        assert [row.position for row in found.rows] == list(range(len(listed) + 1, len(listed) + len(found.rows) + 1))
        listed += [(row.user_id, row.score, row.rank) for row in found.rows]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert listed == expected
    for number, (user_id, score, rank_) in enumerate(expected):
        me = rank.rank(user_id, truth.board)
        assert me is not None, user_id
        assert (me.score, me.rank, me.position, me.total) == (score, rank_, number + 1, len(expected)), user_id
        found = rank.page(truth.board, user_id, limit=1, around=around)
        assert found.me == me
        near = [(row.user_id, row.score, row.rank) for row in found.around]
        assert near == expected[max(0, number - around) : number + around + 1], user_id
    for user_id, (score, _) in truth.scores.items():
        if score <= 0:
            assert rank.rank(user_id, truth.board) is None


def sums(items: Sequence[Mapping[str, Any]], board: BoardId = BOARD) -> None:
    """Every slot counts what is below it, and no node is larger than a kilobyte."""
    keys = [
        item["pk"]["S"].rpartition("#")[2] + item["sk"]["S"]
        for item in items
        if item["pk"]["S"].startswith(f"BOARD#{board}#")
    ]
    nodes = {item["pk"]["S"].rpartition(f"{board}#")[2]: item for item in items if item["sk"]["S"] == store.NODE}

    def walk(prefix: str) -> None:
        node = store.node_of(str(board), prefix, dict(nodes[prefix]))
        for digit, slot in node.slots.items():
            assert slot.count == sum(key.startswith(prefix + digit) for key in keys), prefix + digit
            if slot.is_split:
                walk(prefix + digit)

    if nodes:
        walk("")
