"""Use cases: keep the streams of a workout's newest revision, read them, forget what nobody needs.

A live workout has streams of the diary's, too; the session's own chunks stay beside them, for what comes late, until a
file joins or the workout is deleted.
"""

from datetime import datetime

from stadion import claims
from stadion.clock import local_date
from stadion.consents import but_health, health_among
from stadion.events.workouts import WorkoutFacts, WorkoutUse
from stadion.retry import retry_on_conflict
from stadion.storage import s3_client
from stadion.streams.codec import Floats
from stadion.streams.recorded import unbundle
from stadion.streams.told import Told
from telemetry.athletes import store as people
from telemetry.downsampling import StreamResolution
from telemetry.live import service as live
from telemetry.streams import store
from telemetry.streams.domain import (
    KNOWN,
    Streams,
    StreamSeries,
    doubted_ranges,
    guessed,
    has_distance,
    is_recorded,
    streams,
)
from telemetry.streams.errors import NoDistanceError, StreamsNotFoundError, UnknownStreamError
from telemetry.streams.store import Kept
from telemetry.streams.values import Facts


def read(
    user_id: str, workout_id: str, keys: str | None, *, resolution: StreamResolution, series: StreamSeries
) -> Streams:
    """Two DynamoDB requests, whatever the resolution, up to a megabyte of chunks."""
    wanted = _wanted(keys)
    kept, columns, agrees = _columns(user_id, workout_id)
    dropped = [] if agrees else [name for name in health_among(wanted) if is_recorded(columns, name)]
    wanted = [name for name in wanted if name not in dropped]
    columns = columns if agrees else but_health(columns)
    if series is StreamSeries.DISTANCE and not has_distance(columns):
        raise NoDistanceError
    return Streams(
        workout_id,
        resolution,
        series,
        original_size=len(columns["time_s"]),
        lists=streams(columns, kept.sport_type, wanted, resolution=resolution, series=series),
        doubted=doubted_ranges(columns, kept.sport_type, wanted, resolution=resolution, series=series),
        dropped=dropped,
    )


def whole(user_id: str, workout_id: str) -> tuple[Told, dict[str, Floats]]:
    """What is known of a workout, as of its newest revision, and its columns; none where nothing was recorded."""
    kept = store.read(user_id, workout_id).value
    if kept is None or kept.facts is None or kept.started_at is None:
        raise StreamsNotFoundError
    columns, told = store.read_streams(user_id, kept)
    known = told or guessed(columns, kept.sport_type, kept.started_at)
    newest = {"sport_type": kept.sport_type, "started_at": kept.started_at, **kept.facts.model_dump(exclude_none=True)}
    return known.model_copy(update={name: newest[name] for name in newest.keys() & Told.model_fields.keys()}), columns


def _columns(user_id: str, workout_id: str) -> tuple[Kept, dict[str, Floats], bool]:
    """With all that is kept, and whether health data may be shown."""
    stored, person = store.read_with(user_id, workout_id, people.place_of(user_id))
    kept = stored.value
    if kept is None or kept.key is None:
        raise StreamsNotFoundError
    return kept, store.read_streams(user_id, kept)[0], person.value is not None and person.value.agrees


def _wanted(keys: str | None) -> list[str]:
    """`time` is always among them; all when nothing was asked for."""
    if not keys:
        return list(KNOWN)
    named = [name.strip() for name in keys.split(",") if name.strip()]
    for name in named:
        if name not in KNOWN:
            raise UnknownStreamError(pointer="query:keys", name=name[:40], known=", ".join(KNOWN))
    return list(dict.fromkeys(["time", *named]))


# --- keeping ---------------------------------------------------------------------------------------------------------


def keep_streams(user_id: str, workout: WorkoutFacts, now: datetime) -> str:
    wanted = Kept(
        workout_id=workout.workout_id,
        revision=workout.revision,
        key=workout.streams.key if workout.streams is not None else None,
        is_live=workout.origin == "live",
        sport_type=workout.sport_type,
        started_at=workout.started_at,
        facts=Facts(
            day=local_date(workout.started_at, workout.time_zone),
            **workout.model_dump(include=set(Facts.model_fields)),
            counts=workout.counts_for(WorkoutUse.FITNESS),
        ),
    )
    return retry_on_conflict(lambda: _bring_about(user_id, wanted, now))


def forget_streams(user_id: str, workout_id: str, revision: int, now: datetime) -> str:
    return retry_on_conflict(lambda: _bring_about(user_id, Kept(workout_id=workout_id, revision=revision), now))


def _bring_about(user_id: str, wanted: Kept, now: datetime) -> str:
    """First the chunks, then the word that they count, then the old ones go; a crash anywhere is mended next time."""
    stored = store.read(user_id, wanted.workout_id)
    known = stored.value
    if known is not None and known.revision >= wanted.revision:
        _sweep(user_id, known, now)
        return "stale"
    old_key = known.key if known is not None else None
    if wanted.key is not None and not store.are_same_chunks(wanted.key, old_key):
        try:
            _bring_chunks(user_id, wanted.workout_id, wanted.key, now)
        except s3_client().exceptions.NoSuchKey:
            return "claim_gone"  # with its workout, whose deletion is on its way
    garbage = [*(known.garbage if known is not None else []), *([old_key] if old_key else [])]
    left = [key for key in dict.fromkeys(garbage) if not _is_needed(key, wanted)]
    kept = wanted.model_copy(update={"garbage": left})
    store.keep(user_id, stored, kept, now)
    _sweep(user_id, kept, now)
    return "kept" if wanted.key is not None else "forgotten"


def _is_needed(key: str, wanted: Kept) -> bool:
    return store.are_same_chunks(key, wanted.key) or (wanted.is_live and store.are_live(key))


def _bring_chunks(user_id: str, workout_id: str, key: str, now: datetime) -> None:
    """A live workout of before the diary judged these: nothing is copied, unless the chunks have gone meanwhile."""
    if store.are_live(key):
        if live.holds(user_id, workout_id):
            return
        live.retire(user_id, workout_id, now)
    store.write_chunks(user_id, workout_id, key, unbundle(claims.collect(key)), now)


def _sweep(user_id: str, kept: Kept, now: datetime) -> None:
    if not kept.is_live and not store.are_live(kept.key):
        live.retire(user_id, kept.workout_id, now, is_deleted=kept.facts is None)
    if not kept.garbage:
        return
    for key in kept.garbage:
        store.delete_chunks(user_id, kept.workout_id, key)
    stored = store.read(user_id, kept.workout_id)
    if stored.value is not None and stored.value.garbage == kept.garbage:
        store.keep(user_id, stored, kept.model_copy(update={"garbage": []}), now)
