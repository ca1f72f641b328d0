"""Slots in which workouts that could be one meet."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.kit.events import RUN
from workouts.base.index_store import STATES, Listing
from workouts.domain import Workout
from workouts.matching import MAX_START_DIFFERENCE_S
from workouts.store import HEADS, SLOTS, Slots, hours_around

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 1), timezones=st.just(UTC))  # noqa: DTZ001


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
    moments = (start, *(workout.started_at for workout in workouts))
    hours = sorted({hour for moment in moments for hour in hours_around(moment)})
    listing = Listing("u-1", STATES.at("u-1").nothing())
    slots = Slots({hour: SLOTS.at("u-1", hour).nothing() for hour in hours}, HEADS.at("u-1").nothing(), listing)
    for each in workouts:
        slots.enter(each)
    return slots


def seen_from(looking: Workout, others: list[Workout]) -> set[str]:
    slots = slots_with(looking.started_at, others)
    return {workout_id for workout_id, _ in slots.neighbours(looking.fingerprint)}
