"""The safeguards of workouts that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

MUTANTS: Final = (
    Mutant(
        "what is written while an index is built is in no list",
        "workouts.base.index_store:let_count",
        "UNLISTED & as_seen",
        "UNLISTED",
        ("tests/workouts/lists/integration/test_lists.py",),
    ),
    Mutant(
        "what is written into an index that counts no more is in no list",
        "workouts.base.index_store:Listing._write_state",
        "change.update(self._state.place, counted, same)",
        "change.update(self._state.place, counted)",
        ("tests/workouts/lists/integration/test_lists.py",),
    ),
    Mutant(
        "two recordings of one ride at the same moment are two workouts",
        "workouts.store:Slots.write",
        "change.replace(stored, self.entries[hour])",
        "change.put(stored.place, self.entries[hour], new=False)",
        ("tests/workouts/integration/test_diary.py",),
    ),
    Mutant(
        "of two edits of one workout the last one wins",
        "workouts.store:revise",
        "change.write(WORKOUTS.of(new), new, as_read, refused=_moved_on(old))",
        "change.put(WORKOUTS, new, new=False)",
        ("tests/workouts/integration/test_diary.py",),
    ),
    Mutant(
        "what an athlete told of their body is used without their consent",
        "workouts.athletes.domain:body_on",
        "if not person.agrees:",
        "if False:",
        ("tests/workouts/athletes/unit/test_body.py",),
    ),
    Mutant(
        "a file that nobody has looked at yet goes with another workout",
        "workouts.uploads.domain:Upload.is_over_with",
        "not self.is_open and workout_id in {*self.workout_ids, self.existing_workout_id}",
        "True",
        ("tests/workouts/deletions/integration/test_deletions.py",),
    ),
    Mutant(
        "a file is measured with a heart rate that nobody agreed to",
        "workouts.recordings.permitted:permitted",
        "if agrees:",
        "if agrees or True:",
        ("tests/workouts/integration/test_consents.py",),
    ),
    Mutant(
        "a consent that is withdrawn between look and write is overlooked",
        "workouts.store:Slots.write",
        "change.check(self.head)",
        "pass",
        ("tests/workouts/integration/test_consents.py",),
    ),
    Mutant(
        "a request to delete overtakes the withdrawal and is done with it",
        "workouts.athletes.service:forget_health",
        "store.person(user_id).consent_revision < asked.consent_revision",
        "False",
        ("tests/workouts/integration/test_consents.py",),
    ),
    Mutant(
        "an edit that was made before a photo came loses it",
        "workouts.store:revise",
        "WORKOUTS.seen(old).unchanged & _photos_as(old)",
        "WORKOUTS.seen(old).unchanged",
        ("tests/workouts/photos/integration/test_photos.py",),
    ),
    Mutant(
        "a photo that is tried again counts again",
        "workouts.photos.service:count",
        "photo.size is None",
        "True",
        ("tests/workouts/photos/integration/test_photos.py",),
    ),
    Mutant(
        "an upload's end is told again and again",
        "workouts.news.domain:message_of",
        "upload.upload_id in told.upload_ids",
        "False",
        ("tests/workouts/news/integration/test_uploads_that_end.py",),
    ),
)
