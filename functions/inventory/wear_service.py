"""Use case: a workout wears the gear (or, corrected or deleted, gives it back)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from inventory import store
from inventory.domain import Component, Gear, account, contribution, crossings, news_of, worn_gear
from stadion.change import Change
from stadion.events.inventory import GearAssigned, GearWearReached
from stadion.events.workouts import WorkoutFacts
from stadion.ledger import Notes, Outcome
from stadion.postings import AccountChanges, Posting
from stadion.records import Stored
from stadion.retry import retry_on_conflict


@dataclass(frozen=True)
class Worn:
    outcome: Outcome
    moved_m: dict[str, int]
    reached: list[GearWearReached]


def wear_gear(user_id: str, workout: WorkoutFacts, *, is_news: bool, now: datetime) -> Worn:
    """What is no news crosses no threshold: the next workout that is news does."""
    posted = user_id, workout.workout_id, workout.revision, workout
    return retry_on_conflict(lambda: _post(*posted, is_news=is_news, now=now))


def give_back(user_id: str, workout_id: str, revision: int, *, is_news: bool, now: datetime) -> Worn:
    return retry_on_conflict(lambda: _post(user_id, workout_id, revision, None, is_news=is_news, now=now))


def _post(
    user_id: str, workout_id: str, revision: int, workout: WorkoutFacts | None, *, is_news: bool, now: datetime
) -> Worn:
    known = _gear(user_id, workout)
    reached: list[GearWearReached] = []
    moved: dict[str, int] = {}

    def react(changes: AccountChanges) -> Notes:
        touched = _pieces(user_id, changes, known)
        moved.update({gear_id: changes[account(gear_id)].moved("distance_m") for gear_id, part in touched if not part})
        notes = {}
        for gear_id, part in touched if is_news else ():
            name = account(gear_id, part.component_id if part else None)
            news, notes[name] = crossings(changes[name], _gears(known)[gear_id], part)
            reached.extend(news)
        for gear_id in {gear_id for gear_id, _ in touched}:
            change.check(known[gear_id])
        change.publish(*assigned, *reached, *news_of(reached))
        return notes

    worn = worn_gear(workout, _gears(known)) if workout else []
    assigned = _assigned(workout, worn)
    posting = Posting(workout_id, revision, contribution(workout, worn, _gears(known)) if workout else {})
    with Change(user_id, now) as change:
        outcome = store.ledger(user_id).post(change, posting, react=react)
    return Worn(outcome, moved, reached)


def _assigned(workout: WorkoutFacts | None, worn: list[str]) -> list[GearAssigned]:
    """Tells the diary which gear was meant by default; after a correction also that there is none any more."""
    if workout is None or workout.gear_chosen or (not worn and workout.revision == 1):
        return []
    return [GearAssigned(workout_id=workout.workout_id, revision=workout.revision, gear_ids=worn)]


def _gear(user_id: str, workout: WorkoutFacts | None) -> dict[str, Stored[Gear]]:
    if workout is None:
        return {}
    if workout.gear_chosen:
        return store.some_gear(user_id, workout.gear_ids)
    return store.all_gear(user_id)


def _gears(known: Mapping[str, Stored[Gear]]) -> dict[str, Gear]:
    return {gear_id: stored.value for gear_id, stored in known.items() if stored.value is not None}


def _pieces(
    user_id: str, changes: AccountChanges, known: dict[str, Stored[Gear]]
) -> list[tuple[str, Component | None]]:
    """The known gear and components among the accounts that moved; gear of an earlier version is read now."""
    ids = {name.split("#")[1] for name in changes}
    known |= store.some_gear(user_id, ids - known.keys())
    pieces: list[tuple[str, Component | None]] = []
    for gear_id, gear in sorted(_gears(known).items()):
        if account(gear_id) in changes:
            pieces.append((gear_id, None))
        pieces += [(gear_id, part) for part in gear.components if account(gear_id, part.component_id) in changes]
    return pieces
