"""The published rules of personal records. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime

from stadion.events.workouts import BestEffort, WorkoutFacts, WorkoutUse
from stadion.sports import SportType
from stadion.values import Value


class Record(Value):
    """The best time over a distance, and whose workout it was."""

    record: str
    name: str
    distance_m: float
    elapsed_time_s: float
    workout_id: str
    started_at: AwareDatetime

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """Faster (by the millisecond), or as fast and earlier in life, so that the order of arrival does not matter."""
        return round(self.elapsed_time_s * 1000), self.started_at, self.workout_id


def records_of(workout: WorkoutFacts) -> dict[str, Record]:
    """What a workout offers as records. Flagged workouts offer none, nor do those of no known sport."""
    if not workout.counts_for(WorkoutUse.RECORDS) or workout.sport_type is SportType.WORKOUT:
        return {}
    group = record_group(workout.sport_type)
    return {
        (key := record_key(group, effort)): Record(
            record=key,
            name=effort.name,
            distance_m=effort.distance_m,
            elapsed_time_s=effort.elapsed_time_s,
            workout_id=workout.workout_id,
            started_at=workout.started_at,
        )
        for effort in workout.best_efforts
    }


ALIKE = {
    **dict.fromkeys((SportType.RUN, SportType.TRAIL_RUN, SportType.VIRTUAL_RUN), "run"),
    **dict.fromkeys(
        (SportType.RIDE, SportType.GRAVEL_RIDE, SportType.MOUNTAIN_BIKE_RIDE, SportType.VIRTUAL_RIDE), "ride"
    ),
    **dict.fromkeys((SportType.WALK, SportType.HIKE, SportType.SNOWSHOE), "walk"),
}
"""Sports that compete for the same records. Narrower than the families of look-alikes: a motor, a lift or a sail is no
match for legs."""


def record_group(sport_type: SportType) -> str:
    return ALIKE.get(sport_type) or re.sub(r"(?<!^)(?=[A-Z])", "_", sport_type.value).lower()


def record_key(group: str, effort: BestEffort) -> str:
    return f"{group}.{effort.name.lower().replace(' ', '_')}"


def beats(candidate: Record, standing: Record | None) -> bool:
    return standing is None or candidate.rank < standing.rank


@dataclass(frozen=True)
class RecordSet:
    record: Record
    previous: Record | None


def newly_set(before: Mapping[str, Record], after: Mapping[str, Record], workout_id: str) -> list[RecordSet]:
    """The records that `workout_id` took by beating what stood before (its own earlier version does not count)."""
    taken = []
    for key, record in after.items():
        previous = before.get(key)
        if record.workout_id != workout_id or (previous is not None and previous.workout_id == workout_id):
            continue
        if beats(record, previous):
            taken.append(RecordSet(record, previous))
    return taken
