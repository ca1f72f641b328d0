"""A sliding window of slots: how many are left, and how long one waits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion import rates
from stadion.rates import Limit, Rate, within

AT = datetime(2026, 11, 30, 9, 30, 15, tzinfo=UTC)
SLOT = rates.slot_of(AT)
MOST = 5
MINUTE = timedelta(seconds=60)


def rate(counts: dict[int, int], at: datetime = AT) -> Rate:
    return Rate(Limit("athlete", MOST), within(counts, at), at)


@given(st.dictionaries(st.integers(SLOT - 20, SLOT), st.integers(1, 9)), st.integers(0, 9))
def test_who_waits_as_long_as_is_said_is_served_and_a_second_before_is_not(counts: dict[int, int], second: int) -> None:
    at = AT.replace(second=10 + second)
    found = rate(counts, at)
    if not found.is_over:
        return

    def asked_once_more(moment: datetime) -> Rate:
        slot = rates.slot_of(moment)
        return rate({**counts, slot: counts.get(slot, 0) + 1}, moment)

    assert not asked_once_more(at + timedelta(seconds=found.wait_s)).is_over
    if found.wait_s > 1:
        assert asked_once_more(at + timedelta(seconds=found.wait_s - 1)).is_over


@given(st.lists(st.integers(0, 240), max_size=80))
def test_no_sixty_seconds_ever_serve_more_than_the_limit(seconds: list[int]) -> None:
    counts: dict[int, int] = {}
    served: list[datetime] = []
    for second in sorted(seconds):
        now = AT + timedelta(seconds=second)
        counts[rates.slot_of(now)] = counts.get(rates.slot_of(now), 0) + 1
        if not rate(counts, now).is_over:
            served.append(now)

    assert all(sum(first <= one < first + MINUTE for one in served) <= MOST for first in served)


def test_the_headers_say_the_policy_what_is_left_and_when_there_is_more() -> None:
    assert rate({SLOT: 2}).headers == {
        "RateLimit-Policy": '"athlete";q=5;w=60',
        "RateLimit": '"athlete";r=3;t=65',
    }
    assert rate({SLOT: 9}).headers["RateLimit"] == '"athlete";r=0;t=65'


def test_a_slot_ahead_of_this_clock_counts_and_an_old_one_does_not() -> None:
    assert within({SLOT + 1: 1, SLOT: 2, SLOT - 6: 3, SLOT - 7: 4}, AT) == {SLOT + 1: 1, SLOT: 2, SLOT - 6: 3}


@pytest.mark.parametrize(("old", "removed"), [(12, 0), (13, 13)])
def test_slots_that_an_absence_left_are_removed_when_they_are_many(old: int, removed: int) -> None:
    counts = {SLOT - 100 * (n + 1): 1 for n in range(old)} | {SLOT: 1, SLOT - 6: 1}

    assert len(rates.stale(counts, AT)) == removed


def test_what_a_write_removes_is_what_just_left_the_window() -> None:
    names = rates.swept(AT)

    assert names[0] == rates.name_of(SLOT - 7)
    assert len(names) == len(set(names)) == rates.SWEPT
