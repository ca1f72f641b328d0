"""The sums of the diary."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.sports import SportType
from workouts.domain import Workout, WorkoutFlag
from workouts.totals.domain import Days, days_asked, totals_of
from workouts.totals.errors import TotalsRangeError

BEGAN = datetime(2026, 11, 20, 6, tzinfo=UTC)
WEEK = Days(date(2026, 11, 16), date(2026, 11, 22))
FLAG = WorkoutFlag.of("gps_jump", km=30)


def workout(**fields: Any) -> Workout:
    known: dict[str, Any] = {
        "workout_id": "w-1",
        "user_id": "u-1",
        "origin": "manual",
        "sport_type": SportType.RUN,
        "started_at": BEGAN,
        "elapsed_time_s": 1800.0,
        "timer_time_s": 1800.0,
        "moving_time_s": 1700.0,
        "created_at": BEGAN,
        "updated_at": BEGAN,
    }
    return Workout.model_validate({**known, **fields})


def test_a_flagged_workout_is_in_the_sums_and_its_share_stands_beside_them() -> None:
    whole = totals_of([workout(distance_m=5000.0), workout(distance_m=90_000.0, flags=[FLAG])], WEEK, None).whole
    assert (whole.count, whole.distance_m) == (2, 95_000)
    assert (whole.flagged.count, whole.flagged.distance_m, whole.flagged.elapsed_time_s) == (1, 90_000, 1800)


def test_what_a_workout_does_not_say_adds_nothing() -> None:
    whole = totals_of([workout(), workout(distance_m=100.1, ascent_m=7.2, calories_kcal=9.9)], WEEK, None).whole
    assert (whole.count, whole.distance_m, whole.ascent_m, whole.calories_kcal) == (2, 100.1, 7.2, 9.9)


def test_of_no_workouts_there_is_nothing() -> None:
    found = totals_of([], WEEK, None)
    assert (found.whole.count, found.whole.flagged.count, found.by_sport) == (0, 0, {})


@pytest.mark.parametrize(
    ("started_at", "time_zone", "is_in"),
    [
        ("2026-11-15T21:00:00Z", "Europe/Moscow", True),
        ("2026-11-15T20:59:00Z", "Europe/Moscow", False),
        ("2026-11-22T20:59:00Z", "Europe/Moscow", True),
        ("2026-11-22T21:00:00Z", "Europe/Moscow", False),
        ("2026-11-15T10:00:00Z", "Pacific/Kiritimati", True),
        ("2026-11-23T10:59:00Z", "Pacific/Pago_Pago", True),
    ],
)
def test_a_workout_is_of_the_day_on_which_it_began_where_it_was(
    started_at: str, time_zone: str, *, is_in: bool
) -> None:
    assert totals_of([workout(started_at=started_at, time_zone=time_zone)], WEEK, None).whole.count == is_in


WORKOUTS = st.lists(
    st.builds(
        workout,
        distance_m=st.none() | st.floats(0, 1e5),
        sport_type=st.sampled_from([SportType.RUN, SportType.RIDE]),
        flags=st.sampled_from([[], [FLAG]]),
        started_at=st.integers(0, 20).map(lambda days: BEGAN - timedelta(days=days)),
    ),
    max_size=12,
)


@given(WORKOUTS, st.randoms())
def test_sports_add_up_to_the_whole_in_any_order(workouts: list[Workout], random: Any) -> None:
    found = totals_of(workouts, WEEK, None)
    shuffled = random.sample(workouts, len(workouts))
    assert totals_of(shuffled, WEEK, None) == found
    assert sum(one.count for one in found.by_sport.values()) == found.whole.count
    distance_m = sum(one.distance_m for one in found.by_sport.values())
    assert distance_m == pytest.approx(found.whole.distance_m, abs=0.01)
    for kind, total in found.by_sport.items():
        assert totals_of(workouts, WEEK, kind).whole == total


def test_six_weeks_are_meant_when_nothing_is_said() -> None:
    today = date(2026, 11, 21)
    assert days_asked(None, None, today, today) == Days(date(2026, 10, 11), today)


def test_a_run_where_it_is_tomorrow_already_counts_today() -> None:
    today, tomorrow = date(2026, 11, 21), date(2026, 11, 22)
    assert days_asked(None, None, today, tomorrow) == Days(date(2026, 10, 11), tomorrow)
    assert days_asked(None, today, today, tomorrow).last == today


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 21), date(2026, 11, 20)),
        (date(2024, 1, 1), date(2026, 1, 2)),
        (date(1, 1, 1), date(1, 1, 2)),
        (None, date(1, 1, 1)),
        (date(9999, 12, 30), date(9999, 12, 31)),
    ],
)
def test_a_range_is_in_order_within_two_years_and_within_reason(first: date | None, last: date) -> None:
    with pytest.raises(TotalsRangeError):
        days_asked(first, last, date(2026, 11, 21), date(2026, 11, 22))
    assert days_asked(date(2024, 1, 1), date(2025, 12, 31), date(2026, 11, 21), date(2026, 11, 22))
