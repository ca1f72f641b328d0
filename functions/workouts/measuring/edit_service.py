"""Use cases of a recording's stretch: crop, split, and back. The numbers follow (`on_measuring`).

Moments are kept, not seconds: a recording that joins later may begin earlier.
"""

from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from stadion.change import Change
from workouts import file_store, store
from workouts.domain import MAX_SOURCES, Cut, Measurement, NextPart, Whole, Workout
from workouts.errors import WorkoutNotFoundError
from workouts.measuring.errors import (
    NotCroppedError,
    NotRecordedError,
    NotSplitError,
    OutsideRecordingError,
    SplitPartGoneError,
    TooManyRecordingsError,
)


def crop(old: Workout, from_s: float, to_s: float | None, now: datetime) -> Workout:
    """To what lies between them, in seconds since the workout's start; None: its end."""
    span_s = _span_s(old)
    if from_s >= span_s:
        raise OutsideRecordingError(pointer="#/from_s", seconds=int(span_s))
    if to_s is not None and to_s <= from_s:
        raise OutsideRecordingError(pointer="#/to_s", seconds=int(span_s))
    edges: dict[str, datetime] = {}
    if from_s > 0:
        edges["from_at"] = _at(old, from_s)
    if to_s is not None and to_s < span_s:
        edges["to_at"] = _at(old, to_s)
    if not edges:
        return old
    cut = _cut(old).model_copy(update=edges)
    _check_holds_time(cut, span_s, pointer="#/from_s" if from_s > 0 else "#/to_s")
    return _revise(old, cut, now)


def _check_holds_time(cut: Cut, span_s: float, *, pointer: str) -> None:
    """What is shown may not know yet what was cut a moment ago."""
    if cut.first is not None and cut.last is not None and cut.first >= cut.last:
        raise OutsideRecordingError(pointer=pointer, seconds=span_s)


def uncrop(old: Workout, now: datetime) -> Workout:
    """The whole recording again, or what a split left of it."""
    if old.cut is None or (old.cut.from_at, old.cut.to_at) == (None, None):
        raise NotCroppedError
    return _revise(old, old.cut.model_copy(update={"from_at": None, "to_at": None}), now)


def split(old: Workout, at_s: float, now: datetime) -> Workout:
    """What comes after becomes a workout of its own, measured in the same moment as the rest."""
    span_s = _span_s(old)
    if at_s >= span_s:
        raise OutsideRecordingError(pointer="#/at_s", seconds=int(span_s))
    cut, at = _cut(old), _at(old, at_s)
    part = NextPart(
        workout_id=str(uuid5(NAMESPACE_OID, f"{old.user_id}/{old.workout_id}/{old.revision}")),
        cut=cut.model_copy(update={"after": at, "from_at": None}),
    )
    first = cut.model_copy(update={"before": at, "to_at": None, "next_part": part})
    for one in (first, part.cut):
        _check_holds_time(one, span_s, pointer="#/at_s")
    return _revise(old, first, now)


def unsplit(old: Workout, now: datetime) -> Workout:
    """The rest comes back, with the recordings that joined it meanwhile; its workout is deleted."""
    if old.cut is None or old.cut.next_part is None:
        raise NotSplitError
    cut, part = old.cut, old.cut.next_part
    joined = cut.model_copy(
        update={"before": part.cut.before, "to_at": part.cut.to_at, "next_part": part.cut.next_part}
    )
    try:
        rest = store.get(old.user_id, part.workout_id)
    except WorkoutNotFoundError:
        if store.is_taken(old.user_id, part.workout_id):
            raise SplitPartGoneError from None
        return _revise(old, joined, now)  # it was not measured yet
    return _revise(_with_files_of(old, rest), _rejoined(joined, rest.cut), now, seen=old, without=rest)


def _rejoined(cut: Cut, rest: Cut | None) -> Cut:
    """With what became of the rest's own end: cropped, split further."""
    if rest is None:
        return cut
    return cut.model_copy(update={"before": rest.before, "to_at": rest.to_at, "next_part": rest.next_part})


def _with_files_of(workout: Workout, rest: Workout) -> Workout:
    known = {file.sha256 for file in workout.files}
    more = [file for file in rest.files if file.sha256 not in known]
    if workout.model_copy(update={"files": [*workout.files, *more]}).has_too_many_files:
        raise TooManyRecordingsError(most=MAX_SOURCES)
    more = [file_store.beside(file, workout) for file in more]
    live = workout.live or (rest.live and file_store.live_beside(rest.live, workout))
    return workout.model_copy(update={"files": [*workout.files, *more], "live": live})


def _revise(
    old: Workout, cut: Cut, now: datetime, *, seen: Workout | None = None, without: Workout | None = None
) -> Workout:
    new = old.changed(now, cut=None if cut.is_nothing else cut.model_dump(), measurement=Measurement.PENDING)
    return store.write_edit(seen or old, new, lambda before, edited: _write(before, edited, without, now))


def _write(old: Workout, new: Workout, without: Workout | None, now: datetime) -> None:
    slots = store.slots_of(old, new) if without is None else store.slots_of(old, new, without)
    if without is None and _is_split(new) and not _is_split(old):
        slots.check_room(new)  # its rest stands beside it in the hour of the whole
    with Change(old.user_id, now) as change:
        store.correct(change, old, new, slots)
        if without is not None:
            shared = {file.sha256 for file in new.files}
            store.remove(change, without, slots, keeping=shared)
            if new.live is not None:
                store.move_live(change, new.live.session_id, without, new)
            for sha256 in shared & {file.sha256 for file in without.files}:
                store.know_file(change, old.user_id, sha256, [new.workout_id])
        slots.write(change)


def _is_split(workout: Workout) -> bool:
    return workout.cut is not None and workout.cut.next_part is not None


def _span_s(workout: Workout) -> float:
    if not workout.is_recorded or workout.recorded_span_s is None:
        raise NotRecordedError
    return workout.recorded_span_s


def _at(workout: Workout, seconds: float) -> datetime:
    return workout.started_at + timedelta(seconds=seconds)


def _cut(workout: Workout) -> Cut:
    if workout.cut is not None:
        return workout.cut
    return Cut(
        whole=Whole(started_at=workout.started_at, recorded_span_s=_span_s(workout), distance_m=workout.distance_m)
    )
