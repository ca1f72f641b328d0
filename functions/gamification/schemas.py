"""Responses of the gamification API."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from gamification.domain import Level, Record, level_at, next_level, next_rewarded


class LevelResponse(BaseModel):
    level: int
    xp: int = Field(description="needed in all")
    reward: str | None = None

    @classmethod
    def of(cls, level: Level) -> Self:
        return cls(level=level.level, xp=level.xp, reward=level.reward)


class GamificationProgress(BaseModel):
    xp: int
    level: int
    level_xp: int = Field(description="at which this level began")
    next_level_xp: int | None = Field(description="null on the highest level")
    next_reward: str | None = None

    @classmethod
    def of(cls, xp: int) -> Self:
        current = level_at(xp)
        following, rewarded = next_level(current), next_rewarded(current)
        return cls(
            xp=xp,
            level=current.level,
            level_xp=current.xp,
            next_level_xp=following.xp if following else None,
            next_reward=rewarded.reward if rewarded else None,
        )


class PersonalRecordResponse(BaseModel):
    record: str = Field(examples=["run.5k"])
    name: str = Field(examples=["5k"])
    distance_m: float
    elapsed_time_s: float
    workout_id: str
    started_at: AwareDatetime

    @classmethod
    def of(cls, record: Record) -> Self:
        return cls.model_validate(record.model_dump())
