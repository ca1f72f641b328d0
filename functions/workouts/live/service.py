"""A finished live session enters the diary: as a workout with the session's id, or joined to one that is there.

Told twice, it changes nothing. Told again with a later revision (samples that came late), the workout is corrected.
"""

from datetime import datetime

from stadion import claims
from stadion.change import Change
from stadion.events.telemetry import LiveSessionFinished
from stadion.events.workouts import LiveSessionSaved
from stadion.retry import retry_on_conflict
from stadion.storage import s3_client
from workouts import file_store, store, twin_service
from workouts.domain import MEASURED, LivePart, Measurement, Workout, absorb, not_measured, numbered
from workouts.errors import HourIsFullError
from workouts.measuring.service import body_of, entry_of_workout, named_sport
from workouts.recordings.errors import RecordingError
from workouts.recordings.service import Entry, deposited, live_source, measured_of, within_time
from workouts.recordings.zone_service import zone_for
from workouts.store import LiveEntry


def save(user_id: str, event: LiveSessionFinished, now: datetime) -> str:
    """What became of it, in a word."""
    part = _part(event)
    try:
        bundled = claims.collect(part.key) if part.key is not None else None
    except s3_client().exceptions.NoSuchKey:
        return "claim_gone"  # with the workout that it was
    folders: set[str] = set()
    try:
        with within_time():
            entry = measured_of([live_source(part, bundled)], None, part.sport_type, body_of(user_id))
            return retry_on_conflict(
                lambda: _save(user_id, event, part, bundled, entry, folders, now), also=twin_service.MOVED
            )
    except (HourIsFullError, RecordingError) as error:
        return error.code  # tried again, it would be the same
    finally:
        for workout_id in folders:
            if store.find(user_id, workout_id) is None:  # deleted meanwhile, or never there
                file_store.forget(user_id, workout_id)


def _save(
    user_id: str,
    event: LiveSessionFinished,
    part: LivePart,
    bundled: bytes | None,
    entry: Entry,
    folders: set[str],
    now: datetime,
) -> str:
    """`folders`: takes the workouts whose folder has its columns."""
    stored = store.live_entry(user_id, event.session_id)
    known = stored.value
    if known is not None and known.session_revision >= event.revision:
        return "stale"
    workout = _workout(user_id, event, part, entry, now)
    slots = store.slots_of(workout)
    home = known.workout_id if known is not None else _home(user_id, workout, slots)
    twin = store.find(user_id, home) if home is not None else None
    if home is not None and twin is None:
        return "deleted"
    saved_as = home or workout.workout_id
    if bundled is not None:
        folders.add(saved_as)
        kept = file_store.keep_live(bundled, user_id=user_id, workout_id=saved_as, session_id=event.session_id)
        workout = workout.model_copy(update={"live": part.model_copy(update={"kept": kept})})
    with Change(user_id, now) as change:
        if twin is None:
            store.record(change, workout, slots, entry.track)
        else:
            _join(change, slots, twin, workout, entry)
        change.replace(stored, LiveEntry(workout_id=saved_as, session_revision=event.revision))
        change.publish(
            LiveSessionSaved(session_id=event.session_id, session_revision=event.revision, workout_id=saved_as)
        )
        slots.write(change)
    return "recorded" if twin is None else "corrected" if known is not None else "joined"


def _home(user_id: str, workout: Workout, slots: store.Slots) -> str | None:
    """The workout that has the session's id already, or that is the same by time and distance."""
    if store.is_taken(user_id, workout.workout_id):
        return workout.workout_id
    return twin_service.find_twin(slots, workout.fingerprint, but=workout.workout_id)


def _join(change: Change, slots: store.Slots, twin: Workout, workout: Workout, entry: Entry) -> None:
    """The athlete's word on the sport stands."""
    joined = absorb(twin, workout, change.now)
    _tell_parts(change, joined, slots)
    try:
        best = entry_of_workout(joined, named_sport(twin) or workout.sport_type) or entry
    except RecordingError as error:  # of the stretch that counts nothing is left: the columns are kept all the same
        failed = not_measured(joined, error.reason)
        store.correct(change, twin, failed, twin_service.with_join(slots, twin, failed))
        return
    streams = deposited(twin.user_id, twin.workout_id, best)
    joined = numbered(joined, best.measured, streams=streams, agrees=best.agrees).model_copy(update=MEASURED)
    store.correct(change, twin, joined, twin_service.with_join(slots, twin, joined), best.track)


def _tell_parts(change: Change, workout: Workout, slots: store.Slots) -> None:
    """What a split made of the session has the newest columns, too, and is measured anew."""
    cut = workout.cut
    while cut is not None and cut.next_part is not None:
        part = store.find(workout.user_id, cut.next_part.workout_id)
        if part is None:
            return
        if workout.live is not None and part.live is not None and part.live.session_id == workout.live.session_id:
            live = file_store.live_beside(workout.live, part).model_copy(update={"replaced": part.live.replaced})
            pending = part.changed(change.now, live=live.model_dump(), measurement=Measurement.PENDING)
            store.correct(change, part, pending, slots)
        cut = part.cut


def _part(event: LiveSessionFinished) -> LivePart:
    return LivePart(
        session_id=event.session_id,
        revision=event.revision,
        key=event.streams.key if event.streams is not None else None,
        samples=event.streams.samples if event.streams is not None else 0,
        sport_type=event.sport_type,
        started_at=event.started_at,
        ended_at=event.ended_at,
        pauses=event.pauses,
    )


def _workout(user_id: str, event: LiveSessionFinished, part: LivePart, entry: Entry, now: datetime) -> Workout:
    return Workout(
        **entry.measured.model_dump(),
        workout_id=event.session_id,
        user_id=user_id,
        origin="live",
        name=event.name,
        time_zone=event.time_zone or zone_for(user_id, entry.measured.start_latlng),
        gear_ids=event.gear_ids,
        live=part,
        streams=deposited(user_id, event.session_id, entry),
        created_at=now,
        updated_at=now,
    )
