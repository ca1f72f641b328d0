"""The sums of the diary."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.sports import SportType
from stadion.weeks import WeekStart
from workouts.base.entry import Entry
from workouts.domain import Workout, WorkoutFlag
from workouts.totals.domain import Days, Sums, Totals, TotalsPeriod, days_asked, days_before, periods_of, totals_of
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


def summed(workouts: list[Workout], sports: frozenset[SportType] = frozenset(), *, agrees: bool = True) -> Totals:
    return totals_of(map(Entry.of, workouts), WEEK, sports, agrees=agrees)


def whole_of(*workouts: Workout, agrees: bool = True) -> Sums:
    return summed(list(workouts), agrees=agrees).whole.whole


def test_a_flagged_workout_is_in_the_sums_and_its_share_stands_beside_them() -> None:
    total = summed([workout(distance_m=5000.0), workout(distance_m=90_000.0, flags=[FLAG])]).whole
    assert (total.whole.count, total.whole.distance_m) == (2, 95_000)
    assert (total.flagged.count, total.flagged.distance_m, total.flagged.elapsed_time_s) == (1, 90_000, 1800)


def test_what_a_workout_does_not_say_adds_nothing() -> None:
    whole = whole_of(workout(), workout(distance_m=100.1, ascent_m=7.2, calories_kcal=9.9))
    assert (whole.count, whole.distance_m, whole.ascent_m, whole.calories_kcal) == (2, 100.1, 7.2, 9.9)


def test_of_no_workouts_there_is_nothing() -> None:
    found = summed([])
    assert (found.whole.whole.count, found.whole.flagged.count, found.by_sport) == (0, 0, {})


def test_of_the_body_nothing_is_summed_up_for_who_does_not_agree() -> None:
    """Calories by an assumed mass tell of nobody; a flag of the heart is health data."""
    device = workout(calories_kcal=400.0, calories_method="device")
    assumed = workout(calories_kcal=300.0, calories_method="met_assumed_mass")
    flagged = workout(flags=[WorkoutFlag.of("heart_rate_too_high", bpm=260)])
    assert whole_of(device, assumed).calories_kcal == 700
    assert whole_of(device, assumed, agrees=False).calories_kcal == 300
    assert [summed([flagged], agrees=agrees).whole.flagged.count for agrees in (True, False)] == [1, 0]


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
    assert whole_of(workout(started_at=started_at, time_zone=time_zone)).count == is_in


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
    found = summed(workouts)
    assert summed(random.sample(workouts, len(workouts))) == found
    assert sum(one.whole.count for one in found.by_sport.values()) == found.whole.whole.count
    distance_m = sum(one.whole.distance_m for one in found.by_sport.values())
    assert distance_m == pytest.approx(found.whole.whole.distance_m, abs=0.01)
    for kind, total in found.by_sport.items():
        assert summed(workouts, kind).whole == total


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


DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))


@given(one=DAYS, length=st.integers(0, 730), by=st.sampled_from(TotalsPeriod), week_start=st.sampled_from(WeekStart))
def test_periods_lie_side_by_side_from_the_first_day_to_the_last(
    one: date, length: int, by: TotalsPeriod, week_start: WeekStart
) -> None:
    days = Days(one, one + timedelta(days=length))
    periods = periods_of(days, by, week_start)
    assert (periods[0].first, periods[-1].last) == (days.first, days.last)
    for earlier, later in pairwise(periods):
        assert later.first == earlier.last + timedelta(days=1) == by.first_day(later.first, week_start)
    before = days_before(days, by, week_start)
    assert before.last == days.first - timedelta(days=1)
    if days.first != by.first_day(days.first, week_start):
        assert before.length == days.length


@pytest.mark.parametrize(
    ("by", "first", "last", "before"),
    [
        (TotalsPeriod.MONTH, date(2026, 3, 1), date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28))),
        (TotalsPeriod.MONTH, date(2026, 1, 1), date(2026, 2, 28), (date(2025, 11, 1), date(2025, 12, 31))),
        (TotalsPeriod.MONTH, date(2026, 3, 1), date(2026, 3, 20), (date(2026, 2, 9), date(2026, 2, 28))),
        (TotalsPeriod.YEAR, date(2025, 1, 1), date(2025, 12, 31), (date(2024, 1, 1), date(2024, 12, 31))),
        (TotalsPeriod.WEEK, date(2026, 11, 15), date(2026, 11, 21), (date(2026, 11, 8), date(2026, 11, 14))),
        (None, date(2026, 3, 1), date(2026, 3, 31), (date(2026, 1, 29), date(2026, 2, 28))),
    ],
)
def test_before_a_whole_month_there_is_a_whole_month(
    by: TotalsPeriod | None, first: date, last: date, before: tuple[date, date]
) -> None:
    assert days_before(Days(first, last), by, WeekStart.SUNDAY) == Days(*before)


@pytest.mark.parametrize(
    ("by", "first", "last"),
    [
        (TotalsPeriod.WEEK, date(2026, 9, 5), date(2026, 11, 27)),
        (TotalsPeriod.MONTH, date(2025, 12, 1), date(2026, 11, 30)),
        (TotalsPeriod.YEAR, date(2025, 1, 1), date(2026, 12, 31)),
    ],
)
def test_with_a_unit_alone_the_present_one_is_the_last(by: TotalsPeriod, first: date, last: date) -> None:
    saturday = date(2026, 11, 21)
    assert days_asked(None, None, saturday, saturday, by, WeekStart.SATURDAY) == Days(first, last)
