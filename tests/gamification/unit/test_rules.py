"""The pure rules of XP, records, gear and slots."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.domain import (
    EFFORT_BY_HEART_RATE,
    HIGHEST,
    LEVELS,
    XP_PER_DAY,
    Record,
    beats,
    capped,
    effort,
    level_at,
    newly_set,
    next_level,
    records_of,
    xp_of,
)
from inventory.categories import Category
from inventory.domain import (
    THRESHOLDS,
    Component,
    Gear,
    account,
    contribution,
    crossings,
    default_gear,
    highest_reached,
    silent_notes,
    use_of,
    wear,
    worn_gear,
)
from stadion.events.catalogue import BestEffort, WorkoutFacts
from stadion.ledger import Change
from stadion.sports import SportType, WearUnit
from tests.kit.events import RUN
from workouts.domain import Workout
from workouts.recordings.matching import MAX_START_DIFFERENCE_S
from workouts.store import Slots, _slots_around

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 1), timezones=st.just(UTC))  # noqa: DTZ001


def facts(**fields: Any) -> WorkoutFacts:
    return WorkoutFacts.model_validate({**RUN, "workout_id": "w-1", "revision": 1, **fields})


def shoes(gear_id: str = "g-1", **fields: Any) -> Gear:
    known: dict[str, Any] = {"category": Category.RUNNING_SHOES, "limit": 100, "created_at": NOW, "updated_at": NOW}
    return Gear(**{**known, "gear_id": gear_id, "user_id": "u-1", **fields})


def record(seconds: float, workout_id: str, day: int = 1) -> Record:
    started = datetime(2026, 11, day, tzinfo=UTC)
    return Record(
        record="run.5k", name="5k", distance_m=5000, elapsed_time_s=seconds, workout_id=workout_id, started_at=started
    )


class TestXp:
    @given(
        seconds=st.integers(0, 200_000), heart_rate=st.none() | st.integers(30, 230), sport=st.sampled_from(SportType)
    )
    def test_more_of_the_same_never_earns_less(self, seconds: int, heart_rate: int | None, sport: SportType) -> None:
        less, more = (
            xp_of(facts(moving_time_s=moving, average_heart_rate_bpm=heart_rate, sport_type=sport))
            for moving in (seconds, seconds + 600)
        )
        assert 0 <= less <= more

    @given(heart_rate=st.integers(0, 250))
    def test_a_harder_effort_never_counts_less(self, heart_rate: int) -> None:
        factors = {factor for _, factor in EFFORT_BY_HEART_RATE}
        easier, harder = (effort(facts(average_heart_rate_bpm=bpm)) for bpm in (heart_rate, heart_rate + 1))
        assert easier <= harder
        assert {easier, harder} <= factors

    @given(before=st.integers(0, 2000), after=st.integers(0, 2000), other=st.integers(0, 2000))
    def test_a_day_counts_up_to_its_cap(self, before: int, after: int, other: int) -> None:
        moved = capped(
            {
                "DAY#1": Change(before={"xp": before}, after={"xp": after}),
                "DAY#2": Change(before={}, after={"xp": other}),
            }
        ).get("XP", {"xp": 0})["xp"]
        assert moved == min(after, XP_PER_DAY) - min(before, XP_PER_DAY) + min(other, XP_PER_DAY)

    @given(xp=st.integers(0, 200_000))
    def test_the_level_is_the_highest_that_the_xp_pays_for(self, xp: int) -> None:
        current = level_at(xp)
        following = next_level(current)
        assert current.xp <= xp
        assert following is None or xp < following.xp
        assert (following is None) == (current.level == HIGHEST)

    def test_levels_get_dearer(self) -> None:
        steps = [high.xp - low.xp for low, high in pairwise(LEVELS)]
        assert [level.level for level in LEVELS] == list(range(1, HIGHEST + 1))
        assert steps == sorted(set(steps))


class TestRecords:
    def test_an_earlier_day_wins_a_tie_in_whatever_order_it_comes(self) -> None:
        offers = [record(1400, "w-a", day=3), record(1400, "w-b", day=1), record(1400, "w-c", day=2)]
        for order in permutations(offers):
            standing: Record | None = None
            for offer in order:
                standing = offer if beats(offer, standing) else standing
            assert standing == offers[1]

    def test_a_workouts_own_earlier_version_is_nothing_to_beat(self) -> None:
        before, after = {"run.5k": record(1400, "w-1")}, {"run.5k": record(1390, "w-1")}
        assert newly_set(before, after, "w-1") == []

    def test_a_fall_of_the_record_is_not_a_record(self) -> None:
        before, after = {"run.5k": record(1400, "w-1")}, {"run.5k": record(1450, "w-2")}
        assert newly_set(before, after, "w-1") == []

    def test_sports_that_do_not_compete_keep_records_of_their_own(self) -> None:
        efforts = [BestEffort(distance_m=5000, name="5k", elapsed_time_s=1400, start_offset_s=0)]
        sports = ("Run", "TrailRun", "Ride", "EBikeRide")
        keys = {sport: list(records_of(facts(sport_type=sport, best_efforts=efforts))) for sport in sports}
        assert keys == {"Run": ["run.5k"], "TrailRun": ["run.5k"], "Ride": ["ride.5k"], "EBikeRide": ["e_bike_ride.5k"]}


class TestCrossings:
    @given(movements=st.lists(st.integers(-60_000, 90_000), max_size=30), initial=st.integers(0, 120))
    def test_each_threshold_is_news_exactly_at_each_upward_crossing(self, movements: list[int], initial: int) -> None:
        gear = shoes(initial_use=initial)
        notes: dict[str, Any] = silent_notes({}, {}, gear)
        total, percent = 0, float(initial)
        told, expected = [], []
        for movement in movements:
            before, total = {"distance_m": total}, max(0, total + movement)
            news, notes = crossings(Change(before=before, after={"distance_m": total}, notes=notes), gear, None)
            told += [(reached.threshold_percent, reached.crossing) for reached in news]
            now = initial + total / 1000
            expected += [threshold for threshold in THRESHOLDS if percent < threshold <= now]
            percent = now
        assert [threshold for threshold, _ in told] == expected
        for threshold in THRESHOLDS:
            counted = [crossing for which, crossing in told if which == threshold]
            assert counted == list(range(1, len(counted) + 1))

    @given(totals=st.integers(0, 200_000), movement=st.integers(0, 200_000))
    def test_what_an_edit_reached_is_no_news(self, totals: int, movement: int) -> None:
        gear = shoes()
        notes = silent_notes({"distance_m": totals}, {}, gear)
        after = totals + movement
        news, _ = crossings(Change(before={"distance_m": totals}, after={"distance_m": after}, notes=notes), gear, None)
        low, high = highest_reached(totals / 1000), highest_reached(after / 1000)
        assert [reached.threshold_percent for reached in news] == [step for step in THRESHOLDS if low < step <= high]


class TestDefaultGear:
    @given(
        since=st.lists(MOMENTS, min_size=1, max_size=5, unique=True),
        archived=st.sets(st.integers(0, 4)),
        started_at=MOMENTS,
    )
    def test_the_newest_default_in_use_is_worn(
        self, since: list[datetime], archived: set[int], started_at: datetime
    ) -> None:
        pairs = [
            shoes(
                f"g-{index}",
                default_for={SportType.RUN: moment},
                archived_at=moment + timedelta(days=30) if index in archived else None,
            )
            for index, moment in enumerate(since)
        ]
        worn = [
            (moment, f"g-{index}")
            for index, moment in enumerate(since)
            if moment <= started_at and (index not in archived or started_at < moment + timedelta(days=30))
        ]
        assert default_gear(pairs, SportType.RUN, started_at) == [gear_id for _, gear_id in sorted(worn)[-1:]]
        assert default_gear(pairs, SportType.RIDE, started_at) == []

    def test_no_gear_is_a_choice_too(self) -> None:
        gears = {"g-1": shoes(default_for={SportType.RUN: datetime(2026, 1, 1, tzinfo=UTC)})}
        assert worn_gear(facts(gear_chosen=False), gears) == ["g-1"]
        assert worn_gear(facts(gear_chosen=True, gear_ids=[]), gears) == []

    def test_a_piece_named_twice_is_worn_once(self) -> None:
        run = facts(gear_chosen=True, gear_ids=["g-1", "g-1"], distance_m=5000.4)
        assert worn_gear(run, {}) == ["g-1"]
        assert contribution(run, ["g-1"], {})[account("g-1")]["distance_m"] == 5000

    def test_a_component_wears_from_the_moment_it_was_fitted(self) -> None:
        parts = [
            Component(component_id=name, name=name, unit=WearUnit.KM, limit=10, installed_at=moment)
            for name, moment in (("old", NOW - timedelta(days=30)), ("new", NOW))
        ]
        worn = contribution(facts(), ["g-1"], {"g-1": shoes(components=parts)})
        assert set(worn) == {account("g-1"), account("g-1", "old")}


class TestForecast:
    @pytest.mark.parametrize(("per_day_m", "left_days"), [(1000, 50), (5000, 10)])
    def test_it_goes_on_as_in_the_last_months(self, per_day_m: int, left_days: int) -> None:
        today = date(2026, 11, 30)
        days = (today - date(2026, 9, 1)).days + 1
        months = {"2026-09": 30, "2026-10": 31, "2026-11": 30}
        totals = {f"distance_m@{month}": per_day_m * count for month, count in months.items()}
        totals["distance_m"] = per_day_m * days
        limit = per_day_m * days / 1000 + per_day_m * left_days / 1000
        forecast = wear(totals, unit=WearUnit.KM, initial_use=0, limit=limit, since=date(2025, 1, 1), today=today)
        assert forecast.worn_out_on == today + timedelta(days=left_days)

    def test_unused_gear_has_no_date_and_worn_gear_has_todays(self) -> None:
        today = NOW.date()
        unused = wear({}, unit=WearUnit.KM, initial_use=0, limit=100, since=None, today=today)
        worn = wear({"distance_m": 100_000}, unit=WearUnit.KM, initial_use=0, limit=100, since=None, today=today)
        assert (unused.worn_out_on, worn.worn_out_on) == (None, today)

    @given(moments=st.lists(MOMENTS, min_size=1, max_size=20), metres=st.floats(0, 100_000))
    def test_the_months_add_up_to_the_total(self, moments: list[datetime], metres: float) -> None:
        uses = [use_of(facts(started_at=moment, distance_m=metres)) for moment in moments]
        for measure in ("distance_m", "time_s", "sessions"):
            by_month = sum(amount for use in uses for key, amount in use.items() if key.startswith(f"{measure}@"))
            assert by_month == sum(use[measure] for use in uses)


class TestSlots:
    @given(start=MOMENTS, shift_s=st.floats(-MAX_START_DIFFERENCE_S, MAX_START_DIFFERENCE_S))
    def test_two_starts_that_could_be_one_workout_see_each_other(self, start: datetime, shift_s: float) -> None:
        one, other = workout("w-1", start), workout("w-2", start + timedelta(seconds=shift_s))
        assert "w-1" in seen_from(other, [one])
        assert "w-2" in seen_from(one, [other])

    @given(start=MOMENTS)
    def test_what_leaves_is_seen_no_more(self, start: datetime) -> None:
        one = workout("w-1", start)
        slots = slots_with(start, [one])
        slots.leave(one)
        assert list(slots.neighbours(one.fingerprint)) == []


def workout(workout_id: str, started_at: datetime) -> Workout:
    known = {**RUN, "timer_time_s": RUN["elapsed_time_s"], "started_at": started_at, "workout_id": workout_id}
    return Workout(**known, user_id="u-1", origin="manual", created_at=NOW, updated_at=NOW)


def slots_with(start: datetime, workouts: Iterable[Workout]) -> Slots:
    names = sorted({name for moment in (start, *(w.started_at for w in workouts)) for name in _slots_around(moment)})
    slots = Slots("u-1", stored=dict.fromkeys(names), entries={name: {} for name in names})
    for each in workouts:
        slots.enter(each)
    return slots


def seen_from(looking: Workout, others: list[Workout]) -> set[str]:
    slots = slots_with(looking.started_at, others)
    return {workout_id for workout_id, _ in slots.neighbours(looking.fingerprint)}
