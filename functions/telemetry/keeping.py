"""Use case: keep the streams of a workout's newest revision, and forget those that nobody needs."""

from stadion import claims
from stadion.clock import local_date
from stadion.dynamo import look_again
from stadion.events.catalogue import WorkoutFacts
from stadion.streams.recorded import unbundle
from telemetry import store
from telemetry.store import Facts, Kept


def keep_streams(user_id: str, workout: WorkoutFacts) -> str:
    wanted = Kept(
        workout_id=workout.workout_id,
        revision=workout.revision,
        key=workout.streams.key if workout.streams is not None else None,
        sport_type=workout.sport_type,
        started_at=workout.started_at,
        facts=Facts(
            day=local_date(workout.started_at, workout.time_zone),
            elapsed_time_s=workout.elapsed_time_s,
            moving_time_s=workout.moving_time_s,
            average_heart_rate_bpm=workout.average_heart_rate_bpm,
        ),
    )
    return look_again(lambda: _bring_about(user_id, wanted))


def forget_streams(user_id: str, workout_id: str, revision: int) -> str:
    return look_again(lambda: _bring_about(user_id, Kept(workout_id=workout_id, revision=revision)))


def _bring_about(user_id: str, wanted: Kept) -> str:
    """First the chunks, then the word that they count, then the old ones go; a crash anywhere is mended next time."""
    known, stored = store.find(user_id, wanted.workout_id)
    if known is not None and known.revision >= wanted.revision:
        _sweep(user_id, known)
        return "stale"
    old_key = known.key if known is not None else None
    if wanted.key is not None and wanted.key != old_key:
        store.write_chunks(user_id, wanted.workout_id, wanted.key, unbundle(claims.collect(wanted.key)))
    garbage = [*(known.garbage if known is not None else []), *([old_key] if old_key else [])]
    kept = wanted.model_copy(update={"garbage": [key for key in dict.fromkeys(garbage) if key != wanted.key]})
    store.keep(user_id, kept, stored)
    _sweep(user_id, kept)
    return "kept" if wanted.key is not None else "forgotten"


def _sweep(user_id: str, kept: Kept) -> None:
    if not kept.garbage:
        return
    for key in kept.garbage:
        store.delete_chunks(user_id, kept.workout_id, key)
    _, stored = store.find(user_id, kept.workout_id)
    if stored is not None and stored.body.get("garbage") == kept.garbage:
        store.keep(user_id, kept.model_copy(update={"garbage": []}), stored)
