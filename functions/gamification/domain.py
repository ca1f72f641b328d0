"""The published rules of XP, levels and personal records."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime

from stadion import clock
from stadion.events.workouts import BestEffort, WorkoutFacts, WorkoutUse
from stadion.postings import AccountChanges, Amounts
from stadion.sports import SportType, sport
from stadion.values import Value

XP_PER_DAY = 300
EFFORT_BY_HEART_RATE = ((170, 1.4), (150, 1.3), (130, 1.15), (110, 1.0), (0, 0.9))
TOTAL = "XP"


def xp_of(workout: WorkoutFacts) -> int:
    """Moving minutes x the sport's weight x effort (by average heart rate, else 1). Flagged workouts earn none."""
    if not workout.counts_for(WorkoutUse.XP):
        return 0
    return round(workout.moving_time_s / 60 * sport(workout.sport_type).xp_weight * effort(workout))


def effort(workout: WorkoutFacts) -> float:
    heart_rate = workout.average_heart_rate_bpm
    if heart_rate is None:
        return 1.0
    return next(factor for floor, factor in EFFORT_BY_HEART_RATE if heart_rate >= floor)


def contribution(workout: WorkoutFacts) -> dict[str, Amounts]:
    """XP before the daily cap, on the athlete's own calendar day."""
    xp = xp_of(workout)
    day = clock.local_date(workout.started_at, workout.time_zone)
    return {f"DAY#{day}": {"xp": xp}} if xp else {}


def capped(changes: AccountChanges) -> dict[str, Amounts]:
    """How the total moves when the days move: each day counts up to `XP_PER_DAY`."""
    moved = sum(
        min(XP_PER_DAY, change.after.get("xp", 0)) - min(XP_PER_DAY, change.before.get("xp", 0))
        for name, change in changes.items()
        if name.startswith("DAY#")
    )
    return {TOTAL: {"xp": moved}} if moved else {}


# --- levels ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Level:
    level: int
    xp: int
    reward: str | None = None


REWARDS = {
    3: "badge_starter",
    5: "free_delivery",
    10: "discount_5",
    15: "free_delivery",
    20: "discount_10",
    30: "discount_15",
    40: "birthday_gift",
    50: "badge_legend",
}
HIGHEST = 50
LEVELS = tuple(
    Level(level=level, xp=50 * (level - 1) * level, reward=REWARDS.get(level)) for level in range(1, HIGHEST + 1)
)


def level_at(xp: int) -> Level:
    return next(level for level in reversed(LEVELS) if xp >= level.xp)


def next_level(current: Level) -> Level | None:
    return LEVELS[current.level] if current.level < HIGHEST else None


def next_rewarded(current: Level) -> Level | None:
    return next((level for level in LEVELS[current.level :] if level.reward), None)


# --- personal records -----------------------------------------------------------------------------------------------


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
