"""What becomes of an upload is decided from what the diary has: no table and no bucket."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workouts.domain import OnDuplicate
from workouts.reasons import Reason
from workouts.uploads.domain import Intake, Outcome, Seen, Upload, UploadState, decide, refused, same_bytes

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def upload(on_duplicate: OnDuplicate = OnDuplicate.REJECT) -> Upload:
    return Upload(
        upload_id="u",
        user_id="athlete",
        workout_id="w-0",
        correlation_id="c",
        filename="a.fit",
        on_duplicate=on_duplicate,
        created_at=NOW,
        form_expires_at=NOW,
    )


def decided(on_duplicate: OnDuplicate, *twins: str | None) -> Intake:
    """Of a file with a session for each of `twins`: what the diary has of the same workout."""
    return decide(upload(on_duplicate), [Seen(f"w-{number}", twin) for number, twin in enumerate(twins)])


def ending(intake: Intake) -> tuple[UploadState, list[str], str | None]:
    return intake.upload.status, intake.upload.workout_ids, intake.upload.existing_workout_id


@pytest.mark.parametrize("on_duplicate", OnDuplicate)
def test_a_recording_like_no_other_is_a_new_workout_whatever_was_wished(on_duplicate: OnDuplicate) -> None:
    intake = decided(on_duplicate, None)
    assert (ending(intake), intake.outcome) == ((UploadState.READY, ["w-0"], None), Outcome.NEW)


@pytest.mark.parametrize(
    ("on_duplicate", "ended", "reason"),
    [
        (OnDuplicate.REJECT, (UploadState.DUPLICATE, [], "twin"), Outcome.IN_THE_DIARY),
        (OnDuplicate.MERGE, (UploadState.READY, ["twin"], "twin"), Outcome.MERGED),
        (OnDuplicate.REPLACE, (UploadState.READY, ["twin"], "twin"), Outcome.REPLACED),
        (OnDuplicate.FORCE, (UploadState.READY, ["w-0"], None), Outcome.FORCED),
    ],
)
def test_of_a_workout_that_is_there_the_athletes_wish_decides(
    on_duplicate: OnDuplicate, ended: tuple[UploadState, list[str], str | None], reason: Outcome
) -> None:
    intake = decided(on_duplicate, "twin")
    assert (ending(intake), intake.outcome) == (ended, reason)


def test_of_several_sessions_each_has_its_own_place_and_reason() -> None:
    intake = decided(OnDuplicate.REJECT, "twin", None)
    assert ending(intake) == (UploadState.READY, ["w-1"], "twin")
    assert [(place.home, place.outcome) for place in intake.places] == [
        (None, Outcome.IN_THE_DIARY),
        ("w-1", Outcome.NEW),
    ]
    assert intake.outcome is Outcome.NEW


def test_two_sessions_of_a_file_never_join_the_same_workout() -> None:
    intake = decided(OnDuplicate.MERGE, "twin", "twin")
    assert ending(intake) == (UploadState.READY, ["twin", "w-1"], "twin")
    assert [place.outcome for place in intake.places] == [Outcome.MERGED, Outcome.SIBLING]


def test_the_same_bytes_are_known_before_anything_is_decoded() -> None:
    intake = same_bytes(upload(), ["first", "second"])
    assert intake is not None
    assert (ending(intake), intake.outcome) == ((UploadState.DUPLICATE, [], "first"), Outcome.SAME_BYTES)


@pytest.mark.parametrize(("on_duplicate", "known"), [(OnDuplicate.FORCE, ["first"]), (OnDuplicate.REJECT, [])])
def test_forced_bytes_and_unknown_ones_are_looked_into(on_duplicate: OnDuplicate, known: list[str]) -> None:
    assert same_bytes(upload(on_duplicate), known) is None


def test_a_refusal_says_what_is_wrong_and_brings_nothing() -> None:
    intake = refused(upload(), Reason.of("too_long", days=31))
    assert (ending(intake), intake.places) == ((UploadState.FAILED, [], None), ())
    assert intake.upload.problem == Reason.of("too_long", days=31)


@given(
    on_duplicate=st.sampled_from(OnDuplicate),
    twins=st.lists(st.sampled_from([None, "a", "b", "c"]), min_size=1, max_size=6),
)
def test_whatever_the_diary_has_nothing_is_lost_and_nothing_is_taken_twice(
    on_duplicate: OnDuplicate, twins: list[str | None]
) -> None:
    intake = decided(on_duplicate, *twins)
    homes = intake.upload.workout_ids
    assert (homes, intake.upload.existing_workout_id) == plain_rule(on_duplicate, twins)
    assert len(set(homes)) == len(homes)
    assert [place.workout_id for place in intake.places] == [f"w-{number}" for number in range(len(twins))]
    assert all(place.home or place.twin_id for place in intake.places)
    assert not intake.upload.is_open


def plain_rule(on_duplicate: OnDuplicate, twins: Sequence[str | None]) -> tuple[list[str], str | None]:
    """Written down once more, as a loop: the workouts, and the one that was met first."""
    homes: list[str] = []
    met: list[str] = []
    for number, twin in enumerate(twins):
        if twin is None or twin in homes or on_duplicate is OnDuplicate.FORCE:
            homes.append(f"w-{number}")
            continue
        met.append(twin)
        if on_duplicate is not OnDuplicate.REJECT:
            homes.append(twin)
    return homes, met[0] if met else None
