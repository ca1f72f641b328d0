"""Responses of the gamification API."""

from pydantic import AwareDatetime, BaseModel, Field


class LevelResponse(BaseModel):
    level: int
    xp: int = Field(description="needed in all")
    reward: str | None = None


class Progress(BaseModel):
    xp: int
    level: int
    level_xp: int = Field(description="at which this level began")
    next_level_xp: int | None = Field(description="null on the highest level")
    next_reward: str | None = None


class RecordResponse(BaseModel):
    record: str = Field(examples=["run.5k"])
    name: str = Field(examples=["5k"])
    distance_m: float
    elapsed_time_s: float
    workout_id: str
    started_at: AwareDatetime
