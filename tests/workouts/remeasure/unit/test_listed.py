"""What a run lists of a workout: each number that changed, as it was before the run and as it is."""

from datetime import UTC, datetime
from typing import Any

from stadion.events.workouts import BestEffort, StreamsClaim
from workouts.domain import Disputed, Workout, WorkoutFlag
from workouts.remeasure.domain import Batch, Planned, RemeasureOutcome, failed, judged

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FIELDS: dict[str, Any] = {
    "workout_id": "w-1",
    "user_id": "u-1",
    "origin": "upload",
    "sport_type": "Run",
    "started_at": NOW,
    "elapsed_time_s": 1800.0,
    "timer_time_s": 1800.0,
    "moving_time_s": 1790.0,
    "distance_m": 5000.0,
    "polyline": "abc",
    "best_efforts": [BestEffort(name="1k", distance_m=1000, elapsed_time_s=300, start_offset_s=0)],
    "created_at": NOW,
    "updated_at": NOW,
}
PLAIN = Planned(user_id="u-1", workout_id="w-1")


def workout(**fields: Any) -> Workout:
    return Workout.model_validate(FIELDS | fields)


def test_numbers_are_told_one_by_one() -> None:
    after = workout(
        distance_m=None,
        ascent_m=12.0,
        polyline="abd",
        best_efforts=[BestEffort(name="1k", distance_m=1000, elapsed_time_s=290, start_offset_s=5)],
        flags=[WorkoutFlag.of("duration_too_long", days=7)],
        measured_by={"distance_m": "session"},
        disputed=[Disputed(number="distance_m", figures={"session": 1.0})],
        streams=StreamsClaim(key="streams/u-1/w-1/new", samples=1),
    )
    changes = judged(PLAIN, workout(), after).changes
    was, now = changes.pop("polyline")
    assert was != now
    assert changes == {
        "ascent_m": (None, 12.0),
        "best_efforts.1k": (300.0, 290.0),
        "disputed.distance_m": (None, {"session": 1.0}),
        "distance_m": (5000.0, None),
        "flags.duration_too_long": (None, True),
        "measured_by.distance_m": (None, "session"),
        "streams": (None, "new"),
    }


def test_words_revision_and_time_of_change_are_no_numbers() -> None:
    after = workout(name="Mine", notes="n", revision=2, updated_at=datetime(2027, 1, 1, tzinfo=UTC), gear_ids=["g"])
    assert judged(PLAIN, workout(), after).outcome is RemeasureOutcome.UNCHANGED


def test_what_cannot_be_measured_is_left_as_it_is() -> None:
    assert judged(PLAIN, workout(), None).outcome is RemeasureOutcome.LEFT


def test_applied_again_after_a_crash_the_list_tells_what_was_before_the_run() -> None:
    listed = judged(PLAIN, workout(), workout(distance_m=4900.0))
    planned = Planned.model_validate_json(Planned.model_validate(listed.model_dump()).model_dump_json())
    again = judged(planned, workout(distance_m=4900.0, revision=2), workout(distance_m=4900.0, revision=2))
    assert (again.outcome, again.changes) == (RemeasureOutcome.CHANGED, {"distance_m": (5000.0, 4900.0)})


def test_what_came_otherwise_than_listed_says_so() -> None:
    planned = PLAIN.model_copy(update={"changes": {"distance_m": (5000.0, 4900.0)}})
    for after in (workout(distance_m=4800.0), workout(distance_m=4900.0, ascent_m=1.0)):
        assert judged(planned, workout(), after).outcome is RemeasureOutcome.OTHERWISE
    assert judged(planned, workout(), workout()).outcome is RemeasureOutcome.UNCHANGED


def test_a_batch_counts_all_and_keeps_what_is_worth_a_line() -> None:
    batch = Batch(run_id="r", number=0, size=3).tried()
    for seen in (judged(PLAIN, workout(), workout()), failed(PLAIN, "ValueError")):
        batch = batch.after(seen, goes_on=True)
    assert (batch.position, batch.tries, batch.is_done) == (2, 1, False)
    assert batch.counts == {RemeasureOutcome.UNCHANGED: 1, RemeasureOutcome.FAILED: 1}
    assert [seen.error for seen in batch.listed] == ["ValueError"]
    assert batch.after(judged(PLAIN, workout(), None), goes_on=False).is_done
