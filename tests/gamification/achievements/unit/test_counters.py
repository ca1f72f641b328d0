"""What is counted step by step is what a look at the whole diary counts."""

from typing import Any

import pytest
from hypothesis import given, settings

from gamification.achievements.base.counters import (
    Progress,
    Seen,
    Unit,
    contribution,
    earners,
    moved,
    progress,
    reached,
    recounted,
    rule_book,
    touched_rules,
    windows_on,
)
from gamification.base.domain import Facts
from tests.gamification.achievements.books import OF_EVERY_KIND, book, count, facts, rule, total
from tests.gamification.achievements.histories import Told, diary, histories

BOOK = book()


def told_one_by_one(told: list[Told]) -> tuple[dict[str, dict[str, int]], set[Unit]]:
    """Tallies, and what is held, each moved by what one version changes."""
    tallies: dict[str, dict[str, int]] = {"ever": {}}
    known: dict[str, tuple[int, Facts | None]] = {}
    held: set[Unit] = set()
    for workout_id, revision, new in told:
        stands, old = known.get(workout_id, (0, None))
        if revision <= stands:
            continue
        known[workout_id] = revision, new
        names = {"ever", *(name for one in (old, new) if one is not None for name in Seen(one).windows.values())}
        before = {name: tallies.get(name, {}) for name in names}
        after = moved(BOOK, before, old, new)
        ids = touched_rules(BOOK, before, after)
        held -= set(reached(BOOK, before, ids))
        held |= set(reached(BOOK, after, ids))
        tallies |= after
    return tallies, held


@settings(max_examples=300)
@given(told=histories())
def test_any_order_repetition_correction_and_deletion_counts_as_the_whole_diary_does(told: list[Told]) -> None:
    tallies, held = told_one_by_one(told)
    expected = recounted(BOOK, diary(told))
    assert {name: totals for name, totals in tallies.items() if totals} == {k: v for k, v in expected.items() if v}
    assert held == set(reached(BOOK, expected))


def test_the_rules_of_these_tests_are_all_reached_by_some_diary() -> None:
    """Else the property says little."""
    diary_ = [
        facts("a", hours=0),
        facts("b", hours=20, efforts={"5k": 1300.0}, country="GE", ascent_m=200.0),
        facts("c", hours=21),
        facts("d", hours=24 * 35, sport_type="Ride", distance_m=40_000.0),
        facts("e", hours=24 * 36, sport_type="Yoga", distance_m=None, ascent_m=None),
        facts("f", hours=24 * 37),
        facts("g", hours=24 * 38),
    ]
    held = reached(BOOK, recounted(BOOK, diary_, {"x/streak.week": 2}))
    assert {unit.rule_id for unit in held} == {one.id for one in OF_EVERY_KIND}


def test_what_does_not_count_adds_nothing() -> None:
    assert contribution(BOOK, facts(counts=False)) == {}
    assert contribution(BOOK, None) == {}


@pytest.mark.parametrize(
    ("where", "fields", "fits"),
    [
        ({"local_hour": {"from": 22, "to": 4}}, {"started_at": "2026-11-20T20:30:00Z"}, True),
        ({"local_hour": {"from": 22, "to": 4}}, {"started_at": "2026-11-20T01:30:00Z"}, False),
        ({"local_hour": {"from": 0, "to": 24}}, {}, True),
        ({"weekdays": [6]}, {"started_at": "2026-11-20T22:30:00Z"}, True),
        ({"weekdays": [5]}, {"started_at": "2026-11-20T22:30:00Z", "time_zone": "UTC"}, True),
        ({"season": {"from": "12-01", "to": "02-28"}}, {"started_at": "2027-02-28T12:00:00Z"}, True),
        ({"season": {"from": "12-01", "to": "02-28"}}, {"started_at": "2027-03-01T12:00:00Z"}, False),
        ({"season": {"from": "2026-11-20", "to": "2026-11-20"}}, {"started_at": "2026-11-19T21:30:00Z"}, True),
        ({"distance_m": {"gte": 5000, "lt": 5001}}, {}, True),
        ({"distance_m": {"lt": 5000}}, {}, False),
        ({"distance_m": {"lt": 5000}}, {"distance_m": None}, False),
        ({"origin": "manual"}, {"origin": "manual"}, True),
        ({"origin": "recorded"}, {"origin": "manual"}, False),
        ({"countries": ["GE"]}, {}, False),
        ({"best_effort": {"name": "5k", "within_s": 1500}}, {"efforts": {"5k": 1500.0}}, True),
        ({"best_effort": {"name": "5k", "within_s": 1500}}, {"efforts": {"10k": 1500.0}}, False),
        ({"none": [{"countries": ["RU"]}]}, {}, False),
        ({"any": [{"countries": ["RU"]}, {"origin": "manual"}], "all": [{"families": ["run"]}]}, {}, True),
    ],
)
def test_a_condition_is_judged_on_the_workout_alone(where: dict[str, Any], fields: dict[str, Any], fits: bool) -> None:
    one = rule_book([rule("one", **count(1, **where))])
    assert bool(reached(one, recounted(one, [facts(**fields)]))) is fits


def test_the_day_is_that_of_the_workouts_own_zone_and_weeks_begin_on_monday() -> None:
    sunday = facts(started_at="2026-11-22T20:30:00Z")
    assert Seen(sunday).windows["day"] == "day:2026-11-22"
    assert Seen(sunday.model_copy(update={"time_zone": "Pacific/Kiritimati"})).windows["week"] == "week:2026-W48"
    assert windows_on(Seen(facts(started_at="2027-01-01T09:00:00Z")).local.date())["week"] == "week:2026-W53"


def test_rules_that_ask_the_same_share_a_counter() -> None:
    rules = [rule("one", **count(3, families=["run"])), rule("two", **count(9, families=["run"]), window="month")]
    assert len(rule_book(rules).counters) == 1


def test_progress_is_what_is_missing_to_the_next_level() -> None:
    rules = [
        rule("far", measure={"kind": "sum", "sum": "distance_m"}, tiers=[4_000, 8_000]),
        rule("done", **count(1)),
        rule("again", **total("distance_m", 2_000), repeat="each_multiple"),
        rule("both", all=[count(1), count(2)]),
        rule("month", **count(3), window="month"),
    ]
    one = rule_book(rules)
    tallies = recounted(one, [facts()])
    now_in = Seen(facts()).windows
    found = {compiled.rule.id: progress(compiled, tallies, now_in) for compiled in one.rules}
    assert found == {
        "far": Progress(5000, 8000),
        "done": Progress(1, None),
        "again": Progress(5000, 6000),
        "both": Progress(1, 2),
        "month": Progress(1, 3),
    }


def test_of_what_is_earned_once_the_level_that_is_held_is_no_target_in_any_later_window() -> None:
    rules = [
        rule("tiers", measure={"kind": "count"}, tiers=[2, 5], window="week"),
        rule("one", **count(3), window="month"),
        rule("both", all=[count(1), count(2)], window="day"),
        rule("anew", **count(3), window="week", repeat="each_window"),
    ]
    one = rule_book(rules)
    now_in = Seen(facts()).windows
    found = {
        compiled.rule.id: progress(compiled, recounted(one, [facts()]), now_in, frozenset({1}))
        for compiled in one.rules
    }
    assert found == {
        "tiers": Progress(1, 5),
        "one": Progress(1, None),
        "both": Progress(1, None),
        "anew": Progress(1, 3),
    }


def test_the_hundredth_multiple_is_the_last() -> None:
    one = rule_book([rule("again", **total("distance_m", 100), repeat="each_multiple")])
    asked = [
        progress(one.rules[0], recounted(one, [facts(distance_m=metres)]), Seen(facts()).windows)
        for metres in (9_900.0, 10_000.0, 12_345.0)
    ]
    assert asked == [Progress(9_900, 10_000), Progress(10_000, None), Progress(12_345, None)]


def test_nothing_is_left_of_what_is_earned_but_once_when_its_week_is_over() -> None:
    rules = [
        rule("week", **count(3), window="week"),
        rule("tiers", measure={"kind": "count"}, tiers=[2, 3], window="week"),
        rule("both", all=[count(1), count(2)], window="week"),
        rule("anew", **count(3), window="week", repeat="each_window"),
    ]
    one = rule_book(rules)
    found = {compiled.rule.id: progress(compiled, {}, Seen(facts()).windows, frozenset({1})) for compiled in one.rules}
    assert found == {
        "week": Progress(0, None),
        "tiers": Progress(0, 3),
        "both": Progress(0, None),
        "anew": Progress(0, 3),
    }


def test_who_has_done_nothing_is_nowhere_on_the_way_though_nothing_forbidden_was_done() -> None:
    rules = [rule("clean", all=[count(2)], none=[count(1, families=["ride"])], window="week")]
    (one,) = rule_book(rules).rules
    ride = facts("r", sport_type="Ride")
    for diary_, value in (([], 0), ([facts("a")], 0), ([facts("a"), facts("b")], 2), ([facts("a"), ride], 1)):
        tallies = recounted(rule_book(rules), diary_)
        assert progress(one, tallies, Seen(facts()).windows) == Progress(value, 2), diary_


def test_what_earned_it_is_the_first_with_which_it_was_reached() -> None:
    runs = [facts(f"w-{number}", hours=24 * number) for number in (3, 1, 2, 4)]
    unit = Unit("three_runs", "once", 1)
    assert earners(BOOK, runs, [unit])[unit].workout_id == "w-3"
    assert earners(BOOK, runs[:2], [unit]) == {}


def test_a_retired_version_is_counted_on_and_earned_by_nobody_new() -> None:
    old, new = rule("one", **count(1)), rule("one", **count(5))
    versions = rule_book([old, new.model_copy(update={"version": 2, "retired": True})])
    assert versions.current("one") is None
    assert reached(versions, recounted(versions, [facts()])) == {Unit("one", "once", 1): frozenset({1})}
