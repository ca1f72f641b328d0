"""Use cases: a workout moves XP and records; the athlete looks at both."""

from dataclasses import dataclass
from datetime import datetime

from gamification import store
from gamification.domain import (
    LEVELS,
    TOTAL,
    Record,
    RecordSet,
    beats,
    capped,
    contribution,
    level_at,
    newly_set,
    records_of,
)
from stadion.change import Change
from stadion.events.envelope import Event
from stadion.events.gamification import LevelReached, PersonalRecordSet, XpGranted
from stadion.events.notifications import NotificationRequested
from stadion.events.workouts import WorkoutFacts
from stadion.ledger import Notes, Outcome
from stadion.postings import AccountChange, AccountChanges, Posting
from stadion.retry import retry_on_conflict


@dataclass(frozen=True)
class Source:
    """The version of a workout that moves something; `workout` is None when it was deleted."""

    user_id: str
    workout_id: str
    revision: int
    workout: WorkoutFacts | None
    now: datetime
    is_news: bool = False
    """Whether its athlete is told."""


@dataclass(frozen=True)
class Moved:
    outcome: Outcome
    xp: int = 0
    level: int | None = None
    records: tuple[str, ...] = ()


def move_xp(source: Source) -> Moved:
    return retry_on_conflict(lambda: _post_xp(source))


def _post_xp(source: Source) -> Moved:
    granted: list[Event] = []

    def react(moved: AccountChanges) -> Notes:
        if TOTAL not in moved:
            return {}
        events, notes = _grant(source, moved[TOTAL])
        granted.extend(events)
        change.publish(*events)
        return {TOTAL: notes}

    posting = Posting(source.workout_id, source.revision, contribution(source.workout) if source.workout else {})
    with Change(source.user_id, source.now) as change:
        outcome = store.ledger(source.user_id).post(change, posting, derive=capped, react=react)
    xp = next((event.amount for event in granted if isinstance(event, XpGranted)), 0)
    level = max((event.level for event in granted if isinstance(event, LevelReached)), default=None)
    return Moved(outcome, xp=xp, level=level)


def _grant(source: Source, change: AccountChange) -> tuple[list[Event], dict[str, int]]:
    """The total moved: say so. A workout that is news announces each level that is reached for the first time, also
    those that older workouts reached in silence, and asks for one message about the highest."""
    total = change.after["xp"]
    events: list[Event] = [XpGranted(workout_id=source.workout_id, amount=change.moved("xp"), total=total)]
    announced = int(change.notes.get("announced_level", 1))
    if not source.is_news:
        return events, {"announced_level": announced}
    current = level_at(total)
    new_levels = LEVELS[announced : current.level]
    events.extend(LevelReached(level=level.level, reward=level.reward) for level in new_levels)
    if current.level > announced:
        events.append(_level_news(current.level))
    return events, {"announced_level": max(announced, current.level)}


def _level_news(level: int) -> NotificationRequested:
    return NotificationRequested(
        request_id=f"level:{level}", template="level_reached", values={"level": level}, about={"level": str(level)}
    )


def move_records(source: Source) -> Moved:
    return retry_on_conflict(lambda: _post_records(source))


def _post_records(source: Source) -> Moved:
    shelf = store.shelf(source.user_id, source.workout_id)
    if shelf.is_stale(source.revision):
        return Moved(Outcome.STALE)
    offered = records_of(source.workout) if source.workout else {}
    standing = _standing(shelf, source, offered)
    taken = newly_set(shelf.records, standing, source.workout_id)
    events = _record_events(source, taken)
    with Change(source.user_id, source.now) as change:
        store.write(change, shelf, source.revision, offered, standing)
        change.publish(*events)
    changed = standing != shelf.records
    outcome = Outcome.MOVED if changed else Outcome.UNCHANGED
    return Moved(outcome, records=tuple(entry.record.record for entry in taken))


def _standing(shelf: store.Shelf, source: Source, offered: dict[str, Record]) -> dict[str, Record]:
    """The best of: what stands and is not this workout's, what others offer where it was, what it offers now."""
    standing = dict(shelf.records)
    for key in {*offered, *shelf.entered}:
        holder = standing.pop(key, None)
        if holder is not None and holder.workout_id == source.workout_id:
            holder = store.best_efforts(source.user_id, key, but=source.workout_id)
        candidate = offered.get(key)
        best = candidate if candidate is not None and beats(candidate, holder) else holder
        if best is not None:
            standing[key] = best
    return standing


def _record_events(source: Source, taken: list[RecordSet]) -> list[Event]:
    """One event per record, and one message for them all, if the workout is news."""
    events: list[Event] = [_record_set(entry) for entry in taken]
    if not taken or not source.is_news:
        return events
    longest = max(taken, key=lambda entry: entry.record.distance_m).record
    improved = [entry for entry in taken if entry.previous is not None]
    told = max(improved, key=lambda entry: entry.record.distance_m).record if improved else longest
    events.append(
        NotificationRequested(
            request_id=f"record:{source.workout_id}:{source.revision}",
            template="personal_record" if len(taken) == 1 else "personal_records",
            values={"name": told.name, "elapsed_time_s": told.elapsed_time_s, "count": len(taken)},
            about={"workout_id": source.workout_id},
        )
    )
    return events


def _record_set(entry: RecordSet) -> PersonalRecordSet:
    record = entry.record
    return PersonalRecordSet(
        workout_id=record.workout_id,
        record=record.record,
        name=record.name,
        distance_m=record.distance_m,
        elapsed_time_s=record.elapsed_time_s,
        previous_time_s=entry.previous.elapsed_time_s if entry.previous is not None else None,
    )
