"""Requests and responses of runs that count all diaries."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from gamification.achievements.backfill.domain import Backfill, BackfillFailure, BackfillState
from gamification.achievements.backfill.service import BackfillAction
from stadion.http import RequestModel


class BackfillStatusChange(RequestModel):
    action: BackfillAction


class BackfillResponse(BaseModel):
    run_id: str
    state: BackfillState
    is_stopped: bool
    attempt: int = Field(description="executions that drove it")
    athletes: int = Field(description="looked at so far")
    unlocked: int
    revoked: int
    failed: int = Field(description="athletes whose diary could not be counted: another run tries them again")
    failed_user_ids: list[str] = Field(description="the first fifty of them")
    created_at: AwareDatetime
    updated_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    failure: BackfillFailure | None = None

    @classmethod
    def of(cls, run: Backfill) -> Self:
        return cls.model_validate(run.model_dump(exclude={"after", "shard", "revision"}))
