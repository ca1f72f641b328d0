"""Text order is the order of a board."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.boards import order
from gamification.boards.domain import EVER, Period, PeriodKind, period_of

WEEK = period_of(PeriodKind.WEEK, datetime(2026, 12, 1, tzinfo=UTC).date())
YEAR = period_of(PeriodKind.YEAR, datetime(2026, 12, 1, tzinfo=UTC).date())
SCORES = st.integers(1, order.MOST) | st.integers(1, 300)
PERIODS = st.sampled_from((WEEK, YEAR, EVER))


def moments() -> st.SearchStrategy[int]:
    return st.integers(0, 7 * 86_400_000 - 1) | st.integers(0, 60 * 86_400_000)


@given(st.data(), PERIODS)
def test_the_better_and_then_the_earlier_stands_before(data: Any, period: Period) -> None:
    entries = data.draw(st.lists(st.tuples(SCORES, moments(), st.sampled_from("abc")), min_size=2, max_size=6))
    late = period.end - timedelta(days=1)
    found = [(score, late + timedelta(milliseconds=ms), user) for score, ms, user in entries]
    if period.kind is PeriodKind.EVER:
        found = [(score, at - timedelta(days=70), user) for score, at, user in found]
    by_text = sorted(found, key=lambda one: order.key_of(one[0], one[1], period, one[2]))
    # What moves a period that is over is told apart by some milliseconds only.
    coarse = [(-score, at if at < period.end else None) for score, at, _ in by_text]
    assert [score for score, _ in coarse] == sorted(score for score, _ in coarse)
    if all(at is not None for _, at in coarse):
        assert by_text == sorted(found, key=lambda one: (-one[0], one[1], one[2]))


@given(SCORES, st.integers(0, 7 * 86_400_000 - 1), PERIODS)
def test_a_key_is_read_as_it_was_written(score: int, ms: int, period: Period) -> None:
    at = period.start + timedelta(milliseconds=ms)
    assert order.read(order.key_of(score, at, period, "u#1"), period) == order.Ordered(score, at, "u#1")


@given(SCORES, SCORES)
def test_no_score_is_the_beginning_of_another(one: int, other: int) -> None:
    first, second = order.score_part(one), order.score_part(other)
    assert first == second if one == other else not first.startswith(second)
    assert order.score_digits(first) == len(first)


def test_what_comes_after_the_period_stands_after_what_came_in_it() -> None:
    keys = [order.key_of(7, WEEK.end + timedelta(seconds=late), WEEK, "u") for late in (-1, 0, 5, 3600, 10**7)]
    assert keys == sorted(keys)
    assert len(set(keys)) == 5


@pytest.mark.parametrize("score", [0, -1, order.MOST + 1])
def test_nobody_with_zero_is_on_a_board(score: int) -> None:
    with pytest.raises(ValueError, match="no score"):
        order.score_part(score)


def test_a_key_is_short() -> None:
    key = order.key_of(order.MOST, EVER.start, EVER, "8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50")
    assert len(key) <= 52
