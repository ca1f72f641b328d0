"""What an athlete is told of achievements."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from gamification.achievements.base.icons import svg
from gamification.achievements.base.values import (
    AchievementRepeat,
    AchievementWindow,
    MeasureKind,
    Rule,
    Summed,
    level_title,
)
from gamification.achievements.base.words import explain, goal
from gamification.achievements.domain import Award
from gamification.achievements.look_service import Standing
from gamification.rewards.schemas import RewardWords
from stadion.units import Reader

LATEST = 5
"""Awards of one achievement in a list; the achievement by itself shows all."""


class EarnedAchievement(BaseModel):
    level: int
    title: str = Field(description="with the level's number, if there are several", examples=["Again and again II"])
    occurrence: str = Field(
        description="of what repeats: the day, week or month, or which multiple; else `once`", examples=["2026-11"]
    )
    workout_id: str | None = Field(description="with which it was earned; null: the diary cannot tell with which one")
    earned_at: AwareDatetime = Field(description="when that workout began; without one, when it was counted")

    @classmethod
    def of(cls, award: Award, rule: Rule, reader: Reader) -> Self:
        level = min(award.level, len(rule.targets))
        return cls(
            title=level_title(rule, level).say(reader.language),
            **award.model_dump(include={"level", "occurrence", "workout_id", "earned_at"}),
        )


class AchievementLevel(BaseModel):
    level: int
    target: int = Field(description="in the measure's unit", examples=[50000])
    goal: str | None = Field(description="the target in words; null: several things have to be so", examples=["50 km"])
    earned_at: AwareDatetime | None


class AchievementProgress(BaseModel):
    value: int = Field(examples=[32000])
    target: int | None = Field(description="of the next level; null: there is none", examples=[50000])
    window: AchievementWindow = Field(description="in which it is counted: today, this week, this month, or ever")
    unit: str = Field(
        description="of value and target: a field such as `distance_m`, or `count`", examples=["distance_m"]
    )


class AchievementResponse(BaseModel):
    """An achievement, and how the athlete stands."""

    achievement_id: str = Field(examples=["early_bird"])
    version: int
    title: str = Field(examples=["Early bird"])
    text: str = Field(description="what it is for", examples=["Five workouts begun between four and seven."])
    rule: str = Field(description="everything that has to be so, in words and in the reader's units")
    icon_svg: str = Field(description="a picture, to be shown at any size; it loads nothing")
    is_hidden: bool = Field(description="it is shown to those who have earned it")
    is_retired: bool = Field(description="nobody earns it any more")
    repeat: AchievementRepeat
    reward: RewardWords | None = Field(default=None, description="comes with the highest level")
    levels: list[AchievementLevel]
    progress: AchievementProgress
    is_earned: bool
    times_earned: int = Field(description="levels and occurrences")
    earned: list[EarnedAchievement] = Field(description="the latest first; a list shows five")

    @classmethod
    def of(cls, one: Standing, reader: Reader, *, shown: int | None = None) -> Self:
        rule, language = one.rule, reader.language
        by_level = {award.level: award.earned_at for award in one.awards}
        return cls(
            achievement_id=rule.id,
            version=rule.version,
            title=rule.title.say(language),
            text=rule.text.say(language),
            rule=explain(rule, reader, one.needed),
            icon_svg=svg(rule.icon),
            is_hidden=rule.hidden,
            is_retired=rule.retired,
            repeat=rule.repeat,
            reward=RewardWords.of(rule.reward, language) if rule.reward is not None else None,
            levels=[
                AchievementLevel(
                    level=level, target=target, goal=goal(rule, target, reader), earned_at=by_level.get(level)
                )
                for level, target in enumerate(rule.targets, 1)
            ],
            progress=AchievementProgress(
                value=one.progress.value, target=one.progress.target, window=rule.window, unit=unit_of(rule)
            ),
            is_earned=bool(one.awards),
            times_earned=len(one.awards),
            earned=[EarnedAchievement.of(award, rule, reader) for award in one.awards[:shown]],
        )


def unit_of(rule: Rule) -> str:
    if rule.measure is not None and rule.measure.kind is MeasureKind.SUM:
        return (rule.measure.sum or Summed.DISTANCE_M).value
    return "count"
