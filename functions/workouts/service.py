"""Use cases of the diary: record, list, correct, delete; the original recording, back to its owner."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stadion.change import Change
from stadion.errors import FieldRequiredError
from stadion.idempotency import IdempotencyKey, ReplayedError, recall
from stadion.retry import retry_on_conflict
from stadion.sports import SportType
from workouts import file_store, store, twin_service
from workouts.domain import (
    HEALTH_NUMBERS,
    FileRef,
    Mark,
    Measurement,
    OnDuplicate,
    Person,
    Track,
    Workout,
    absorb,
    answer_shown,
    as_typed,
    check_together,
    filled,
    numbered,
    permitted,
    shown,
    shown_track,
)
from workouts.errors import DuplicateWorkoutError, FileNotFoundInWorkoutError, MeasuredFieldError, WorkoutIdTakenError
from workouts.quotas import store as quotas
from workouts.quotas.domain import WORKOUTS
from workouts.recordings.zone_service import NOWHERE

WORDS = {"name", "description", "notes", "marks", "tags", "rpe", "feeling"}
ALWAYS_EDITABLE = {*WORDS, "gear_ids", "time_zone", "sport_type"}
REQUIRED = {"sport_type", "started_at", "time_zone", "elapsed_time_s", "moving_time_s"}


@dataclass(frozen=True)
class Recorded:
    """`workout` and `track` are as they are stored."""

    workout: Workout
    track: Track
    created: bool
    person: Person

    @property
    def agrees(self) -> bool:
        """To health data of it being shown."""
        return self.person.agrees

    @property
    def shown(self) -> tuple[Workout, Track]:
        return shown(self.workout, agrees=self.agrees), shown_track(self.track, agrees=self.agrees)


Answer = Callable[[Recorded], Mapping[str, Any]]
"""What a client is told, for its idempotency key."""


def record(
    new: Workout,
    on_duplicate: OnDuplicate,
    *,
    time_zone: str | None,
    key: IdempotencyKey | None,
    answer: Answer,
    now: datetime,
) -> Recorded:
    """Writes a manual workout in one read and one transaction. `time_zone` None: nobody named it."""
    workout = as_typed(new)
    check_together(workout, now)
    try:
        return retry_on_conflict(lambda: _record_once(workout, on_duplicate, time_zone, key, answer, now))
    except WorkoutIdTakenError:  # by this very request, sent twice at once?
        stored, track, person = store.see(workout.user_id, workout.workout_id)
        if _as_sent(stored) != _as_sent(workout):
            raise
        return Recorded(stored, track, created=False, person=person)


def _record_once(
    workout: Workout,
    on_duplicate: OnDuplicate,
    time_zone: str | None,
    key: IdempotencyKey | None,
    answer: Answer,
    now: datetime,
) -> Recorded:
    slots = store.slots_of(workout)
    try:
        return _enter(workout, slots, on_duplicate, time_zone, key, answer, now)
    except ReplayedError as before:
        raise ReplayedError(before.status, answer_shown(before.answer, agrees=slots.agrees)) from before


def _enter(
    workout: Workout,
    slots: store.Slots,
    on_duplicate: OnDuplicate,
    time_zone: str | None,
    key: IdempotencyKey | None,
    answer: Answer,
    now: datetime,
) -> Recorded:
    zone = time_zone or slots.person.known_zone or NOWHERE
    workout = permitted(workout.model_copy(update={"time_zone": zone}), agrees=slots.agrees)
    if slots.holds(workout.workout_id):
        return _recorded_before(workout, key, now)
    twin = twin_service.find_twin(slots, workout.fingerprint)
    if twin is not None and on_duplicate is not OnDuplicate.FORCE:
        recall(key, now)
        return _join(workout, twin, on_duplicate, slots, key=key, answer=answer, now=now)
    recorded = Recorded(workout, Track(), created=True, person=slots.person)
    with Change(workout.user_id, now, key) as change:
        change.remember(status=201, answer=answer(recorded))
        store.record(change, workout, slots)
        slots.write(change)
        quotas.spend(change, workout.user_id, WORKOUTS, 1, now)
    return recorded


def _recorded_before(workout: Workout, key: IdempotencyKey | None, now: datetime) -> Recorded:
    """The client named the workout itself and repeats the request: the first answer still holds."""
    recall(key, now)
    stored, track, person = store.see(workout.user_id, workout.workout_id)
    if stored.revision == 1 and _as_sent(stored) != _as_sent(workout):
        raise WorkoutIdTakenError
    return Recorded(stored, track, created=False, person=person)


def _as_sent(workout: Workout) -> dict[str, Any]:
    """Without the zone, which may be the athlete's of that moment, and what they may have agreed to at that one."""
    besides = {"time_zone", "created_at", "updated_at", "assigned_gear_ids", "assigned_for", "dropped"}
    return permitted(workout, agrees=False).model_dump(exclude=besides)


def _join(
    workout: Workout,
    twin_id: str,
    on_duplicate: OnDuplicate,
    slots: store.Slots,
    *,
    key: IdempotencyKey | None,
    answer: Answer,
    now: datetime,
) -> Recorded:
    if on_duplicate is OnDuplicate.REJECT:
        raise DuplicateWorkoutError(extensions={"existing_workout_id": twin_id})
    twin, track = store.get_with_track(workout.user_id, twin_id)
    joined = absorb(twin, workout, now)
    if twin.is_recorded:
        joined = numbered(joined, twin.measured, streams=twin.streams, agrees=True)
        if twin.sport_guessed and workout.sport_type is not SportType.WORKOUT:
            joined = _of_sport(joined, workout.sport_type)
    else:
        is_better = on_duplicate is OnDuplicate.REPLACE
        measured = workout.measured if is_better else filled(twin.measured, workout.measured)
        joined = as_typed(numbered(joined, measured, streams=None, agrees=True))
    recorded = Recorded(joined, track, created=False, person=slots.person)
    slots = twin_service.with_join(slots, twin, joined)
    revise(twin, joined, slots, key=key, answer=answer(recorded), now=now)
    return recorded


def revise(
    old: Workout,
    new: Workout,
    slots: store.Slots,
    *,
    track: Track | None = None,
    key: IdempotencyKey | None = None,
    answer: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Writes the next revision of a workout with its place in the slots and its event."""
    with Change(old.user_id, now, key) as change:
        change.remember(status=200, answer=answer or {})
        store.correct(change, old, new, slots, track)
        slots.write(change)


def detail(user_id: str, workout_id: str) -> Recorded:
    workout, track, person = store.see(user_id, workout_id)
    return Recorded(workout, track, created=False, person=person)


def correct(known: Recorded, changes: Mapping[str, Any], now: datetime) -> Recorded:
    """`changes`: the fields that the athlete named, with their new values; of health data, unless they agree, only
    what takes them away."""
    old, fields = known.workout, dict(changes)
    _check_changes(old, fields)
    if not known.agrees and (dropped := [name for name in _health_in(fields) if fields.pop(name) is not None]):
        fields["dropped"] = list(dict.fromkeys([*old.dropped, *dropped]))
    if "elapsed_time_s" in fields and "moving_time_s" not in fields:
        fields["moving_time_s"] = _moving_of(old, fields["elapsed_time_s"])
    if not old.is_recorded and fields.keys() & {"elapsed_time_s"}:
        fields["timer_time_s"] = fields["elapsed_time_s"]
    if "rpe" in fields:
        fields["rpe_typed"] = old.is_recorded
    if "marks" in fields:
        fields["indoor_marked"] = None if fields["marks"] is None else Mark.INDOOR in fields["marks"]
    fields |= {name: [] for name in ("marks", "tags") if name in fields and fields[name] is None}
    new = old.changed(now, **fields)
    if not new.is_recorded:
        check_together(new, now)
        new = as_typed(new)
    elif "sport_type" in fields:
        new = _of_sport(new.model_copy(update={"sport_type": old.sport_type}), new.sport_type)
    new = store.write_edit(old, new, lambda seen, edited: _correct_once(seen, edited, now))
    return Recorded(new, known.track, created=False, person=known.person)


def _moving_of(old: Workout, elapsed_time_s: float) -> float:
    """Who never stood still, or never said so, did not begin to because the duration was wrong."""
    if old.moving_time_s == old.elapsed_time_s:
        return elapsed_time_s
    return min(old.moving_time_s, elapsed_time_s)


def _correct_once(old: Workout, new: Workout, now: datetime) -> None:
    slots = store.slots_of(old, new)
    if new.started_at != old.started_at:
        slots.check_room(new)
    revise(old, new, slots, now=now)


def _health_in(fields: Mapping[str, Any]) -> list[str]:
    return [name for name, value in fields.items() if value is not None and name in HEALTH_NUMBERS]


def _of_sport(workout: Workout, sport_type: SportType) -> Workout:
    """A recording whose sport the athlete names: of another one than it was, it is to be measured."""
    named: dict[str, Any] = {"sport_type": sport_type, "sport_guessed": False, "sport_named": True}
    if sport_type is not workout.sport_type:
        named["measurement"] = Measurement.PENDING
    return workout.model_copy(update=named)


def _check_changes(old: Workout, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if value is None and name in REQUIRED:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
        if old.is_recorded and name not in ALWAYS_EDITABLE:
            raise MeasuredFieldError(pointer=f"#/{name}", field=name)


def delete(workout: Workout, now: datetime) -> None:
    retry_on_conflict(lambda: _delete_once(workout, now))


def _delete_once(workout: Workout, now: datetime) -> None:
    slots = store.slots_of(workout)
    with Change(workout.user_id, now) as change:
        store.remove(change, workout, slots)
        slots.write(change)


def file_link(user_id: str, workout_id: str, sha256: str, now: datetime) -> tuple[FileRef, str, datetime]:
    """The recording, where it can be fetched, and until when. `sha256` may be `original`: the first recording."""
    workout = store.get(user_id, workout_id)
    found = [file for file in workout.files if sha256 in {"original", file.sha256}]
    if not found:
        raise FileNotFoundInWorkoutError
    url, expires_at = file_store.download_link(found[0], now)
    return found[0], url, expires_at
