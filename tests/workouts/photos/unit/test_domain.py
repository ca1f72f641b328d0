"""Which photos a workout has, whoever adds, moves and removes them in which order."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from stadion.sports import SportType
from workouts.domain import Photo, PhotoStatus, Workout
from workouts.photos.domain import MAX_PHOTOS, photo_of, with_new, with_photo, without
from workouts.photos.errors import PhotoIdTakenError, PhotoNotFoundError, TooManyPhotosError

NOW = datetime(2026, 11, 21, tzinfo=UTC)
STEPS = st.tuples(st.sampled_from(["add", "move", "fail", "remove"]), st.integers(0, 13), st.integers(0, 9))


def a_workout() -> Workout:
    times = {"elapsed_time_s": 1.0, "timer_time_s": 1.0, "moving_time_s": 1.0}
    return Workout(
        workout_id="w", user_id="u", origin="manual", sport_type=SportType.RUN, started_at=NOW, created_at=NOW,
        updated_at=NOW, **times,
    )  # fmt: skip


@given(st.lists(STEPS, max_size=60))
def test_each_is_there_once_ten_at_most_and_every_change_is_counted(steps: list[tuple[str, int, int]]) -> None:
    workout = a_workout()
    for what, photo_id, position in steps:
        before = workout
        try:
            if what == "add":
                workout = with_new(workout, Photo(photo_id=str(photo_id), created_at=NOW), NOW)
            elif what == "remove":
                workout = without(workout, str(photo_id))
            else:
                photo = photo_of(workout, str(photo_id))
                failed = photo.model_copy(update={"status": PhotoStatus.FAILED})
                place = None if what == "fail" else position
                workout = with_photo(workout, failed if what == "fail" else photo, place)
                if what == "move":
                    assert workout.photos.index(photo) == min(position, len(workout.photos) - 1)
        except (PhotoIdTakenError, PhotoNotFoundError, TooManyPhotosError):
            assert workout is before
        else:
            assert workout.photos_revision == before.photos_revision + 1
        ids = [one.photo_id for one in workout.photos]
        assert len(ids) == len(set(ids)) <= MAX_PHOTOS
