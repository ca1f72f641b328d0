"""Use cases: a workout moves XP and records; the athlete looks at both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gamification import store
from gamification.athletes import service as athletes
from gamification.domain import (
    LEVELS,
    TOTAL,
    Burst,
    Level,
    Record,
    RecordSet,
    Score,
    beats,
    capped,
    contribution,
    day_of,
    joined,
    level_at,
    newly_set,
    records_of,
    score,
)
from gamification.effort import ABSOLUTE
from gamification.rewards import service as rewards
from gamification.rewards.domain import Claim
from stadion.change import Change
from stadion.effort_names import effort_name
from stadion.events.envelope import Event
from stadion.events.gamification import LevelReached, PersonalRecordSet, XpGranted
from stadion.events.notifications import NotificationRequested
from stadion.events.workouts import WorkoutFacts
from stadion.ledger import Notes, Outcome
from stadion.postings import AccountChange, AccountChanges, Posting
from stadion.retry import retry_on_conflict
from stadion.rewards import REWARDS


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
    scored = store.scored(source.user_id, source.workout_id)
    new = _score(source, scored.value)
    events: list[Event] = []

    def react(moved: AccountChanges) -> Notes:
        if TOTAL not in moved:
            return {}
        found, notes = _grant(source, moved[TOTAL], change)
        events.extend(found)
        change.publish(*found)
        return {TOTAL: notes}

    posting = Posting(source.workout_id, source.revision, contribution(new) if new is not None else {})
    with Change(source.user_id, source.now) as change:
        outcome = store.ledger(source.user_id).post(change, posting, derive=capped, react=react)
        if outcome is not Outcome.STALE:
            store.keep_score(change, source.user_id, scored, new, _heart_rate(source))
    if outcome is Outcome.STALE and scored.value is None:
        _explain(source, scored)
    xp = next((event.amount for event in events if isinstance(event, XpGranted)), 0)
    level = max((event.level for event in events if isinstance(event, LevelReached)), default=None)
    return Moved(outcome, xp=xp, level=level)


def _score(source: Source, before: store.Scored | None) -> Score | None:
    """By the athlete's own zones on the workout's day, as they are known now. A version that says the same of heart
    and day keeps its effort: another name moves no XP, whatever was measured meanwhile."""
    workout = source.workout
    if workout is None:
        return None
    if before is not None and (before.day, before.heart_rate_bpm) == (day_of(workout), _heart_rate(source)):
        return score(workout, effort=before.effort)
    has_heart_rate = workout.average_heart_rate_bpm is not None
    return score(workout, athletes.zones_on(source.user_id, day_of(workout)) if has_heart_rate else ABSOLUTE)


def _heart_rate(source: Source) -> float | None:
    return source.workout.average_heart_rate_bpm if source.workout is not None else None


def _explain(source: Source, scored: store.StoredScore) -> None:
    """What was counted before scores were kept, until 2026-12, was counted by the same steps for everybody: a replay
    writes down why."""
    entry = store.entry(source.user_id, source.workout_id)
    if source.workout is not None and entry.value is not None and entry.value.revision == source.revision:
        with Change(source.user_id, source.now) as change:
            change.check(entry)
            store.keep_score(change, source.user_id, scored, score(source.workout), _heart_rate(source))


def _grant(source: Source, moved: AccountChange, change: Change) -> tuple[list[Event], dict[str, Any]]:
    """The total moved: say so. A workout that is news announces each level that is reached for the first time, also
    those that older workouts reached in silence, and asks for one message about the highest. Rewards begin with the
    news, too; once they have begun they come and go with their levels."""
    total = moved.after["xp"]
    events: list[Event] = [XpGranted(workout_id=source.workout_id, amount=moved.moved("xp"), total=total)]
    notes = {name: int(moved.notes.get(name, 1)) for name in ("announced_level", "rewarded_level")}
    told = {name: moved.notes[name] for name in ("level_burst",) if name in moved.notes}
    before, current = level_at(moved.before.get("xp", 0)), level_at(total)
    rewards.settle(change, source.user_id, _claims(before, current, notes["rewarded_level"], source.is_news))
    if not source.is_news:
        return events, notes | told
    new_levels = LEVELS[notes["announced_level"] : current.level]
    events.extend(LevelReached(level=level.level, reward=level.reward) for level in new_levels)
    if new_levels:
        known = Burst.model_validate(told["level_burst"]) if told else None
        rewarded = [level.reward for level in new_levels if level.reward is not None]
        burst = joined(known, f"level:{current.level}", source.now, rewarded[-1] if rewarded else None)
        told = {"level_burst": burst.model_dump(mode="json")}
        events.append(_level_news(current.level, burst))
    return events, {name: max(level, current.level) for name, level in notes.items()} | told


def _claims(before: Level, after: Level, rewarded: int, is_news: bool) -> list[Claim]:
    """Of the levels that were gained or lost, and with news of those whose reward has not begun."""
    low, high = min(before.level, after.level), max(before.level, after.level)
    if is_news:
        low = min(low, rewarded)
    return [
        Claim(f"level:{level.level}", "level", level.reward, holds=level.level <= after.level, may_begin=is_news)
        for level in LEVELS[low:high]
        if level.reward is not None
    ]


def _in_burst(burst: Burst) -> dict[str, Any]:
    """The first message goes by all channels; a later one takes the place of those before it, and of none but them."""
    *before, request_id = burst.requests
    return {"request_id": request_id} | ({"replaces": before, "channels": ["inbox"]} if before else {})


def _level_news(level: int, burst: Burst) -> NotificationRequested:
    """With the words of the highest reward that comes with it."""
    reward = burst.reward
    asked: dict[str, Any] = {**_in_burst(burst), "about": {"level": str(level)}}
    if reward is None:
        return NotificationRequested(template="level_reached", values={"level": level}, **asked)
    values = {"level": level, "reward": vars(REWARDS[reward].title)}
    return NotificationRequested(template="level_reached_with_reward", values=values, **asked)


def move_records(source: Source) -> Moved:
    return retry_on_conflict(lambda: _post_records(source))


def _post_records(source: Source) -> Moved:
    shelf = store.shelf(source.user_id, source.workout_id)
    if shelf.is_stale(source.revision):
        return Moved(Outcome.STALE)
    offered = records_of(source.workout) if source.workout else {}
    standing = _standing(shelf, source, offered)
    taken = newly_set(shelf.records, standing, source.workout_id)
    burst = joined(shelf.told.value, f"record:{source.workout_id}:{source.revision}", source.now)
    events = _record_events(source, taken, burst)
    with Change(source.user_id, source.now) as change:
        store.write(change, shelf, source.revision, offered, standing)
        if any(isinstance(event, NotificationRequested) for event in events):
            change.replace(shelf.told, burst)
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


def _record_events(source: Source, taken: list[RecordSet], burst: Burst) -> list[Event]:
    """One event per record, and one message for them all, if the workout is news."""
    events: list[Event] = [_record_set(entry) for entry in taken]
    if not taken or not source.is_news:
        return events
    longest = max(taken, key=lambda entry: entry.record.distance_m).record
    improved = [entry for entry in taken if entry.previous is not None]
    told = max(improved, key=lambda entry: entry.record.distance_m).record if improved else longest
    events.append(
        NotificationRequested(
            **_in_burst(burst),
            template="personal_record" if len(taken) == 1 else "personal_records",
            values={
                "name": {**effort_name(told.name)} or told.name,
                "elapsed_time_s": told.elapsed_time_s,
                "count": len(taken),
            },
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
