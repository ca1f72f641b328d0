"""The diary in the workouts table. Its keys stand in README.md; nothing outside this module knows them."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from pydantic import Field
from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.condition import Condition

from stadion import clock
from stadion.change import Change
from stadion.dynamo import Item
from stadion.errors import RequestInProgressError, StaleVersionError
from stadion.events.workouts import (
    MeasuringCause,
    WorkoutCorrected,
    WorkoutDeleted,
    WorkoutMeasuringAsked,
    WorkoutRecorded,
)
from stadion.records import Index, Place, Records, Stored, fetch
from stadion.retry import WriteConflictError, retry_on_conflict
from stadion.sports import Family
from stadion.values import Value
from workouts.base.index_store import STATES, CountedItem, Listing
from workouts.domain import ExternalWorkout, Measurement, Person, Track, Workout, health_in, noted
from workouts.errors import (
    DuplicateWorkoutError,
    HourIsFullError,
    WorkoutIdTakenError,
    WorkoutNotFoundError,
    WorkoutWasDeletedError,
)
from workouts.matching import MAX_START_DIFFERENCE_S, Fingerprint

EVENTS_AT_ONCE = 50
"""In a transaction, which takes a hundred items."""
MOST_AN_HOUR = 200
"""Entries of one slot, in which every workout that is new has one: some 30 KB, rewritten by each write of that hour."""
DIARY = Index("USER#{user_id}#WORKOUTS", "{started_at}#{workout_id}")
"""By time."""
OF_WHOLE = "#whole"
"""After the id, in a slot: the recording that the workout was cut out of."""
SlotEntries = Mapping[str, Mapping[str, Any]]
"""Workout id (and `OF_WHOLE`) -> its fingerprint, as it is stored."""


class _WorkoutItem(CountedItem):
    assigned_for = NumberAttribute(default=0)
    photos_revision = NumberAttribute(null=True)


class _Tombstone(Value):
    """Takes a deleted workout's place, so that its id and its revisions are never used again."""

    workout_id: str = Field(exclude=True)
    user_id: str = Field(exclude=True)
    revision: int = Field(exclude=True)
    deleted_at: str


class _File(Value):
    """Where the recording in a file is."""

    workout_ids: list[str]


class _Known(Value):
    """Where the workout of a provider is."""

    workout_id: str


class LiveEntry(Value):
    """The workout that a session is in, as of which finish of it."""

    workout_id: str
    session_revision: int


def _workout(item: Item) -> Workout:
    if item.kind != "workout":
        raise WorkoutNotFoundError
    return Workout.model_validate(item.body)


WORKOUTS = Records(
    Workout,
    kind="workout",
    pk="USER#{user_id}",
    sk="WORKOUT#{workout_id}",
    own_revision=True,
    index=DIARY,
    load=_workout,
    attributes=lambda workout: {
        "assigned_for": workout.assigned_for,
        "photos_revision": workout.photos_revision or None,
    },
    item_type=_WorkoutItem,
    missing=WorkoutNotFoundError,
)
"""Every change, on its revision; the athlete's own lists by their entries, walks over all by the index."""
TOMBSTONES = Records(_Tombstone, kind="tombstone", pk="USER#{user_id}", sk="WORKOUT#{workout_id}", own_revision=True)
"""In the workout's place: its id and its revisions are never used again."""
TRACKS = Records(Track, kind="track", pk="USER#{user_id}", sk="TRACK#{workout_id}", nulls=True)
"""Laps, splits, pauses; with the workout, in one batch."""
FILES = Records(_File, kind="file", pk="USER#{user_id}", sk="FILE#{sha256}")
"""Of a processed upload; the next upload of the same bytes looks here."""
EXTERNALS = Records(_Known, kind="external", pk="USER#{user_id}", sk="EXTERNAL#{provider}#{id}")
"""With the workout, if absent: a provider sends each once."""
ENTRIES = Records(LiveEntry, kind="live", pk="USER#{user_id}", sk="LIVE#{session_id}")
"""The workout that a finished live session is in, as of which finish."""
HEADS = Records(Person, kind="athlete", pk="ATHLETE#{user_id}", sk="HEAD", nulls=True)
"""Time zone, birth date, gender, the consent `health_data`: `athletes.on_account_events`; what measures, writes and
shows a workout."""
SLOTS = Records[SlotEntries](
    dict, kind="slot", pk="USER#{user_id}", sk="SLOT#{hour}", dump=dict, load=lambda item: dict(item.body)
)
"""Fingerprints of workouts that start in that hour: every write of one, on the revision; the look for duplicates."""


class Slots:
    """The hours around a start, each with the fingerprints of the workouts that start in it; what is known of
    their athlete, since every write asks what they agree to; and the index that every write keeps.

    Two uploads of one ride at the same time both read the hour's slot and both want to write it: the second fails,
    reads again and sees the first. So a duplicate cannot slip through between look and write.
    """

    def __init__(self, stored: Mapping[str, Stored[SlotEntries]], head: Stored[Person], listing: Listing) -> None:
        """Hour -> what is stored of it."""
        self.head = head
        self.listing = listing
        self.stored = dict(stored)
        self.entries = {hour: dict(one.value or {}) for hour, one in stored.items()}
        self._touched: set[str] = set()

    @property
    def person(self) -> Person:
        return self.head.value or Person()

    @property
    def agrees(self) -> bool:
        """The athlete, to health data."""
        return self.person.agrees

    def neighbours(self, fingerprint: Fingerprint) -> Iterator[tuple[str, Fingerprint]]:
        for hour in hours_around(fingerprint.started_at):
            for entered_as, entry in self.entries[hour].items():
                yield entered_as.removesuffix(OF_WHOLE), _fingerprint(entry)

    def holds(self, workout_id: str) -> bool:
        return any(workout_id in entries for entries in self.entries.values())

    def check_room(self, workout: Workout) -> None:
        """For one that is new in its hour. `HourIsFullError`."""
        for fingerprint in workout.fingerprints:
            if len(self.entries[_hour(fingerprint.started_at)]) >= MOST_AN_HOUR:
                raise HourIsFullError

    def enter(self, workout: Workout) -> None:
        for entered_as, fingerprint in _entered(workout):
            hour = _hour(fingerprint.started_at)
            self.entries[hour][entered_as] = _slot_entry(fingerprint)
            self._touched.add(hour)

    def leave(self, workout: Workout) -> None:
        for entered_as, fingerprint in _entered(workout):
            hour = _hour(fingerprint.started_at)
            self.entries[hour].pop(entered_as, None)
            self._touched.add(hour)

    def widen(self, further: "Slots") -> None:
        """By hours that were not looked at yet."""
        for hour in further.stored.keys() - self.stored.keys():
            self.stored[hour], self.entries[hour] = further.stored[hour], further.entries[hour]

    def write(self, change: Change) -> None:
        """Every slot that was looked at must still be as it was read, and what the athlete agrees to; the touched ones
        are written, and the index."""
        change.check(self.head)
        self.listing.write(change)
        for hour, stored in self.stored.items():
            if hour in self._touched:
                change.replace(stored, self.entries[hour])
            else:
                change.check(stored)


# --- reading --------------------------------------------------------------------------------------------------------


def get(user_id: str, workout_id: str) -> Workout:
    return WORKOUTS.get(user_id, workout_id)


def find(user_id: str, workout_id: str) -> Workout | None:
    """None also when it was deleted."""
    try:
        return get(user_id, workout_id)
    except WorkoutNotFoundError:
        return None


@dataclass(frozen=True)
class Deleted:
    """In the place of a workout that was there once."""


def several(user_id: str, workout_ids: Iterable[str]) -> dict[str, "Workout | Deleted"]:
    """By id, those that are or were there; in one request for a hundred."""
    places = {workout_id: WORKOUTS.at(user_id, workout_id) for workout_id in workout_ids}
    found = fetch(*places.values())
    seen: dict[str, Workout | Deleted] = {}
    for workout_id, place in places.items():
        try:
            workout = found[place].value
        except WorkoutNotFoundError:
            seen[workout_id] = Deleted()
        else:
            if workout is not None:
                seen[workout_id] = workout
    return seen


def is_taken(user_id: str, workout_id: str) -> bool:
    """By a workout, or by the tombstone of one."""
    return WORKOUTS.at(user_id, workout_id).is_taken()


def get_with_track(user_id: str, workout_id: str) -> tuple[Workout, Track]:
    workout, track, _ = see(user_id, workout_id)
    return workout, track


def see(user_id: str, workout_id: str) -> tuple[Workout, Track, Person]:
    """The last one: their athlete, as this service knows them."""
    workout, track, head = WORKOUTS.at(user_id, workout_id), TRACKS.at(user_id, workout_id), HEADS.at(user_id)
    found = fetch(workout, track, head)
    known = found[workout].value
    if known is None:
        raise WorkoutNotFoundError
    return known, found[track].value or Track(), found[head].value or Person()


def everything(user_id: str) -> Iterator[Workout]:
    """A request for each megabyte, as of this moment."""
    return WORKOUTS.every(user_id, where=Item.kind == "workout")


def slots_of(*workouts: Workout) -> Slots:
    """Of an athlete: the hours in which they are found, and those beside them."""
    starts = {fingerprint.started_at for workout in workouts for fingerprint in workout.fingerprints}
    return slots_around(workouts[0].user_id, *starts)


def slots_around(user_id: str, *starts: datetime) -> Slots:
    places = _places(user_id, *starts)
    head, state = HEADS.at(user_id), STATES.at(user_id)
    found = fetch(head, state, *places.values())
    is_new = found[state].value is None and _is_empty(user_id)
    listing = Listing(user_id, found[state], is_new=is_new)
    return Slots({hour: found[place] for hour, place in places.items()}, found[head], listing)


def _is_empty(user_id: str) -> bool:
    """Nothing was ever in the diary, not even what was deleted."""
    beginning = WORKOUTS.at(user_id, "")
    found = Item.query(beginning.pk, Item.sk.startswith(beginning.sk), limit=1, consistent_read=True)
    return next(iter(found), None) is None


def _places(user_id: str, *starts: datetime) -> dict[str, Place[SlotEntries]]:
    return {hour: SLOTS.at(user_id, hour) for hour in sorted({hour for one in starts for hour in hours_around(one)})}


def live_entry(user_id: str, session_id: str) -> Stored[LiveEntry]:
    return ENTRIES.read(user_id, session_id)


def workouts_of_file(user_id: str, sha256: str) -> list[str]:
    known = FILES.find(user_id, sha256)
    return known.workout_ids if known is not None else []


# --- writing, in one transaction with whatever else the use case writes ---------------------------------------------


def record(change: Change, workout: Workout, slots: Slots, track: Track | None = None) -> None:
    """A workout that is new, with its place in the slots and its event. `HourIsFullError`."""
    slots.check_room(workout)
    change.put(WORKOUTS, workout, refused=_taken)
    _put_track(change, workout, track)
    if workout.external is not None:
        _put_external(change, workout, workout.external)
    slots.enter(workout)
    slots.listing.move(None, workout)
    change.publish(WorkoutRecorded(workout=workout.facts(agrees=slots.agrees)))
    _ask_again(change, workout, slots)


def revise(change: Change, old: Workout, new: Workout, slots: Slots, track: Track | None = None) -> None:
    as_read = WORKOUTS.seen(old).unchanged & _photos_as(old)
    change.write(WORKOUTS.of(new), new, as_read, refused=_moved_on(old))
    slots.listing.move(old, new)
    _put_track(change, new, track)
    if new.external is not None and old.external is None:
        _put_external(change, new, new.external)


def correct(change: Change, old: Workout, new: Workout, slots: Slots, track: Track | None = None) -> None:
    """The next revision, with its place in the slots and its event.

    While its numbers are to be measured, others learn of it with them."""
    new = noted(new, agrees=slots.agrees)
    revise(change, old, new, slots, track)
    if new.fingerprints != old.fingerprints:
        slots.leave(old)
        slots.enter(new)
    if new.measurement is Measurement.PENDING:
        change.publish(WorkoutMeasuringAsked(workout_id=new.workout_id, revision=new.revision))
    else:
        change.publish(WorkoutCorrected(workout=new.facts(agrees=slots.agrees)))
        if track is not None:
            _ask_again(change, new, slots)


def _ask_again(change: Change, workout: Workout, slots: Slots) -> None:
    """Of what was measured while the athlete said otherwise."""
    measured_without = slots.agrees and workout.dropped
    measured_with = not slots.agrees and health_in(workout)
    if workout.is_recorded and (measured_without or measured_with):
        change.publish(_asked(workout, MeasuringCause.CONSENT))


def ask_again(user_id: str, workouts: Iterable[Workout], cause: MeasuringCause, now: datetime) -> int:
    """Has each of them measured as the athlete says now; how many."""
    asked = [_asked(one, cause) for one in workouts]
    for begin in range(0, len(asked), EVENTS_AT_ONCE):
        with Change(user_id, now) as change:
            change.publish(*asked[begin : begin + EVENTS_AT_ONCE])
    return len(asked)


def _asked(workout: Workout, cause: MeasuringCause) -> WorkoutMeasuringAsked:
    return WorkoutMeasuringAsked(workout_id=workout.workout_id, revision=workout.revision, because=cause)


def remove(change: Change, workout: Workout, slots: Slots, *, keeping: Container[str] = ()) -> None:
    """With all that is kept of it, and its event; `keeping`: hashes of files that are another workout's, too."""
    user_id, workout_id, revision = workout.user_id, workout.workout_id, workout.revision + 1
    tombstone = _Tombstone(
        user_id=user_id, workout_id=workout_id, revision=revision, deleted_at=clock.rfc3339(change.now)
    )
    unchanged = WORKOUTS.seen(workout).unchanged
    change.write(TOMBSTONES.of(tombstone), tombstone, unchanged, refused=StaleVersionError)
    change.delete(TRACKS.at(user_id, workout_id))
    if workout.external is not None:
        change.delete(_external(user_id, workout.external))
    for file in workout.files:
        if file.sha256 not in keeping:
            change.delete(FILES.at(user_id, file.sha256))
    slots.leave(workout)
    slots.listing.move(workout, None)
    change.publish(WorkoutDeleted(workout_id=workout_id, revision=revision, started_at=workout.started_at))


def know_file(change: Change, user_id: str, sha256: str, workout_ids: Iterable[str]) -> None:
    change.put(FILES.at(user_id, sha256), _File(workout_ids=list(workout_ids)), new=False)


def move_live(change: Change, session_id: str, workout: Workout, to: Workout) -> None:
    """A session that is in the one workout is in the other from now on."""
    stored = live_entry(workout.user_id, session_id)
    if stored.value is not None and stored.value.workout_id == workout.workout_id:
        change.replace(stored, stored.value.model_copy(update={"workout_id": to.workout_id}))


def assign_gear(user_id: str, workout_id: str, revision: int, gear_ids: list[str], now: datetime) -> bool:
    """Notes the default gear that wore, without a new revision: the athlete changed nothing. False when stale."""
    workout, listing = _listed(user_id, workout_id)
    if workout is None or workout.assigned_for >= revision:
        return False
    assigned = workout.model_copy(update={"assigned_gear_ids": gear_ids, "assigned_for": revision})
    listing.move(workout, assigned)
    with Change(user_id, now) as change:
        change.write(WORKOUTS.of(assigned), assigned, _as_noted(workout))
        listing.write(change)
    return True


def _listed(user_id: str, workout_id: str) -> tuple[Workout | None, Listing]:
    place, state = WORKOUTS.at(user_id, workout_id), STATES.at(user_id)
    found = fetch(place, state)
    listing = Listing(user_id, found[state])
    try:
        return found[place].value, listing
    except WorkoutNotFoundError:
        return None, listing


def note_begun(user_id: str, workout_id: str, more: int, now: datetime) -> None:
    """How many tries at measuring began and did not end; no new revision. `WriteConflictError`."""
    workout = get(user_id, workout_id)
    noted = workout.model_copy(update={"measuring_begun": max(0, workout.measuring_begun + more)})
    with Change(user_id, now) as change:
        change.write(WORKOUTS.of(noted), noted, _as_noted(workout))


def _as_noted(workout: Workout) -> Condition:
    """Nobody edited it, and inventory noted nothing."""
    as_noted: Condition = WORKOUTS.seen(workout).unchanged & (_WorkoutItem.assigned_for == workout.assigned_for)
    both: Condition = as_noted & _photos_as(workout)
    return both


def note_photos(change: Change, old: Workout, new: Workout) -> None:
    """`new` differs by its photos alone; no new revision. The change raises `WriteConflictError`."""
    change.write(WORKOUTS.of(new), new, _as_noted(old))


def write_edit(old: Workout, new: Workout, write: Callable[[Workout, Workout], None]) -> Workout:
    """`write` until nobody comes between; what was written. Photos that came meanwhile make no other version of the
    workout, and stay."""
    last, tries = new, count()

    def once() -> None:
        nonlocal last
        seen, last = (old, new) if next(tries) == 0 else _with_newest_photos(old, new)
        write(seen, last)

    retry_on_conflict(once)
    return last


def _with_newest_photos(old: Workout, new: Workout) -> tuple[Workout, Workout]:
    newest = get(old.user_id, old.workout_id)
    photos = {"photos": newest.photos, "photos_revision": newest.photos_revision}
    return old.model_copy(update=photos), new.model_copy(update=photos)


def _photos_as(workout: Workout) -> Condition:
    """Since they are no edit, whoever writes the workout must have seen them."""
    known = _WorkoutItem.photos_revision
    seen: Condition = known == workout.photos_revision if workout.photos_revision else known.does_not_exist()
    return seen


def _moved_on(seen: Workout) -> Callable[[Item | None], Exception]:
    """Of the same revision, it has other photos: what was to be written is to be made anew, and was not stale."""
    return lambda item: (
        WriteConflictError()
        if item is not None and item.kind == "workout" and item.revision == seen.revision
        else StaleVersionError()
    )


def _put_track(change: Change, workout: Workout, track: Track | None) -> None:
    if track is not None:
        change.put(TRACKS.at(workout.user_id, workout.workout_id), track, new=False)


def _put_external(change: Change, workout: Workout, external: ExternalWorkout) -> None:
    known = _Known(workout_id=workout.workout_id)
    change.put(_external(workout.user_id, external), known, refused=_known_external)


def _external(user_id: str, external: ExternalWorkout) -> Place[_Known]:
    return EXTERNALS.at(user_id, external.provider, external.id)


def _taken(item: Item | None) -> Exception:
    if item is None:
        return RequestInProgressError()
    return WorkoutWasDeletedError() if item.kind == "tombstone" else WorkoutIdTakenError()


def _known_external(item: Item | None) -> Exception:
    if item is None:
        return RequestInProgressError()
    return DuplicateWorkoutError(extensions={"existing_workout_id": EXTERNALS.value(item).workout_id})


# --- slots ----------------------------------------------------------------------------------------------


def _hour(start: datetime) -> str:
    return f"{start.astimezone(UTC):%Y-%m-%dT%H}"


def _entered(workout: Workout) -> Iterator[tuple[str, Fingerprint]]:
    """Under which names a workout stands in the slots."""
    return zip((workout.workout_id, workout.workout_id + OF_WHOLE), workout.fingerprints, strict=False)


def hours_around(start: datetime) -> list[str]:
    reach = timedelta(seconds=MAX_START_DIFFERENCE_S)
    return sorted({_hour(start - reach), _hour(start), _hour(start + reach)})


def _slot_entry(fingerprint: Fingerprint) -> dict[str, Any]:
    return {
        "started_at": clock.rfc3339(fingerprint.started_at),
        "elapsed_s": fingerprint.elapsed_s,
        "distance_m": fingerprint.distance_m,
        "family": fingerprint.family.value,
    }


def _fingerprint(entry: Mapping[str, Any]) -> Fingerprint:
    return Fingerprint(
        started_at=datetime.fromisoformat(entry["started_at"]),
        elapsed_s=entry["elapsed_s"],
        distance_m=entry["distance_m"],
        family=Family(entry["family"]),
    )
