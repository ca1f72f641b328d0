"""Streaks by the athlete's own days and weeks, wherever in the world they are."""

import random
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gamification.streaks.domain import MILESTONES, MOST_RULES, Rules, Settings, Streak, StreakUnit, milestone
from stadion.weeks import WeekStart
from tests.gamification.streaks.diaries import ZONES, Began, began, counted, lived, random_workouts
from tests.kit.size import SEED, sized

HISTORIES = sized(small=1_500, large=100_000)


def daily(first: str, days: int, zone: str = "UTC", at: str = "08:00") -> list[Began]:
    begin = date.fromisoformat(first)
    return [began(f"{begin + timedelta(number)}T{at}", zone) for number in range(days)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- days and weeks ---------------------------------------------------------------------------------------------------


def test_who_never_trained_has_no_streak() -> None:
    found = counted([], utc("2026-11-20T12:00"))
    assert (found.day.current, found.week.best, found.week.at_risk) == (0, 0, False)
    assert (found.week.keep_by, found.week.days_missing) == (date(2026, 11, 22), 1)


def test_a_week_with_one_workout_is_kept_and_this_week_is_at_risk_until_it_has_one() -> None:
    weekly = [began(f"2026-11-{day:02}T08:00", "UTC") for day in (2, 11, 22)]
    at_risk = counted(weekly, utc("2026-11-24T12:00")).week
    assert (at_risk.current, at_risk.at_risk, at_risk.keep_by) == (3, True, date(2026, 11, 29))
    done = counted([*weekly, began("2026-11-24T08:00", "UTC")], utc("2026-11-24T12:00")).week
    assert (done.current, done.at_risk, done.keep_by) == (4, False, date(2026, 12, 6))
    assert done.since == date(2026, 11, 2)


def test_the_week_begins_where_the_athletes_week_begins() -> None:
    saturday_and_sunday_week = [began("2026-11-14T08:00", "UTC"), began("2026-11-15T08:00", "UTC")]
    now = utc("2026-11-15T12:00")
    assert counted(saturday_and_sunday_week, now).week.current == 1
    assert counted(saturday_and_sunday_week, now, week_start=WeekStart.SUNDAY).week.current == 2


def test_days_in_a_row_are_counted_and_today_may_still_come() -> None:
    found = counted(daily("2026-11-01", 5), utc("2026-11-06T23:59")).day
    assert (found.current, found.at_risk, found.keep_by, found.since) == (5, True, date(2026, 11, 6), date(2026, 11, 1))
    assert counted(daily("2026-11-01", 5), utc("2026-11-07T00:00")).day.current == 0


def test_several_workouts_of_a_day_are_one_day() -> None:
    assert counted(daily("2026-11-01", 3) * 4, utc("2026-11-03T12:00")).day.current == 3


def test_what_is_yet_to_come_does_not_count_until_it_is_there() -> None:
    workouts = [*daily("2026-11-01", 3), began("2026-11-04T08:16", "UTC")]
    assert counted(workouts, utc("2026-11-04T08:00")).day.current == 3
    assert counted(workouts, utc("2026-11-04T08:01")).day.current == 4, "a watch may be a quarter of an hour fast"
    years_ahead = [*daily("2026-11-01", 3), *daily("2030-01-01", 400)]
    assert counted(years_ahead, utc("2026-11-03T12:00")).day.best == 3


def test_who_moves_every_day_of_the_week_flies_over_the_date_line() -> None:
    """On the 12th they were nowhere: of that week there are six days."""
    every_day = Settings(rules=(Rules(since=ALWAYS, days_per_week=7),))
    before, after = daily("2026-11-02", 10, "Pacific/Honolulu"), daily("2026-11-13", 10, "Pacific/Kiritimati")
    found = counted([*before, *after], utc("2026-11-22T12:00"), "Pacific/Kiritimati", every_day)
    assert (found.day.current, found.week.current) == (20, 3)
    midweek = counted([*before, *after[:1]], utc("2026-11-13T08:00"), "Pacific/Kiritimati", every_day).week
    assert (midweek.current, midweek.days_missing, midweek.keep_by) == (1, 2, date(2026, 11, 15))
    lazy = counted([*before, *after[1:]], utc("2026-11-22T12:00"), "Pacific/Kiritimati", every_day).week
    assert lazy.current == 1, "one day is left out, and no more"


# --- freezes ----------------------------------------------------------------------------------------------------------


def test_seven_days_earn_a_freeze_and_the_missed_day_takes_it() -> None:
    week = daily("2026-11-01", 7)
    held = counted(week, utc("2026-11-07T12:00")).day
    assert (held.freezes, held.frozen, held.next_freeze_in) == (1, (), 7)
    spent = counted(week, utc("2026-11-09T12:00")).day
    assert (spent.current, spent.freezes, spent.frozen) == (7, 0, (date(2026, 11, 8),))
    assert counted(week, utc("2026-11-10T12:00")).day.current == 0


def test_at_most_two_freezes_are_kept() -> None:
    found = counted(daily("2026-10-01", 40), utc("2026-11-09T12:00")).day
    assert (found.current, found.freezes) == (40, 2)
    assert counted(daily("2026-10-01", 40), utc("2026-11-12T12:00")).day.frozen == (
        date(2026, 11, 10),
        date(2026, 11, 11),
    )


def test_a_late_upload_into_a_frozen_day_gives_the_freeze_back() -> None:
    frozen = [*daily("2026-11-01", 7), *daily("2026-11-09", 2)]
    now = utc("2026-11-10T12:00")
    assert counted(frozen, now).day.frozen == (date(2026, 11, 8),)
    repaired = counted([*frozen, began("2026-11-08T20:00", "UTC")], now).day
    assert (repaired.current, repaired.freezes, repaired.frozen) == (10, 1, ())


@pytest.mark.parametrize("zone", ZONES)
def test_the_date_of_a_freeze_is_the_athletes_own(zone: str) -> None:
    """At a quarter to midnight, which is another date in UTC for most of them."""
    evenings = [*daily("2026-11-01", 7, zone, "23:45"), *daily("2026-11-09", 1, zone, "23:45")]
    found = counted(evenings, began("2026-11-09T23:50", zone)[0], home=zone).day
    assert (found.current, found.frozen) == (8, (date(2026, 11, 8),))


def test_four_weeks_earn_a_freeze_for_a_week() -> None:
    weekly = [began(f"2026-{day}T08:00", "UTC") for day in ("10-06", "10-13", "10-20", "10-27", "11-10")]
    found = counted(weekly, utc("2026-11-10T12:00")).week
    assert (found.current, found.freezes, found.frozen) == (5, 0, (date(2026, 11, 2),))


# --- rest and pause ---------------------------------------------------------------------------------------------------

ALWAYS = date(2026, 1, 1)


def test_planned_rest_breaks_nothing_and_a_workout_on_it_counts() -> None:
    no_sundays = Settings(rules=(Rules(since=ALWAYS, unit=StreakUnit.DAY, rest_weekdays=(7,)),))
    six_of_seven = [*daily("2026-11-02", 6), *daily("2026-11-09", 6)]
    found = counted(six_of_seven, utc("2026-11-15T12:00"), settings=no_sundays).day
    assert (found.current, found.at_risk, found.keep_by, found.freezes) == (12, False, date(2026, 11, 16), 1)
    on_sunday = counted([*six_of_seven, began("2026-11-08T08:00", "UTC")], utc("2026-11-15T12:00"), settings=no_sundays)
    assert on_sunday.day.current == 13


def test_other_rules_change_nothing_of_the_days_before_them() -> None:
    no_sundays = Settings(rules=(Rules(since=ALWAYS, rest_weekdays=(7,)),))
    six_of_seven = [*daily("2026-11-02", 6), *daily("2026-11-09", 6)]
    every_day = no_sundays.changed(Rules(since=date(2026, 11, 16)))
    assert counted(six_of_seven, utc("2026-11-16T12:00"), settings=every_day).day.current == 12
    assert counted(six_of_seven, utc("2026-11-16T12:00")).day.current < 12


def test_the_last_rules_of_a_day_stand() -> None:
    settings = Settings().changed(Rules(since=ALWAYS, days_per_week=3)).changed(Rules(since=ALWAYS, days_per_week=2))
    assert [one.days_per_week for one in settings.rules] == [2]


def test_while_paused_nothing_breaks_and_nothing_is_asked_for() -> None:
    settings = Settings(rules=(Rules(since=date(2026, 11, 6), paused=True), Rules(since=date(2026, 12, 28))))
    workouts = daily("2026-11-01", 5)
    paused = counted(workouts, utc("2026-12-20T12:00"), settings=Settings(rules=settings.rules[:1]))
    assert (paused.day.current, paused.day.keep_by, paused.day.at_risk) == (5, None, False)
    assert (paused.week.current, paused.week.keep_by, paused.week.at_risk) == (2, None, False)
    again = counted([*workouts, *daily("2026-12-28", 2)], utc("2026-12-29T12:00"), settings=settings)
    assert (again.day.current, again.week.current) == (7, 3)


def test_three_days_a_week_take_three_different_days() -> None:
    three = Settings(rules=(Rules(since=ALWAYS, days_per_week=3),))
    twice_a_day = [*daily("2026-11-02", 2), *daily("2026-11-02", 2, at="18:00")]
    found = counted(twice_a_day, utc("2026-11-05T12:00"), settings=three).week
    assert (found.current, found.days_missing, found.keep_by) == (0, 1, date(2026, 11, 8))
    assert counted([*twice_a_day, *daily("2026-11-06", 1)], utc("2026-11-08T12:00"), settings=three).week.current == 1


def test_a_diary_of_a_century_under_two_hundred_rules_is_counted_at_once() -> None:
    settings = Settings()
    for number in range(300):
        settings = settings.changed(Rules(since=date(2025, 1, 1) + timedelta(number), rest_weekdays=(1,)))
    assert len(settings.rules) == MOST_RULES
    century = [began("1900-01-02T08:00", "UTC"), *daily("2026-11-01", 3)]
    started = time.process_time()
    found = counted(century, utc("2026-11-03T12:00"), settings=settings)
    assert (found.day.current, found.week.best) == (3, 2)
    assert time.process_time() - started < 1


# --- around the world -------------------------------------------------------------------------------------------------


def test_kamchatka_keeps_its_own_days() -> None:
    """07:00 in Kamchatka is the day before in UTC."""
    found = counted(daily("2026-11-01", 10, "Asia/Kamchatka", "07:00"), utc("2026-11-09T20:00"), home="Asia/Kamchatka")
    assert (found.day.current, found.day.since) == (10, date(2026, 11, 1))


def test_kiritimati_is_fourteen_hours_ahead() -> None:
    early = daily("2026-11-01", 10, "Pacific/Kiritimati", "00:05")
    now = began("2026-11-10T00:10", "Pacific/Kiritimati")[0]
    assert counted(early, now, home="Pacific/Kiritimati").day.current == 10


def test_chatham_is_ahead_by_three_quarters_of_an_hour_more() -> None:
    late = daily("2026-03-28", 14, "Pacific/Chatham", "23:50")
    now = began("2026-04-10T23:55", "Pacific/Chatham")[0]
    assert counted(late, now, home="Pacific/Chatham").day.current == 14, "with the end of its summer time in between"


@pytest.mark.parametrize(("zone", "first"), [("Europe/Berlin", "2026-03-26"), ("Europe/Berlin", "2026-10-22")])
@pytest.mark.parametrize("at", ["00:01", "02:30", "23:59"])
def test_the_days_when_clocks_are_put_on_and_back_are_days_like_others(zone: str, first: str, at: str) -> None:
    workouts = daily(first, 7, zone, at)
    now = began(f"{date.fromisoformat(first) + timedelta(6)}T23:59", zone)[0]
    assert counted(workouts, now, home=zone).day.current == 7


def test_a_flight_from_kiritimati_to_honolulu_lives_a_date_twice_and_counts_it_once() -> None:
    there = daily("2026-11-01", 3, "Pacific/Kiritimati")
    here = daily("2026-11-03", 3, "Pacific/Honolulu", "09:00")
    found = counted([*there, *here], began("2026-11-05T12:00", "Pacific/Honolulu")[0], home="Pacific/Honolulu")
    assert found.day.current == 5


def test_a_flight_from_honolulu_to_kiritimati_leaves_out_a_date_and_breaks_nothing() -> None:
    there = daily("2026-11-01", 3, "Pacific/Honolulu")
    here = daily("2026-11-05", 3, "Pacific/Kiritimati", "09:00")
    found = counted([*there, *here], began("2026-11-07T12:00", "Pacific/Kiritimati")[0], home="Pacific/Kiritimati")
    assert (found.day.current, found.day.frozen) == (6, ())


@pytest.mark.parametrize("home", ["Pacific/Honolulu", "Pacific/Kiritimati"])
def test_before_the_first_workout_after_the_flight_nothing_is_lost_either(home: str) -> None:
    there = daily("2026-11-01", 3, "Pacific/Honolulu")
    now = began("2026-11-05T23:00", "Pacific/Kiritimati")[0]
    assert counted(there, now, home=home).day.current == 3


def test_only_one_date_is_left_out_by_a_flight() -> None:
    there = daily("2026-11-01", 3, "Pacific/Honolulu")
    here = daily("2026-11-06", 1, "Pacific/Kiritimati")
    assert counted([*there, *here], began("2026-11-06T12:00", "Pacific/Kiritimati")[0]).day.current == 1


def test_samoa_had_no_30_december_2011() -> None:
    """The whole country went over the date line."""
    around = [*daily("2011-12-27", 3, "Pacific/Apia"), *daily("2011-12-31", 3, "Pacific/Apia")]
    found = counted(around, began("2012-01-02T12:00", "Pacific/Apia")[0], home="Pacific/Apia")
    assert (found.day.current, found.day.frozen) == (6, ())


def test_who_trains_on_each_date_that_has_half_a_day_keeps_the_streak_wherever_they_fly() -> None:
    """10 000 (in the large proof) random trips, a move every other day at most."""
    draw = random.Random(SEED)
    for _ in range(sized(small=300, large=10_000)):
        workouts, dates, now, zone = _trip(draw)
        found = counted(workouts, now, home=zone).day
        assert (found.current, found.frozen) == (dates, ()), workouts


def _trip(draw: random.Random) -> tuple[list[Began], int, datetime, str]:
    """Hour by hour: on each local date, a workout in the first hour after half a day of it has been lived."""
    zone, hour, last_move = draw.choice(ZONES), utc("2026-06-01T00:00"), -99
    lived_hours: dict[date, int] = {}
    trained: dict[date, Began] = {}
    begins: date | None = None
    for number in range(24 * 25):
        if number - last_move > 48 and draw.random() < 0.02:
            zone, last_move = draw.choice(ZONES), number
        day = hour.astimezone(ZoneInfo(zone)).date()
        begins = begins or day + timedelta(1)
        lived_hours[day] = lived_hours.get(day, 0) + 1
        if day >= begins and lived_hours[day] >= 12 and day not in trained:
            trained[day] = (hour, zone)
        hour += timedelta(hours=1)
    last = max(moment for moment, _ in trained.values())
    return list(trained.values()), len(trained), last, zone


def test_any_order_repetition_and_zone_gives_what_a_player_lives_through() -> None:
    draw = random.Random(SEED)
    for number in range(HISTORIES):
        workouts = random_workouts(draw)
        again = [*workouts, *draw.sample(workouts, len(workouts) // 3)]
        draw.shuffle(again)
        now = max((moment for moment, _ in workouts), default=utc("2026-03-01T00:00"))
        now += timedelta(minutes=draw.randint(-3_000, 6_000))
        home, week_start = draw.choice(ZONES), draw.choice(list(WeekStart))
        settings = _rules(draw, now.date())
        found = counted(again, now, home, settings, week_start)
        for unit, player in lived(workouts, now, home, settings, week_start).items():
            one = found.of(unit)
            told = (one.current, one.best, one.freezes, list(one.frozen))
            assert told == (player.run, player.best, player.held, player.frozen), (number, unit, sorted(workouts))


def _rules(draw: random.Random, around: date) -> Settings:
    settings = Settings()
    for days_before in sorted(draw.sample(range(-5, 60), draw.choice((0, 0, 1, 2, 3))), reverse=True):
        rests = tuple(draw.sample(range(1, 8), draw.randint(0, 3)))
        since = around - timedelta(days_before)
        paused = draw.random() < 0.2
        settings = settings.changed(
            Rules(since=since, rest_weekdays=rests, paused=paused, days_per_week=draw.randint(1, 7))
        )
    return settings


# --- milestones -------------------------------------------------------------------------------------------------------


def test_a_milestone_is_told_once_and_only_the_highest() -> None:
    assert milestone(Streak(StreakUnit.WEEK, current=9), announced=0) == 8
    assert milestone(Streak(StreakUnit.WEEK, current=9), announced=8) is None
    assert milestone(Streak(StreakUnit.DAY, current=6), announced=0) is None
    assert MILESTONES[StreakUnit.WEEK] == (4, 8, 12, 26, 52)
