"""A workout measured from all that it is of: its originals, its live session, the stretch that counts, what was typed.

Whatever changes one of these measures the whole, so that the way there and back is none.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stadion import claims
from stadion.change import Change
from stadion.errors import StaleVersionError
from stadion.events.workouts import MeasuringCause, WorkoutMeasuringAsked
from stadion.observability import logger
from stadion.retry import retry_on_conflict
from stadion.sports import SportType
from stadion.storage import s3_client
from workouts import file_store, store
from workouts.athletes import service as athletes
from workouts.domain import (
    MEASURED,
    LivePart,
    Measurement,
    NextPart,
    Workout,
    health_in,
    keeps_health,
    not_measured,
    numbered,
    permitted,
    without_typed_health,
)
from workouts.reasons import Reason
from workouts.recordings.errors import RecordingError
from workouts.recordings.service import (
    BodyAt,
    Entry,
    Source,
    bundled_without_health,
    claim_of,
    deposited,
    live_source,
    measured_of,
    part_of,
    within_time,
)

Known = Mapping[str, Source]
"""What was decoded already, by its file's hash."""
OUR_FAULTS: Final = (ArithmeticError, LookupError, TypeError, ValueError, MemoryError)
"""Of code that measures: tried again, they would come again."""
MAX_KILLED: Final = 2
"""Tries that took all memory or time; another one would, too."""
IGNORED: Final = {"revision", "updated_at", "measuring_begun"}


@dataclass(frozen=True)
class Remeasured:
    """`after` None: there is nothing to measure it from, or it cannot be measured."""

    before: Workout
    after: Workout | None

    @property
    def is_news(self) -> bool:
        return self.after is not None and _told(self.after) != _told(self.before)


def _told(workout: Workout) -> dict[str, object]:
    return workout.model_dump(exclude=IGNORED)


def entry_of_workout(workout: Workout, sport_type: SportType | None, known: Known | None = None) -> Entry | None:
    """Of all its sources; `sport_type` None: as they say, or as it probably was. None: there is nothing left of them.

    `RecordingError` when they cannot be measured."""
    sources = list(_sources(workout, known or {}))
    return measured_of(sources, workout.cut, sport_type, body_of(workout.user_id)) if sources else None


def body_of(user_id: str) -> BodyAt:
    return lambda moment: athletes.body_on(user_id, moment.date())


def _sources(workout: Workout, known: Known) -> Iterator[Source]:
    for file in workout.sources:
        decoded = known.get(file.sha256)
        if decoded is None:
            with _there():
                data = file_store.read_kept(file.key)
            decoded = part_of(data, file.part, workout)
        yield decoded
    if workout.live is not None and workout.counts_live:
        yield _live(workout.live)


@contextmanager
def _there() -> Iterator[None]:
    try:
        yield
    except s3_client().exceptions.NoSuchKey:
        raise RecordingError("original_gone") from None


def _live(part: LivePart) -> Source:
    """Before its columns were kept, they lived as long as the archive."""
    if part.key is None:
        return live_source(part, None)
    with _there():
        return live_source(part, file_store.read_kept(part.kept) if part.kept else claims.collect(part.key))


def told_sport(workout: Workout) -> SportType | None:
    """None where nobody said it."""
    return None if workout.sport_guessed else workout.sport_type


def named_sport(workout: Workout) -> SportType | None:
    """The same, where `Workout` is no name of a sport."""
    return None if workout.sport_type is SportType.WORKOUT else told_sport(workout)


def measured_anew(user_id: str, workout_id: str, now: datetime, *, write: bool, deletes: bool = False) -> Remeasured:
    """From its sources, as its sport; the next revision only where that changes anything. Safe to repeat.

    `deletes`: health data that were typed in go, too.

    `WorkoutNotFoundError`, also when it was deleted meanwhile."""
    copied: set[str] = set()
    try:
        return retry_on_conflict(
            lambda: _measured_anew(user_id, workout_id, now, copied, write=write, deletes=deletes),
            also=(StaleVersionError,),
        )
    finally:
        for part_id in copied:
            if not store.is_taken(user_id, part_id):  # deleted or made one again meanwhile
                file_store.forget(user_id, part_id)


def finish(user_id: str, workout_id: str, now: datetime, cause: MeasuringCause = MeasuringCause.CORRECTED) -> str:
    """Of a workout whose numbers are to come; what became of it, in a word."""
    workout = store.get(user_id, workout_id)
    agrees = athletes.person(user_id).agrees if cause is not MeasuringCause.CORRECTED else True
    deletes = cause is MeasuringCause.DELETION and not agrees
    if deletes:
        _forget_in_columns(workout)
    if not _is_due(workout, agrees=agrees, deletes=deletes):
        return "measured_before"
    if not workout.is_recorded or workout.measuring_begun >= MAX_KILLED:
        return _end_unmeasured(workout, now, agrees=agrees)
    _note(user_id, workout_id, 1, now)
    try:
        after = measured_anew(user_id, workout_id, now, write=True, deletes=deletes).after
    except Exception:
        _note(user_id, workout_id, -1, now)  # it was not killed
        raise
    if after is not None:
        if deletes:
            claims.forget_others(user_id, workout_id, after.streams.key if after.streams is not None else None)
        return "measured"
    return _end_unmeasured(store.get(user_id, workout_id), now, agrees=agrees) if not agrees else "failed"


def _is_due(workout: Workout, *, agrees: bool, deletes: bool) -> bool:
    if workout.measurement is Measurement.PENDING or part_to_come(workout) is not None:
        return True
    if agrees:
        return bool(workout.dropped)
    return keeps_health(workout) if deletes else bool(health_in(workout))


def _end_unmeasured(workout: Workout, now: datetime, *, agrees: bool) -> str:
    """What was typed in is told whole again, or goes; so do numbers of a recording that cannot be measured."""
    if not agrees:
        streams = None if workout.is_recorded else workout.streams
        without = without_typed_health(workout.changed(now, streams=streams))
        _write(workout, permitted(without, agrees=False), None, None, now)
        return "deleted"
    if workout.measurement is Measurement.PENDING:
        _write(workout, not_measured(workout.changed(now), Reason.of("takes_too_long")), None, None, now)
        return "failed"
    _write(workout, workout.changed(now, dropped=[]), None, None, now)
    return "told"


def _forget_in_columns(workout: Workout) -> None:
    """What a live session kept of health data: unlike a file's it is no original of the athlete's."""
    if workout.live is None or workout.live.kept is None:
        return
    with _there():
        kept = file_store.read_kept(workout.live.kept)
    without = bundled_without_health(kept)
    if without != kept:
        file_store.replace_kept(workout.live.kept, without)


def _note(user_id: str, workout_id: str, more: int, now: datetime) -> None:
    retry_on_conflict(lambda: store.note_begun(user_id, workout_id, more, now))


def _measured_anew(
    user_id: str, workout_id: str, now: datetime, copied: set[str], *, write: bool, deletes: bool
) -> Remeasured:
    """`copied`: takes the parts whose originals were copied."""
    before = store.get(user_id, workout_id)
    entry, rest, problem = None, None, Reason.of("original_gone")
    try:
        with within_time():
            entry = entry_of_workout(before, told_sport(before))
            rest = _rest(before)
    except RecordingError as error:
        logger.warning("cannot be measured", extra={"workout_id": workout_id, "reason": error.reason.code})
        entry, problem = None, error.reason
    except OUR_FAULTS:
        logger.exception("cannot be measured", extra={"workout_id": workout_id})
        entry, problem = None, Reason.of("file_broken")
    if entry is None:
        if write and before.measurement is Measurement.PENDING:
            _write(before, not_measured(before.changed(now), problem), None, None, now)
        return Remeasured(before, None)
    kept = without_typed_health(before) if deletes else before
    after = _numbered(kept.changed(now, **MEASURED), entry)
    found = Remeasured(before, after)
    if write and rest is not None:
        copied.add(rest.workout.workout_id)
    if write and (found.is_news or rest is not None):
        _write(before, after, entry, rest, now)
    return found


@dataclass(frozen=True)
class _Rest:
    """What a split made a workout of its own, measured, while it is not in the diary."""

    workout: Workout
    entry: Entry


def _rest(workout: Workout) -> _Rest | None:
    part = part_to_come(workout)
    if part is None:
        return None
    rest = _split_off(workout, part)
    entry = entry_of_workout(rest, told_sport(rest))
    return None if entry is None else _Rest(_numbered(rest, entry), entry)


def part_to_come(workout: Workout) -> NextPart | None:
    part = workout.cut.next_part if workout.cut is not None else None
    return None if part is None or store.is_taken(workout.user_id, part.workout_id) else part


def _split_off(workout: Workout, part: NextPart) -> Workout:
    return workout.model_copy(
        update={
            "workout_id": part.workout_id,
            "revision": 1,
            "cut": part.cut,
            "external": None,
            "typed": None,
            "description": None,
            "notes": None,
            "assigned_gear_ids": [],
            "assigned_for": 0,
            "photos": [],
            "photos_revision": 0,
            **MEASURED,
        }
    )


def _numbered(workout: Workout, entry: Entry) -> Workout:
    streams = claim_of(workout.user_id, workout.workout_id, entry)
    return numbered(workout, entry.measured, streams=streams, agrees=entry.agrees)


def _write(before: Workout, after: Workout, entry: Entry | None, rest: _Rest | None, now: datetime) -> None:
    brought = [after] if rest is None else [after, rest.workout]
    slots = store.slots_of(before, *brought)
    if entry is not None:
        deposited(after.user_id, after.workout_id, entry)
    with Change(before.user_id, now) as change:
        store.correct(change, before, after, slots, entry.track if entry is not None else None)
        if rest is not None:
            _record(change, rest, slots)
        slots.write(change)


def _record(change: Change, rest: _Rest, slots: store.Slots) -> None:
    """With originals of its own: whatever becomes of the other part, they stay."""
    user_id, workout_id = rest.workout.user_id, rest.workout.workout_id
    deposited(user_id, workout_id, rest.entry)
    files = [file_store.beside(file, rest.workout) for file in rest.workout.files]
    live = rest.workout.live and file_store.live_beside(rest.workout.live, rest.workout)
    recorded = rest.workout.model_copy(update={"files": files, "live": live})
    store.record(change, recorded, slots, rest.entry.track)
    if part_to_come(recorded) is not None:  # it was split before it was there
        change.publish(WorkoutMeasuringAsked(workout_id=workout_id, revision=recorded.revision))
    for file in files:
        known = store.workouts_of_file(user_id, file.sha256)
        store.know_file(change, user_id, file.sha256, dict.fromkeys([*known, workout_id]))
