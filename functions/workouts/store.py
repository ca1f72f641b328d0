"""The diary in the workouts table. Access patterns stand in README.md; nothing outside this module knows the keys."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition

from stadion import clock, pagination
from stadion.dynamo import Item, Transaction, absent, next_revision
from stadion.errors import RequestInProgressError, StaleVersionError
from stadion.events.envelope import Event
from stadion.events.outbox import outbox_items
from stadion.events.workouts import WorkoutCorrected, WorkoutRecorded
from stadion.idempotency import IdempotencyKey, remember
from stadion.observability import correlation_id
from stadion.sports import Family
from workouts import keys
from workouts.domain import External, Track, Workout
from workouts.errors import (
    DuplicateWorkoutError,
    WorkoutIdTakenError,
    WorkoutNotFoundError,
    WorkoutWasDeletedError,
)
from workouts.matching import MAX_START_DIFFERENCE_S, Fingerprint

PAGES_PER_LIST = 10  # of one filtered list; the cursor goes on from there


class _WorkoutItem(Item):
    sport_type = UnicodeAttribute()
    distance_m = NumberAttribute(null=True)
    gear_ids = UnicodeSetAttribute(null=True)
    assigned_for = NumberAttribute(default=0)


@dataclass(frozen=True)
class Filters:
    sport_type: str | None = None
    started_from: datetime | None = None
    started_to: datetime | None = None
    gear_id: str | None = None
    min_distance_m: float | None = None
    max_distance_m: float | None = None


@dataclass
class Slots:
    """The hours around a start, each with the fingerprints of the workouts that start in it.

    Two uploads of one ride at the same time both read the hour's slot and both want to write it: the second fails,
    reads again and sees the first. So a duplicate cannot slip through between look and write.
    """

    user_id: str
    stored: dict[str, Item | None] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def neighbours(self, fingerprint: Fingerprint) -> Iterator[tuple[str, Fingerprint]]:
        for sk in _slots_around(fingerprint.started_at):
            for workout_id, entry in self.entries[sk].items():
                yield workout_id, _fingerprint(entry)

    def holds(self, workout_id: str) -> bool:
        return any(workout_id in entries for entries in self.entries.values())

    def enter(self, workout: Workout) -> None:
        sk = _slot(workout.started_at)
        self.entries[sk][workout.workout_id] = _slot_entry(workout.fingerprint)
        self.touched.add(sk)

    def leave(self, workout: Workout) -> None:
        sk = _slot(workout.started_at)
        self.entries[sk].pop(workout.workout_id, None)
        self.touched.add(sk)

    def write(self, transaction: Transaction) -> None:
        """Every slot that was looked at must still be as it was read; the touched ones are written."""
        for sk, stored in self.stored.items():
            unchanged = absent() if stored is None else Item.revision == stored.revision
            if sk in self.touched:
                transaction.put(self._item(sk, stored), unchanged)
            else:
                transaction.check(stored or Item(pk=keys.user(self.user_id), sk=sk), unchanged)

    def _item(self, sk: str, stored: Item | None) -> Item:
        revision = next_revision(stored)
        return Item(pk=keys.user(self.user_id), sk=sk, kind="slot", revision=revision, body=self.entries[sk])


# --- reading --------------------------------------------------------------------------------------------------------


def get(user_id: str, workout_id: str) -> Workout:
    item = _WorkoutItem.find(keys.user(user_id), _workout_sk(workout_id))
    if item is None:
        raise WorkoutNotFoundError
    return _workout(item)


def is_taken(user_id: str, workout_id: str) -> bool:
    """By a workout, or by the tombstone of one."""
    return Item.find(keys.user(user_id), _workout_sk(workout_id)) is not None


def get_with_track(user_id: str, workout_id: str) -> tuple[Workout, Track]:
    wanted = [(keys.user(user_id), _workout_sk(workout_id)), (keys.user(user_id), _track_sk(workout_id))]
    items = {item.kind: item for item in Item.batch_get(wanted, consistent_read=True)}
    if "workout" not in items:
        raise WorkoutNotFoundError
    track = Track.model_validate(items["track"].body) if "track" in items else Track()
    return _workout(items["workout"]), track


def page(user_id: str, filters: Filters, *, limit: int, cursor: str | None) -> pagination.Page[Workout]:
    """Newest first."""
    scope = pagination.fingerprint("workouts", user_id, filters)
    position = pagination.decode(cursor, scope, gsi1pk=f"{keys.user(user_id)}#WORKOUTS")
    if filters.started_from and filters.started_to and filters.started_from >= filters.started_to:
        return pagination.Page([])  # DynamoDB calls such a range an error
    found: list[Workout] = []
    for _ in range(PAGES_PER_LIST):
        result = _WorkoutItem.by_gsi1.query(
            f"{keys.user(user_id)}#WORKOUTS",
            range_key_condition=_started_between(filters),
            filter_condition=_filter(filters),
            scan_index_forward=False,
            last_evaluated_key=position,
            limit=limit + 1 - len(found),
            page_size=limit + 1 - len(found) if _filter(filters) is None else pagination.MAX_LIMIT,
        )
        items = list(result)
        found.extend(_workout(item) for item in items)
        position = result.last_evaluated_key
        if position is None or len(found) > limit:
            break
    if len(found) > limit:
        found = found[:limit]
        position = _position(found[-1])
    return pagination.Page(found, pagination.encode(position, scope) if position else None)


def slots_around(user_id: str, *starts: datetime) -> Slots:
    names = sorted({sk for start in starts for sk in _slots_around(start)})
    items = {item.sk: item for item in Item.batch_get([(keys.user(user_id), sk) for sk in names], consistent_read=True)}
    return Slots(
        user_id=user_id,
        stored={sk: items.get(sk) for sk in names},
        entries={sk: dict(items[sk].body) if sk in items else {} for sk in names},
    )


def workouts_of_file(user_id: str, sha256: str) -> list[str]:
    item = Item.find(keys.user(user_id), _file_sk(sha256))
    return list(item.body["workout_ids"]) if item is not None else []


# --- writing --------------------------------------------------------------------------------------------------------


@dataclass
class Change:
    """What one use case writes to an athlete's diary, in one transaction."""

    user_id: str
    now: datetime
    transaction: Transaction = field(default_factory=Transaction)
    events: list[Event] = field(default_factory=list)

    def remember(self, key: IdempotencyKey | None, *, status: int, answer: Mapping[str, Any]) -> None:
        remember(self.transaction, key, status=status, answer=dict(answer), now=self.now)

    def add(self, workout: Workout, track: Track | None = None) -> None:
        self.transaction.put(_item(workout), absent(), refused=_taken)
        self._put_track(workout, track)
        if workout.external is not None:
            self.transaction.put(_external_item(workout), absent(), refused=_known_external)

    def revise(self, old: Workout, new: Workout, track: Track | None = None) -> None:
        unchanged = Item.revision == old.revision
        self.transaction.put(_item(new), unchanged, refused=lambda _: StaleVersionError())
        self._put_track(new, track)
        if new.external is not None and old.external is None:
            self.transaction.put(_external_item(new), absent(), refused=_known_external)

    def record(self, workout: Workout, slots: Slots, track: Track | None = None) -> None:
        """A workout that is new, with its place in the slots and its event."""
        self.add(workout, track)
        slots.enter(workout)
        self.events.append(WorkoutRecorded(workout=workout.facts()))

    def correct(self, old: Workout, new: Workout, slots: Slots, track: Track | None = None) -> None:
        """The next revision, with its place in the slots and its event."""
        self.revise(old, new, track)
        if new.fingerprint != old.fingerprint:
            slots.leave(old)
            slots.enter(new)
        self.events.append(WorkoutCorrected(workout=new.facts()))

    def remove(self, workout: Workout) -> None:
        """A tombstone takes the workout's place, so that its id and its revisions are never used again."""
        tombstone = Item(
            pk=keys.user(self.user_id),
            sk=_workout_sk(workout.workout_id),
            kind="tombstone",
            revision=workout.revision + 1,
            body={"deleted_at": clock.rfc3339(self.now)},
        )
        unchanged = Item.revision == workout.revision
        self.transaction.put(tombstone, unchanged, refused=lambda _: StaleVersionError())
        self.transaction.delete(Item(pk=keys.user(self.user_id), sk=_track_sk(workout.workout_id)))
        if workout.external is not None:
            self.transaction.delete(Item(pk=keys.user(self.user_id), sk=_external_sk(workout.external)))
        for file in workout.files:
            self.transaction.delete(Item(pk=keys.user(self.user_id), sk=_file_sk(file.sha256)))

    def know_file(self, sha256: str, workout_ids: Iterable[str]) -> None:
        body = {"workout_ids": list(workout_ids)}
        self.transaction.put(Item(pk=keys.user(self.user_id), sk=_file_sk(sha256), kind="file", body=body))

    def commit(self) -> None:
        for item in outbox_items(self.events, user_id=self.user_id, correlation_id=correlation_id(), now=self.now):
            self.transaction.put(item)
        self.transaction.commit()

    def _put_track(self, workout: Workout, track: Track | None) -> None:
        if track is not None:
            body = track.model_dump(mode="json")
            item = Item(pk=keys.user(self.user_id), sk=_track_sk(workout.workout_id), kind="track", body=body)
            self.transaction.put(item)


def assign_gear(user_id: str, workout_id: str, revision: int, gear_ids: list[str]) -> bool:
    """Notes the default gear that wore, without a new revision: the athlete changed nothing. False when overtaken."""
    stored = _WorkoutItem.find(keys.user(user_id), _workout_sk(workout_id))
    if stored is None or stored.kind != "workout":
        return False
    workout = _workout(stored)
    if workout.assigned_for >= revision:
        return False
    assigned = workout.model_copy(update={"assigned_gear_ids": gear_ids, "assigned_for": revision})
    unchanged = (Item.revision == stored.revision) & (_WorkoutItem.assigned_for == stored.assigned_for)
    transaction = Transaction()
    transaction.put(_item(assigned), unchanged)
    transaction.commit()
    return True


# --- keys and items -------------------------------------------------------------------------------------------------


def _workout_sk(workout_id: str) -> str:
    return f"WORKOUT#{workout_id}"


def _track_sk(workout_id: str) -> str:
    return f"TRACK#{workout_id}"


def _file_sk(sha256: str) -> str:
    return f"FILE#{sha256}"


def _external_sk(external: External) -> str:
    return f"EXTERNAL#{external.provider}#{external.id}"


def _slot(start: datetime) -> str:
    return f"SLOT#{start.astimezone(UTC):%Y-%m-%dT%H}"


def _slots_around(start: datetime) -> list[str]:
    reach = timedelta(seconds=MAX_START_DIFFERENCE_S)
    return sorted({_slot(start - reach), _slot(start), _slot(start + reach)})


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


def _sort_key(workout: Workout) -> str:
    return f"{clock.rfc3339(workout.started_at)}#{workout.workout_id}"


def _item(workout: Workout) -> _WorkoutItem:
    return _WorkoutItem(
        pk=keys.user(workout.user_id),
        sk=_workout_sk(workout.workout_id),
        gsi1pk=f"{keys.user(workout.user_id)}#WORKOUTS",
        gsi1sk=_sort_key(workout),
        kind="workout",
        revision=workout.revision,
        body=workout.model_dump(mode="json", exclude_none=True),
        sport_type=workout.sport_type.value,
        distance_m=workout.distance_m,
        gear_ids=set(workout.worn_gear_ids) or None,
        assigned_for=workout.assigned_for,
    )


def _workout(item: Item) -> Workout:
    if item.kind != "workout":
        raise WorkoutNotFoundError
    return Workout.model_validate(item.body)


def _position(workout: Workout) -> dict[str, Any]:
    """The index position just after `workout`, as a cursor holds it."""
    return {
        "pk": {"S": keys.user(workout.user_id)},
        "sk": {"S": _workout_sk(workout.workout_id)},
        "gsi1pk": {"S": f"{keys.user(workout.user_id)}#WORKOUTS"},
        "gsi1sk": {"S": _sort_key(workout)},
    }


def _external_item(workout: Workout) -> Item:
    assert workout.external is not None  # noqa: S101 - for the type checker
    body = {"workout_id": workout.workout_id}
    return Item(pk=keys.user(workout.user_id), sk=_external_sk(workout.external), kind="external", body=body)


def _taken(raw: dict[str, dict[str, Any]] | None) -> Exception:
    if raw is None:
        return RequestInProgressError()
    item = _WorkoutItem.of_raw(raw)
    return WorkoutWasDeletedError() if item.kind == "tombstone" else WorkoutIdTakenError()


def _known_external(raw: dict[str, dict[str, Any]] | None) -> Exception:
    if raw is None:
        return RequestInProgressError()
    return DuplicateWorkoutError(extensions={"existing_workout_id": Item.of_raw(raw).body["workout_id"]})


def _started_between(filters: Filters) -> Condition | None:
    key = Item.gsi1sk
    low = clock.rfc3339(filters.started_from) if filters.started_from else None
    high = clock.rfc3339(filters.started_to) if filters.started_to else None
    if low and high:
        return key.between(low, high)
    if low:
        return key >= low
    return key < high if high else None


def _filter(filters: Filters) -> Condition | None:
    conditions: list[Condition] = []
    if filters.sport_type:
        conditions.append(_WorkoutItem.sport_type == filters.sport_type)
    if filters.gear_id:
        conditions.append(_WorkoutItem.gear_ids.contains(filters.gear_id))
    if filters.min_distance_m is not None:
        conditions.append(_WorkoutItem.distance_m >= filters.min_distance_m)
    if filters.max_distance_m is not None:
        conditions.append(_WorkoutItem.distance_m <= filters.max_distance_m)
    combined = None
    for condition in conditions:
        combined = condition if combined is None else combined & condition
    return combined
