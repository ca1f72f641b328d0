"""What is written of a batch, and what a closed session comes to, decided before anything is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from stadion.events.telemetry import LiveOutcome
from stadion.sports import SportType
from telemetry.live.errors import TooManySamplesError
from telemetry.live.sessions.chunks import Samples, packed, samples_of, unpacked
from telemetry.live.sessions.domain import Session, started
from telemetry.live.sessions.intake import decide, ending
from telemetry.live.values import Start, most_in

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
SESSION = started(Start(session_id="s", sport_type=SportType.RUN, started_at=NOW - timedelta(hours=1)), NOW)


def beats(times_ms: Sequence[int], bpm: float = 150.0) -> Samples:
    return samples_of(times_ms, {"heart_rate_bpm": [bpm] * len(times_ms)})


def test_each_minute_of_a_batch_is_a_chunk_of_its_own() -> None:
    intake = decide(beats([1_000, 61_000]), {}, 1, SESSION)

    assert sorted(intake.changed) == [0, 1]
    assert intake.added == 2
    assert intake.newest is not None
    assert intake.newest.time_s == 61.0


def test_what_is_there_already_changes_nothing() -> None:
    known = {0: packed(beats([1_000, 2_000]))}

    intake = decide(beats([2_000]), known, 0, SESSION)

    assert (dict(intake.changed), intake.added, intake.newest) == ({}, 0, None)


def test_what_is_new_is_added_to_what_the_minute_holds() -> None:
    known = {0: packed(beats([1_000]))}

    intake = decide(beats([3_000]), known, 0, SESSION)

    assert list(unpacked(intake.changed[0]).ms) == [1_000, 3_000]
    assert intake.added == 1


@pytest.mark.parametrize(
    ("known", "session"),
    [
        ({1: packed(beats([61_000]))}, SESSION),
        ({}, SESSION.model_copy(update={"until_s": 30.0})),
        ({0: packed(beats([9_000]))}, SESSION),
    ],
    ids=["a later minute is there", "a later sample was heard of", "the minute ends later"],
)
def test_followers_are_shown_nothing_that_was_overtaken(known: dict[int, bytes], session: Session) -> None:
    intake = decide(beats([3_000]), known, 0, session)

    assert intake.added == 1
    assert intake.newest is None


def test_a_minute_with_too_many_samples_takes_none() -> None:
    crowd = beats(range(most_in(0) + 1))

    with pytest.raises(TooManySamplesError):
        decide(crowd, {}, 0, SESSION)


def test_a_session_that_was_stopped_is_made_known_with_its_last_sample() -> None:
    stopped = SESSION.stopped(90.0, NOW)

    ended = ending(stopped, [packed(beats([1_000])), packed(beats([80_000]))], NOW)

    assert (ended.last_s, ended.session.finished, ended.session.until_s) == (80.0, 1, 80.0)
    assert ended.session.outcome is LiveOutcome.STOPPED


def test_one_that_was_forgotten_before_anything_was_recorded_is_discarded() -> None:
    ended = ending(SESSION.forgotten(NOW), [], NOW)

    assert (ended.session.outcome, ended.last_s) == (LiveOutcome.DISCARDED, None)


def test_every_correction_has_a_revision_of_its_own() -> None:
    once = ending(SESSION.stopped(90.0, NOW), [packed(beats([1_000]))], NOW)

    again = ending(once.session, [packed(beats([1_000, 2_000]))], NOW)

    assert (once.session.finished, again.session.finished) == (1, 2)
