"""Any life of a diary: its lists and totals are those of the workouts as they are stored in the end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stadion import clock
from stadion.change import Change
from stadion.dynamo import Item
from stadion.errors import StaleVersionError
from stadion.events.accounts import ConsentKind
from stadion.retry import WriteConflictError
from stadion.sports import SportType
from tests.kit.consents import agreed
from tests.kit.events import RUN
from tests.kit.services import Service
from tests.workouts.listed import check_list
from workouts import store
from workouts.base import index_store
from workouts.base.entry import Entry
from workouts.domain import Workout, WorkoutFlag, shown
from workouts.errors import WorkoutIdTakenError, WorkoutWasDeletedError
from workouts.lists import index_service
from workouts.store import HEADS, WORKOUTS
from workouts.totals import service
from workouts.totals.domain import TotalsPeriod

BEGINNING: Final = datetime(2026, 10, 25, 20, tzinfo=UTC)
REFUSED: Final = (StaleVersionError, WorkoutIdTakenError, WorkoutWasDeletedError, WriteConflictError)
FLAGS: Final = ([], [WorkoutFlag.of("gps_jump", km=3)], [WorkoutFlag.of("heart_rate_too_high", bpm=260)])
ZONES: Final = ("UTC", "Pacific/Kiritimati", "America/Los_Angeles")
NUMBERS = st.fixed_dictionaries(
    {
        "sport_type": st.sampled_from([SportType.RUN, SportType.RIDE]),
        "distance_m": st.none() | st.integers(0, 10**8).map(lambda mm: mm / 1000),
        "calories_kcal": st.none() | st.just(250.125),
        "calories_method": st.sampled_from([None, "met_assumed_mass"]),
        "flags": st.sampled_from(FLAGS),
        "time_zone": st.sampled_from(ZONES),
        "started_at": st.integers(0, 40).map(lambda hours: BEGINNING + timedelta(hours=7 * hours)),
    }
)
DEEDS = st.sampled_from(
    ["record", "record", "correct", "correct", "delete", "split", "join", "replay", "build", "void"]
)
LIFE = st.lists(st.tuples(DEEDS, st.integers(0, 5), NUMBERS), max_size=14)


class Diary:
    """Its writes, as the use cases put them together."""

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        self.last: Any = None
        self.made = 0

    def do(self, deed: str, which: int, numbers: dict[str, Any]) -> None:
        there = self.there()
        if deed == "build":
            index_service.build(self.user_id, clock.now())
        elif deed == "void":
            index_store.void(self.user_id, clock.now())
        elif deed == "replay" and self.last is not None:
            with pytest.raises(REFUSED):
                self.write(*self.last)
        elif deed == "record":
            self.write([(None, self.new(numbers))])
        elif there and deed != "replay":
            old = there[which % len(there)]
            new = old.changed(clock.now(), **{**numbers, "flags": [one.model_dump() for one in numbers["flags"]]})
            other = there[(which + 1) % len(there)]
            moves: dict[str, Sequence[tuple[Workout | None, Workout | None]]] = {
                "correct": [(old, new)],
                "delete": [(old, None)],
                "split": [(old, new), (None, self.new(numbers))],
                "join": [(old, new), (other, None)] if other != old else [(old, new)],
            }
            self.write(moves[deed])

    def there(self) -> list[Workout]:
        return list(WORKOUTS.every(self.user_id, where=Item.kind == "workout"))

    def new(self, numbers: dict[str, Any]) -> Workout:
        self.made += 1
        known = {**RUN, "timer_time_s": RUN["elapsed_time_s"], "moving_time_s": 1700.0, **numbers}
        now = clock.now()
        return Workout(
            **known, workout_id=f"w-{self.made}", user_id=self.user_id, origin="manual", created_at=now, updated_at=now
        )

    def write(self, moves: Sequence[tuple[Workout | None, Workout | None]]) -> None:
        self.last = (moves,)
        slots = store.slots_of(*(one for move in moves for one in move if one is not None))
        with Change(self.user_id, clock.now()) as change:
            for old, new in moves:
                if old is not None and new is not None:
                    store.correct(change, old, new, slots)
                elif new is not None:
                    store.record(change, new, slots)
                elif old is not None:
                    store.remove(change, old, slots)
            slots.write(change)


@pytest.mark.parametrize("agrees", [True, False])
def test_totals_are_those_of_the_stored_workouts_whatever_happened_to_them(workouts: Service, *, agrees: bool) -> None:
    lives = iter(range(10_000))
    workouts.enter()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(life=LIFE)
    def lived(life: list[tuple[str, int, dict[str, Any]]]) -> None:
        diary = Diary(f"u-{agrees}-{next(lives)}")
        if agrees:
            agreed(HEADS.at(diary.user_id), ConsentKind.HEALTH_DATA)
        for deed in life:
            diary.do(*deed)
        found = service.totals(diary.user_id, None, None, frozenset(), clock.now(), by=TotalsPeriod.YEAR)
        check_list(diary.user_id)
        kept = [shown(one, agrees=agrees) for one in diary.there()]
        for total in (found.asked, found.all_time):
            assert total.whole.whole.count == len(kept)
            assert total.whole.flagged.count == sum(bool(one.flags) for one in kept)
            for name in ("distance_m", "calories_kcal"):
                told = sum(round((getattr(one, name) or 0) * 1000) for one in kept) / 1000
                assert getattr(total.whole.whole, name) == pytest.approx(told, abs=1e-6)
        days = {one.workout_id: Entry.of(one).day for one in kept}
        for period in found.periods:
            assert period.days is not None
            assert period.whole.whole.count == sum(day in period.days for day in days.values())

    lived()
