"""What an upload tells of each part of its file, and how a reader is told."""

from stadion.i18n import Language
from stadion.units import KnownReader
from tests.workouts.uploads.unit.test_intake import upload
from workouts.domain import OnDuplicate
from workouts.reasons import Reason
from workouts.uploads.domain import MAX_PARTS, Seen, Upload, UploadedPart, UploadState, decide
from workouts.uploads.schemas import UploadStatus

SETTINGS = UploadedPart(part="file:1", reason=Reason.of("not_an_activity"))


def told(on_duplicate: OnDuplicate, twin_id: str | None) -> UploadedPart:
    (part,) = decide(upload(on_duplicate), [Seen("w-0", twin_id, "session:1")]).upload.parts
    return part


def test_a_part_is_its_own_workout_or_the_one_that_it_met() -> None:
    found = [told(OnDuplicate.REJECT, None), *(told(wish, "twin") for wish in OnDuplicate)]
    assert [(part.workout_id, part.reason and part.reason.code) for part in found] == [
        ("w-0", None),
        ("twin", "in_the_diary"),
        ("twin", "merged"),
        ("twin", "replaced"),
        ("w-0", None),
    ]


def test_what_was_left_out_is_told_beside_what_was_taken_in() -> None:
    ended = decide(upload(), [Seen("w-0", None, "session:1", (Reason.of("torn"),))], [SETTINGS]).upload
    assert [(part.part, part.workout_id) for part in ended.parts] == [("session:1", "w-0"), ("file:1", None)]
    assert Upload.model_validate_json(ended.model_dump_json()) == ended


def test_a_file_of_countless_broken_parts_is_told_in_bounds() -> None:
    ended = decide(upload(), [Seen("w-0", None)], [SETTINGS] * 5_000).upload
    assert len(ended.parts) == MAX_PARTS


def test_parts_are_worded_in_the_readers_language() -> None:
    ended = decide(upload(), [Seen("w-0", None, "session:1", (Reason.of("unread_times", count=3),))], [SETTINGS]).upload
    english, russian = (UploadStatus.of(ended, KnownReader(language)).parts for language in (Language.EN, Language.RU))
    assert english[0].notes[0].detail == "Points whose time could not be read were left out: 3."
    assert russian[0].notes[0].detail.endswith("пропущены: 3.")
    assert {part.reason.code for part in (english[1], russian[1]) if part.reason} == {"not_an_activity"}


def test_a_problem_that_was_stored_in_english_is_read_as_it_was() -> None:
    old = upload().model_dump() | {"status": UploadState.FAILED, "problem_code": "bad_number", "problem_detail": "“x”."}
    problem = UploadStatus.of(Upload.model_validate(old), KnownReader(Language.RU)).problem
    assert problem is not None
    assert (problem.code, problem.detail) == ("bad_number", "“x”.")


def test_a_problem_is_worded_with_its_values() -> None:
    failed = upload().model_copy(update={"problem_code": "too_long", "problem_values": {"days": 31}})
    problem = UploadStatus.of(failed, KnownReader(Language.RU)).problem
    assert problem is not None
    assert "31 дней" in problem.detail
