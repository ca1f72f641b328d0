"""Use case: a workout wears the gear (or, corrected or deleted, gives it back)."""

from dataclasses import dataclass
from datetime import datetime

from inventory import store
from inventory.domain import Component, Gear, account, contribution, crossings, news_of, worn_gear
from stadion.dynamo import Item
from stadion.events.envelope import Event
from stadion.events.inventory import GearAssigned, GearWearReached
from stadion.events.outbox import outbox_items
from stadion.events.workouts import WorkoutFacts
from stadion.ledger import Outcome, Reaction
from stadion.postings import Changes, Posting
from stadion.retry import retry_on_conflict


@dataclass(frozen=True)
class Worn:
    outcome: Outcome
    moved_m: dict[str, int]
    reached: list[GearWearReached]


def wear_gear(user_id: str, workout: WorkoutFacts, *, correlation_id: str, now: datetime) -> Worn:
    return retry_on_conflict(lambda: _post(user_id, workout.workout_id, workout.revision, workout, correlation_id, now))


def give_back(user_id: str, workout_id: str, revision: int, *, correlation_id: str, now: datetime) -> Worn:
    return retry_on_conflict(lambda: _post(user_id, workout_id, revision, None, correlation_id, now))


def _post(
    user_id: str, workout_id: str, revision: int, workout: WorkoutFacts | None, correlation_id: str, now: datetime
) -> Worn:
    items = _gear_items(user_id, workout)
    gears = {gear_id: store.gear_of(item) for gear_id, item in items.items()}
    reached: list[GearWearReached] = []
    moved: dict[str, int] = {}

    def react(changes: Changes) -> Reaction:
        touched = _pieces(user_id, changes, gears, items)
        moved.update({gear_id: changes[account(gear_id)].moved("distance_m") for gear_id, part in touched if not part})
        notes = {}
        for gear_id, part in touched:
            name = account(gear_id, part.component_id if part else None)
            news, notes[name] = crossings(changes[name], gears[gear_id], part)
            reached.extend(news)
        events: list[Event] = [*assigned, *reached, *news_of(reached)]
        return Reaction(
            items=outbox_items(events, user_id=user_id, correlation_id=correlation_id, now=now),
            notes=notes,
            relied_on=[items[gear_id] for gear_id in {gear_id for gear_id, _ in touched}],
        )

    worn = worn_gear(workout, gears) if workout else []
    assigned = _assigned(workout, worn)
    posting = Posting(workout_id, revision, contribution(workout, worn, gears) if workout else {})
    outcome = store.ledger(user_id).post(posting, react=react)
    return Worn(outcome, moved, reached)


def _assigned(workout: WorkoutFacts | None, worn: list[str]) -> list[Event]:
    """Tells the diary which gear was meant by default; after a correction also that there is none any more."""
    if workout is None or workout.gear_chosen or (not worn and workout.revision == 1):
        return []
    return [GearAssigned(workout_id=workout.workout_id, revision=workout.revision, gear_ids=worn)]


def _gear_items(user_id: str, workout: WorkoutFacts | None) -> dict[str, Item]:
    if workout is None:
        return {}
    if workout.gear_chosen:
        return store.some_items(user_id, workout.gear_ids)
    return store.all_items(user_id)


def _pieces(
    user_id: str, changes: Changes, gears: dict[str, Gear], items: dict[str, Item]
) -> list[tuple[str, Component | None]]:
    """The known gear and components among the accounts that moved; gear of an earlier version is read now."""
    ids = {name.split("#")[1] for name in changes}
    for gear_id, item in store.some_items(user_id, ids - gears.keys()).items():
        items[gear_id], gears[gear_id] = item, store.gear_of(item)
    pieces: list[tuple[str, Component | None]] = []
    for gear_id in sorted(ids & gears.keys()):
        if account(gear_id) in changes:
            pieces.append((gear_id, None))
        parts = gears[gear_id].components
        pieces += [(gear_id, part) for part in parts if account(gear_id, part.component_id) in changes]
    return pieces
