"""The pure rules of wear: crossings, default gear, forecasts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from stadion.categories import GearCategory
from stadion.events.workouts import WorkoutFacts
from stadion.postings import AccountChange
from stadion.sports import SportType, WearUnit
from tests.kit.events import RUN

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 1), timezones=st.just(UTC))  # noqa: DTZ001


def facts(**fields: Any) -> WorkoutFacts:
    return WorkoutFacts.model_validate({**RUN, "workout_id": "w-1", "revision": 1, **fields})


def shoes(gear_id: str = "g-1", **fields: Any) -> Gear:
    known: dict[str, Any] = {"category": GearCategory.RUNNING_SHOES, "limit": 100, "created_at": NOW, "updated_at": NOW}
    return Gear(**{**known, "gear_id": gear_id, "user_id": "u-1", **fields})


class TestCrossings:
    @given(movements=st.lists(st.integers(-60_000, 90_000), max_size=30), initial=st.integers(0, 120))
    def test_each_threshold_is_news_exactly_at_each_upward_crossing(self, movements: list[int], initial: int) -> None:
        gear = shoes(initial_use=initial)
        notes: dict[str, Any] = silent_notes({}, {}, gear)
        total, percent = 0, float(initial)
        told, expected = [], []
        for movement in movements:
            before, total = {"distance_m": total}, max(0, total + movement)
            news, notes = crossings(AccountChange(before=before, after={"distance_m": total}, notes=notes), gear, None)
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
        news, _ = crossings(
            AccountChange(before={"distance_m": totals}, after={"distance_m": after}, notes=notes), gear, None
        )
        low, high = highest_reached(totals / 1000), highest_reached(after / 1000)
        assert [reached.threshold_percent for reached in news] == [step for step in THRESHOLDS if low < step <= high]


def said(*words: str, **fields: Any) -> list[Gear]:
    """Shoes `g-0`, `g-1` …, each a default of runs since it was said so."""
    moments = [datetime.fromisoformat(word) for word in words]
    return [shoes(f"g-{n}", default_for={SportType.RUN: moment}, **fields) for n, moment in enumerate(moments)]


class TestDefaultGear:
    @given(
        since=st.lists(MOMENTS, min_size=1, max_size=5, unique_by=lambda moment: moment.date()),
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
            if moment.date() <= started_at.date()
            and (index not in archived or started_at < moment + timedelta(days=30))
        ]
        run = facts(started_at=started_at, time_zone="UTC")
        assert default_gear(pairs, run) == [gear_id for _, gear_id in sorted(worn)[-1:]]
        assert default_gear(pairs, run.model_copy(update={"sport_type": SportType.RIDE})) == []

    @pytest.mark.parametrize(
        ("started_at", "worn"),
        [
            ("2026-11-19T20:59:00Z", []),  # 23:59 in Moscow on the day before
            ("2026-11-19T21:00:00Z", ["g-0"]),
            ("2026-11-20T06:00:00Z", ["g-0"]),
        ],
    )
    def test_a_default_begins_with_the_athletes_day(self, started_at: str, worn: list[str]) -> None:
        added_in_the_evening = said("2026-11-20T20:00:00+03:00")
        assert default_gear(added_in_the_evening, facts(started_at=started_at, time_zone="Europe/Moscow")) == worn

    @pytest.mark.parametrize(("hour", "worn"), [(6, "g-1"), (21, "g-1")])
    def test_a_new_default_takes_over_from_the_beginning_of_its_day(self, hour: int, worn: str) -> None:
        pairs = said("2026-10-01T12:00:00Z", "2026-11-20T20:00:00Z")
        assert default_gear(pairs, facts(started_at=f"2026-11-20T{hour:02}:00:00Z", time_zone="UTC")) == [worn]

    @pytest.mark.parametrize(("hour", "worn"), [(6, "g-1"), (12, "g-1"), (20, "g-2"), (21, "g-2")])
    def test_of_two_words_of_one_day_the_second_counts_from_its_moment_on(self, hour: int, worn: str) -> None:
        pairs = said("2026-10-01T12:00:00Z", "2026-11-20T09:00:00Z", "2026-11-20T20:00:00Z")
        assert default_gear(pairs, facts(started_at=f"2026-11-20T{hour:02}:00:00Z", time_zone="UTC")) == [worn]

    @given(
        words=st.lists(st.integers(0, 72), max_size=4).map(lambda hours: [NOW + timedelta(hours=h) for h in hours]),
        started_at=st.integers(-24, 96).map(lambda hours: NOW + timedelta(hours=hours)),
        time_zone=st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"]),
    )
    def test_what_was_said_on_no_later_day_always_leaves_a_default(
        self, words: list[datetime], started_at: datetime, time_zone: str
    ) -> None:
        pairs = said(*(word.isoformat() for word in words))
        run = facts(started_at=started_at, time_zone=time_zone)
        zone = ZoneInfo(time_zone)
        known = any(word.astimezone(zone).date() <= started_at.astimezone(zone).date() for word in words)
        assert bool(default_gear(pairs, run)) is known

    @pytest.mark.parametrize(
        ("started_at", "time_zone", "worn"),
        [
            ("2026-10-01T17:30:00Z", "Pacific/Auckland", True),
            ("2026-10-01T17:30:00Z", "Europe/Moscow", False),
            ("2026-10-02T09:00:00Z", "Pacific/Pago_Pago", False),
            ("2026-10-02T11:00:00Z", "Pacific/Pago_Pago", True),
        ],
    )
    def test_the_first_day_of_use_is_the_athletes(self, started_at: str, time_zone: str, *, worn: bool) -> None:
        pair = shoes(used_since=date(2026, 10, 2))
        pair = pair.model_copy(update=pair.defaults([SportType.RUN], NOW))
        assert default_gear([pair], facts(started_at=started_at, time_zone=time_zone)) == (["g-1"] if worn else [])

    def test_no_gear_is_a_choice_too(self) -> None:
        gears = {"g-1": shoes(default_for={SportType.RUN: datetime(2026, 1, 1, tzinfo=UTC)})}
        assert worn_gear(facts(gear_chosen=False), gears) == ["g-1"]
        assert worn_gear(facts(gear_chosen=True, gear_ids=[]), gears) == []

    def test_a_piece_named_twice_is_worn_once(self) -> None:
        run = facts(gear_chosen=True, gear_ids=["g-1", "g-1"], distance_m=5000.4)
        assert worn_gear(run, {}) == ["g-1"]
        assert contribution(run, ["g-1"], {})[account("g-1")]["distance_m"] == 5000

    def test_a_flagged_workout_wears_nothing(self) -> None:
        assert contribution(facts(flags=["gps_jump"]), ["g-1"], {"g-1": shoes()}) == {}

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

    @pytest.mark.parametrize(("left_days", "is_told"), [(3649, True), (3651, False)])
    def test_what_lasts_longer_than_ten_years_has_no_date(self, left_days: int, is_told: bool) -> None:
        today = date(2026, 11, 30)
        totals = {f"distance_m@2026-{month:02}": 1000 * days for month, days in ((9, 30), (10, 31), (11, 30))}
        totals["distance_m"] = 91_000

        forecast = wear(totals, unit=WearUnit.KM, initial_use=0, limit=91 + left_days, since=None, today=today)

        assert (forecast.worn_out_on is not None) is is_told

    @given(moments=st.lists(MOMENTS, min_size=1, max_size=20), metres=st.floats(0, 100_000))
    def test_the_months_add_up_to_the_total(self, moments: list[datetime], metres: float) -> None:
        uses = [use_of(facts(started_at=moment, distance_m=metres)) for moment in moments]
        for measure in ("distance_m", "time_s", "sessions"):
            by_month = sum(amount for use in uses for key, amount in use.items() if key.startswith(f"{measure}@"))
            assert by_month == sum(use[measure] for use in uses)
