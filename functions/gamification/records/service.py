"""Use cases: a workout moves personal records."""

from dataclasses import dataclass

from gamification.base.domain import Burst, Source, in_burst, joined
from gamification.records import store
from gamification.records.domain import Record, RecordSet, beats, newly_set, records_of
from stadion.change import Change
from stadion.effort_names import effort_name
from stadion.events.envelope import Event
from stadion.events.gamification import PersonalRecordSet
from stadion.events.notifications import NotificationRequested
from stadion.ledger import Outcome
from stadion.retry import retry_on_conflict


@dataclass(frozen=True)
class Moved:
    outcome: Outcome
    records: tuple[str, ...] = ()


def apply(source: Source) -> Moved:
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
            **in_burst(burst),
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
