"""The pure rules of XP, levels and records."""

from datetime import UTC, datetime
from itertools import pairwise, permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gamification.base.effort import ABSOLUTE, FACTORS, effort_at
from gamification.records.domain import Record, beats, newly_set, records_of
from gamification.xp.domain import HIGHEST, LEVELS, XP_PER_DAY, capped, counted, level_at, next_level, score
from stadion.events.workouts import BestEffort, WorkoutFacts
from stadion.postings import AccountChange
from stadion.sports import SportType
from tests.kit.events import RUN


def facts(**fields: Any) -> WorkoutFacts:
    return WorkoutFacts.model_validate({**RUN, "workout_id": "w-1", "revision": 1, **fields})


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
            score(facts(moving_time_s=moving, average_heart_rate_bpm=heart_rate, sport_type=sport)).xp
            for moving in (seconds, seconds + 600)
        )
        assert 0 <= less <= more

    @given(heart_rate=st.integers(0, 250))
    def test_a_harder_effort_never_counts_less(self, heart_rate: int) -> None:
        easier, harder = (effort_at(bpm, ABSOLUTE).factor for bpm in (heart_rate, heart_rate + 1))
        assert easier <= harder
        assert {easier, harder} <= set(FACTORS)

    @given(minutes=st.lists(st.integers(0, 200), max_size=8), page=st.integers(1, 8))
    def test_what_the_workouts_of_a_day_count_sums_to_what_the_day_counts(self, minutes: list[int], page: int) -> None:
        """Also page by page, each of which is told what the day earned before it."""
        day = [
            score(facts(workout_id=f"w-{at}", started_at=f"2026-11-20T0{at}:00:00Z", moving_time_s=60.0 * long))
            for at, long in enumerate(minutes)
        ][::-1]
        pages = [day[at : at + page] for at in range(0, len(day), page)]
        befores = [sum(one.xp for one in day[at + page :]) for at in range(0, len(day), page)]
        found = [one for part, before in zip(pages, befores, strict=True) for one in counted(part, before)]
        assert sum(one.xp for one in found) == min(XP_PER_DAY, sum(one.xp for one in day))
        assert found == counted(day, 0)

    @given(before=st.integers(0, 2000), after=st.integers(0, 2000), other=st.integers(0, 2000))
    def test_a_day_counts_up_to_its_cap(self, before: int, after: int, other: int) -> None:
        moved = capped(
            {
                "DAY#1": AccountChange(before={"xp": before}, after={"xp": after}),
                "DAY#2": AccountChange(before={}, after={"xp": other}),
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
