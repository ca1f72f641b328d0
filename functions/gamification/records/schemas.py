"""Answers about personal records."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from gamification.records.domain import Record


class PersonalRecordResponse(BaseModel):
    record: str = Field(examples=["run.5k"], description="a code of `record_groups` in `/v1/words`, and the distance")
    name: str = Field(examples=["5k"], description="a code of `best_efforts` in `/v1/words`")
    distance_m: float
    elapsed_time_s: float
    workout_id: str
    started_at: AwareDatetime

    @classmethod
    def of(cls, record: Record) -> Self:
        return cls.model_validate(record.model_dump())
