"""The published rules of XP and levels."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import AwareDatetime, Field

from gamification.base.domain import day_of
from gamification.base.effort import ABSOLUTE, Effort, EffortBasis, Zones, effort_at
from stadion.events.workouts import WorkoutFacts, WorkoutUse
from stadion.postings import AccountChanges, Amounts
from stadion.rewards import RewardCode
from stadion.sports import SportType, sport
from stadion.values import Value

XP_PER_DAY = 300
TOTAL = "XP"


class Score(Value):
    """What a workout earned, and why, as it was known when it was scored."""

    workout_id: str
    day: date
    """The athlete's own."""
    started_at: AwareDatetime
    sport_type: SportType
    moving_time_s: float
    weight: float
    effort: float
    zone: int | None = None
    basis: EffortBasis | None = None
    """Of the zone; None: no heart rate was known."""
    against: list[str] = Field(default_factory=list)
    """Flags: with any, it earns nothing."""
    xp: int
    """Before the daily cap."""

    @property
    def of_effort(self) -> Effort:
        return Effort(self.effort, self.zone, self.basis)


def score(workout: WorkoutFacts, zones: Zones = ABSOLUTE, effort: Effort | None = None) -> Score:
    """Moving minutes x the sport's weight x effort. Flagged workouts earn none. `effort`: as an earlier version was
    scored; None: by the zones."""
    weight = sport(workout.sport_type).xp_weight
    effort = effort or effort_at(workout.average_heart_rate_bpm, zones)
    earned = round(workout.moving_time_s / 60 * weight * effort.factor)
    against = workout.reasons_against(WorkoutUse.XP)
    return Score(
        workout_id=workout.workout_id,
        day=day_of(workout),
        started_at=workout.started_at,
        sport_type=workout.sport_type,
        moving_time_s=workout.moving_time_s,
        weight=weight,
        effort=effort.factor,
        zone=effort.zone,
        basis=effort.basis,
        against=against,
        xp=0 if against else earned,
    )


def day_account(day: date) -> str:
    return f"DAY#{day}"


def contribution(scored: Score) -> dict[str, Amounts]:
    """XP before the daily cap, on the athlete's own calendar day."""
    return {day_account(scored.day): {"xp": scored.xp}} if scored.xp else {}


@dataclass(frozen=True)
class Counted:
    """A score, and what of it the day's cap leaves."""

    score: Score
    xp: int


def counted(newest_first: Sequence[Score], before: int) -> list[Counted]:
    """The day's workouts count in the order of their starts, until the day is full. `before`: what the last one's day
    earned before it."""
    earned: dict[date, int] = defaultdict(int)
    if newest_first:
        earned[newest_first[-1].day] = before
    found = []
    for one in reversed(newest_first):
        left = max(0, XP_PER_DAY - earned[one.day])
        earned[one.day] += one.xp
        found.append(Counted(one, min(one.xp, left)))
    return found[::-1]


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
    reward: RewardCode | None = None


REWARDS = {
    3: RewardCode.BADGE_STARTER,
    5: RewardCode.FREE_DELIVERY,
    10: RewardCode.DISCOUNT_5,
    15: RewardCode.FREE_DELIVERY,
    20: RewardCode.DISCOUNT_10,
    30: RewardCode.DISCOUNT_15,
    40: RewardCode.BIRTHDAY_GIFT,
    50: RewardCode.BADGE_LEGEND,
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
