"""A run that counts every athlete's diary by the rules of today, and how far it is. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import AwareDatetime, Field

from stadion.values import Value

MOST_FAILED: Final = 50
"""Athletes that a run names as not counted; it counts all of them."""


class BackfillState(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


class BackfillFailure(Value):
    error: str
    cause: str = ""
    failed_at: AwareDatetime


class Backfill(Value):
    run_id: str
    revision: int = 1
    state: BackfillState = BackfillState.RUNNING
    is_stopped: bool = False
    attempt: int = Field(default=1, description="the execution that drives it; an earlier one ends at its next step")
    shard: int = Field(default=0, description="of the list of athletes, at which it is")
    after: dict[str, Any] | None = Field(default=None, description="in the shard, after which it goes on")
    athletes: int = Field(default=0, description="looked at so far")
    unlocked: int = 0
    revoked: int = 0
    failed: int = 0
    failed_user_ids: list[str] = Field(default_factory=list)
    created_at: AwareDatetime
    updated_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    failure: BackfillFailure | None = None

    def is_driven_by(self, attempt: int) -> bool:
        return self.state is BackfillState.RUNNING and not self.is_stopped and self.attempt == attempt

    def changed(self, now: datetime, **fields: Any) -> "Backfill":
        return self.model_copy(update={**fields, "revision": self.revision + 1, "updated_at": now})
