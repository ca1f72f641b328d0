"""Ranks and pages equal a sort of all scores, whatever happens to the consumer."""

import base64
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.boards import placement, rank
from gamification.boards.domain import BoardId
from gamification.boards.placement import Image
from stadion.errors import InvalidCursorError
from tests.kit.boards import BOARD, NOW, Truth, check, place, small_leaves, sums
from tests.kit.interleaving import ORDERS, interleaved
from tests.kit.memory import Memory, memory
from tests.kit.size import SEED, examples, sized

MINUTE = timedelta(minutes=1)
SCORES = st.integers(0, 6) | st.integers(0, 5000)
MOVES = st.lists(
    st.tuples(st.integers(0, 24), SCORES, st.integers(0, 3)), min_size=1, max_size=sized(small=40, large=200)
)


def test_an_empty_board_says_so() -> None:
    with memory():
        found = rank.page(BOARD, "nobody")
        assert (found.rows, found.me, found.around, found.total, found.next_cursor) == ((), None, (), 0, None)
        assert rank.rank("nobody", BOARD) is None


def test_equal_scores_share_a_rank_and_stand_in_the_order_in_which_they_were_reached() -> None:
    with memory():
        truth = Truth()
        scores = {"a": 10, "b": 20, "c": 20, "d": 5, "e": 0}
        place(
            *(truth.image(user, score, NOW + timedelta(minutes=-n)) for n, (user, score) in enumerate(scores.items()))
        )
        page = rank.page(BOARD, "b")
        assert [(row.user_id, row.rank) for row in page.rows] == [("c", 1), ("b", 1), ("a", 3), ("d", 4)]
        assert page.me is not None
        assert (page.me.rank, page.me.position, page.me.among_equals, page.me.total) == (1, 2, 2, 4)
        assert page.me.percentile == 100.0
        assert page.as_of == NOW
        check(truth)


@given(MOVES, st.lists(st.integers(1, 5), max_size=20), st.randoms(use_true_random=False))
@examples(small=25, large=400)
def test_a_board_equals_a_sort_after_any_batches_and_repeats(
    moves: list[tuple[int, int, int]], sizes: list[int], chance: random.Random
) -> None:
    with memory() as store, small_leaves():
        truth = Truth()
        images = [
            truth.gone(f"u{user}") if score == 5 else truth.image(f"u{user}", score, NOW + timedelta(minutes=minute))
            for user, score, minute in moves
        ]
        for batch in batches(images, sizes):
            place(*batch)
            if chance.random() < 0.3:
                place(*batch)
        check(truth)
        sums(store.items())


def batches(images: list[Image], sizes: list[int]) -> list[list[Image]]:
    found, left = [], list(images)
    for size in sizes:
        found.append(left[:size])
        left = left[size:]
    return [*(batch for batch in found if batch), *([left] if left else [])]


class Crashed(Exception):  # noqa: N818 - what happens
    pass


def crashing(store: Memory, after: int) -> None:
    """The request of that number does not reach the store, and what sent it is no more."""
    left = [after]

    def before(operation: str, request: dict[str, Any]) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Crashed

    store.before = before


@given(MOVES, st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(1, 6))
@examples(small=25, large=400)
def test_a_consumer_that_dies_anywhere_is_mended_by_the_next_delivery(
    moves: list[tuple[int, int, int]], deaths: list[int], size: int
) -> None:
    with memory() as store, small_leaves():
        truth = Truth()
        images = [truth.image(f"u{user}", score, NOW + timedelta(minutes=minute)) for user, score, minute in moves]
        for number, first in enumerate(range(0, len(images), size)):
            batch = images[first : first + size]
            for death in deaths[number % len(deaths) :][:3]:
                crashing(store, death)
                try:
                    place(*batch)
                except Crashed:
                    continue
                finally:
                    store.before = lambda operation, request: None
            place(*batch)
        check(truth)
        sums(store.items())


@given(ORDERS, st.lists(st.tuples(st.integers(0, 11), st.integers(1, 9)), min_size=12, max_size=24))
@examples(small=25, large=400)
def test_consumers_at_the_same_time_lose_nothing(order: list[int], moves: list[tuple[int, int]]) -> None:
    """Three shards, each with athletes of its own, on one board that splits meanwhile."""
    with memory() as store, small_leaves():
        truth = Truth()
        place(*(truth.image(f"u{user}", 1 + user % 3) for user in range(8)))
        shards: dict[int, list[Image]] = {0: [], 1: [], 2: []}
        for user, score in moves:
            shards[user % 3].append(truth.image(f"u{user}", score))
        calls: list[Callable[[], Any]] = [
            lambda images=images: [place(*batch) for batch in batches(images, [2, 1, 3])]  # type: ignore[misc]
            for images in shards.values()
        ]
        interleaved(store, calls, order)
        check(truth)
        sums(store.items())


def test_an_older_image_that_comes_later_moves_nothing() -> None:
    with memory():
        truth = Truth()
        old, new = truth.image("a", 5), truth.image("a", 7)
        place(new)
        place(old)
        check(truth)


def test_the_name_changes_where_the_athlete_stands() -> None:
    with memory():
        truth = Truth()
        place(truth.image("a", 5), truth.image("b", 6))
        place(truth.image("a", 5, name="Anna"))
        assert [(row.user_id, row.name) for row in rank.page(BOARD).rows] == [("b", None), ("a", "Anna")]
        place(truth.image("a", 5))
        assert [row.name for row in rank.page(BOARD).rows] == [None, None]


def test_who_leaves_has_no_entry_and_comes_back_with_what_they_have() -> None:
    with memory() as store:
        truth = Truth()
        place(truth.image("a", 5), truth.image("b", 6))
        place(truth.image("b", 7, is_on=False))
        check(truth)
        assert rank.page(BOARD).total == 1
        place(truth.image("b", 7))
        check(truth)
        sums(store.items())


def test_a_period_that_is_over_for_long_moves_no_more() -> None:
    with memory() as store:
        truth = Truth()
        late = truth.period.kept_until
        assert late is not None
        assert placement.place([truth.image("a", 5)], late) == 0
        assert not [item for item in store.items() if item["pk"]["S"].startswith("BOARD#")]


def test_a_cursor_of_another_board_or_of_nobody_is_refused() -> None:
    with memory():
        truth = Truth()
        place(*(truth.image(f"u{n}", n + 1) for n in range(5)))
        cursor = rank.page(BOARD, limit=2).next_cursor
        assert cursor is not None
        other = BoardId.parse("global.run.xp.2026-W49")
        for board, text in ((other, cursor), (BOARD, cursor[:-3]), (BOARD, "e30")):
            with pytest.raises(InvalidCursorError):
                rank.page(board, cursor=text)


def test_a_cursor_names_nobody_and_goes_on_among_equals_of_one_moment() -> None:
    with memory():
        truth = Truth()
        dice = random.Random(SEED)
        users = [str(UUID(int=dice.getrandbits(128), version=4)) for _ in range(40)]
        place(*(truth.image(user, 1 + number // 20, NOW) for number, user in enumerate(users)))
        found, cursor = list[tuple[str, int]](), None
        while True:
            page = rank.page(BOARD, cursor=cursor, limit=3)
            found += [(row.user_id, row.rank) for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
            told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
            assert not [user for user in users if user[:6] in told]
        best, others = sorted(users[20:]), sorted(users[:20])
        assert found == [(user, 1) for user in best] + [(user, 21) for user in others]


def test_what_a_board_keeps_is_gone_some_time_after_its_period() -> None:
    with memory() as store:
        truth = Truth()
        place(truth.image("a", 5))
        until = truth.period.kept_until
        assert until is not None
        kept = [item for item in store.items() if item["pk"]["S"] != "BOARDS"]
        assert {item["expires_at"]["N"] for item in kept} == {str(int(until.timestamp()))}


@pytest.mark.parametrize("scores", [lambda chance: chance.randint(1, 3), lambda chance: chance.randint(1, 4000)])
def test_some_hundreds_with_the_true_sizes_of_leaves(scores: Callable[[random.Random], int]) -> None:
    chance = random.Random(SEED)
    with memory() as store:
        truth = Truth()
        images = [
            truth.image(f"user-{n:04d}", scores(chance), NOW + timedelta(milliseconds=chance.randint(0, 10**7)))
            for n in range(sized(small=420, large=2000))
        ]
        for first in range(0, len(images), 50):
            place(*images[first : first + 50])
        sums(store.items())
        expected = truth.rows()
        for number in [0, 1, 2, 50, 130, 200, 300, 418, 419]:
            me = rank.rank(expected[number][0], BOARD)
            assert me is not None
            assert (me.score, me.rank, me.position) == (expected[number][1], expected[number][2], number + 1)


def meanwhile(store: Memory, operation: str, do: Callable[[], Any], *, node: str = "NODE#") -> None:
    """Just before the next such request to a node, somebody else does something."""

    def before(asked: str, request: dict[str, Any]) -> None:
        where = request.get("Item", request.get("Key", {})).get("pk", {}).get("S", "")
        if asked == operation and where.startswith(node):
            store.before = lambda operation, request: None
            do()

    store.before = before


def test_who_counted_before_somebody_else_did_counts_again_also_if_it_was_the_same_number() -> None:
    with memory() as store:
        truth = Truth()
        place(*(truth.image(f"u{n}", 8 + n) for n in range(5)))
        gone, comes = truth.gone("u0"), truth.image("new", 9)
        meanwhile(store, "UpdateItem", lambda: place(comes))
        place(gone)
        check(truth)
        sums(store.items())


def test_of_two_who_split_a_leaf_the_later_does_not_bring_back_what_it_counted_earlier() -> None:
    with memory() as store, small_leaves(largest=8, alone=8):
        truth = Truth()
        scores = [64 + n for n in range(0, 64, 8)]
        place(*(truth.image(f"u{n}", score) for n, score in enumerate(scores)))
        ninth, tenth = truth.image("ninth", 65), truth.image("tenth", 127)
        meanwhile(store, "PutItem", lambda: place(tenth))
        place(ninth)
        check(truth)
        sums(store.items())


def test_what_a_try_that_died_left_goes_when_the_batch_comes_with_more() -> None:
    """And where the next image is elsewhere."""
    with memory() as store:
        truth = Truth()
        first = truth.image("a", 5)
        meanwhile(store, "UpdateItem", lambda: crashing(store, 0))
        with pytest.raises(Crashed):
            place(first)
        store.before = lambda operation, request: None
        place(first, truth.image("a", 900))
        check(truth)
        sums(store.items())
