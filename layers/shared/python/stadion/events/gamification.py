"""What the gamification service tells."""

from enum import StrEnum

from pydantic import Field

from stadion.events.envelope import Event
from stadion.events.examples import WORKOUT


class XpGranted(Event):
    """The athlete's XP moved because of a workout; negative when one was deleted or corrected downward."""

    source = "stadion.gamification"
    subject = ("workout_id",)
    workout_id: str = Field(examples=[WORKOUT])
    amount: int = Field(examples=[64])
    total: int = Field(ge=0, examples=[1264])


class LevelReached(Event):
    source = "stadion.gamification"
    level: int = Field(ge=1, examples=[5])
    reward: str | None = Field(default=None, examples=["free_delivery"])


class RewardGranted(Event):
    """The reason is there: for the first time, or again. Of one reason, the newest revision holds."""

    source = "stadion.gamification"
    subject = ("earned_by",)
    reward: str = Field(examples=["free_delivery"])
    kind: str = Field(examples=["offer"], description="badge or offer")
    reason: str = Field(examples=["level"])
    earned_by: str = Field(examples=["level:5"], description="the very reason: of each, a reward is given once")
    revision: int = Field(ge=1, examples=[1])


class RewardRevoked(Event):
    """The reason has gone: a workout was deleted or corrected. Of one reason, the newest revision holds."""

    source = "stadion.gamification"
    subject = ("earned_by",)
    reward: str = Field(examples=["free_delivery"])
    kind: str = Field(examples=["offer"], description="badge or offer")
    reason: str = Field(examples=["level"])
    earned_by: str = Field(examples=["level:5"], description="the very reason: of each, a reward is given once")
    revision: int = Field(ge=2, examples=[2])


class AchievementUnlocked(Event):
    """An achievement is earned: for the first time, or again after it was taken back. Of one level and occurrence, the
    newest revision holds."""

    source = "stadion.gamification"
    subject = ("achievement_id", "occurrence", "level")
    achievement_id: str = Field(examples=["early_bird"])
    rule_version: int = Field(ge=1, examples=[1], description="by which it was earned")
    level: int = Field(ge=1, examples=[1])
    occurrence: str = Field(examples=["once"], description="of what repeats: the day, week or month, or how often")
    workout_id: str | None = Field(
        default=None, examples=[WORKOUT], description="with which it was earned; null: with no workout alone"
    )
    revision: int = Field(ge=1, examples=[1])
    is_news: bool = Field(examples=[True], description="false: it was earned long ago, or was there before")


class AchievementRevoked(Event):
    """What earned it was deleted or corrected, and nothing else earns it. Of one level and occurrence, the newest
    revision holds."""

    source = "stadion.gamification"
    subject = ("achievement_id", "occurrence", "level")
    achievement_id: str = Field(examples=["early_bird"])
    rule_version: int = Field(ge=1, examples=[1])
    level: int = Field(ge=1, examples=[1])
    occurrence: str = Field(examples=["once"])
    workout_id: str | None = Field(default=None, examples=[WORKOUT], description="with which it had been earned")
    revision: int = Field(ge=2, examples=[2])


class PersonalRecordSet(Event):
    """A best effort beat what stood before; `previous_time_s` is null for the first time over this distance."""

    source = "stadion.gamification"
    subject = ("workout_id",)
    workout_id: str = Field(examples=[WORKOUT])
    record: str = Field(examples=["run.5k"])
    name: str = Field(examples=["5k"])
    distance_m: float = Field(examples=[5000.0])
    elapsed_time_s: float = Field(examples=[1391.0])
    previous_time_s: float | None = Field(default=None, examples=[1422.0])


class PresenceCause(StrEnum):
    ANSWER = "answer"
    BIRTH_DATE = "birth_date"


class BoardPresenceChanged(Event):
    """Whether, or under which name, the athlete is on leaderboards may be another now; the boards follow."""

    source = "stadion.gamification"
    because: PresenceCause = Field(examples=["answer"])
