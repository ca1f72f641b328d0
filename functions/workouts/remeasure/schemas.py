"""Requests and responses of runs that measure workouts anew."""

from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from stadion.errors import UnacceptableValueError
from stadion.fields import Moment
from stadion.http import RequestModel
from stadion.i18n import Text
from stadion.sports import SportType
from workouts.remeasure.domain import FileFormat, RemeasureFailure, RemeasureOutcome, RemeasureState, Run, Seen, Which
from workouts.remeasure.service import Progress, RemeasureAction

RunName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$", examples=["20261129-180412-3f9a"])]


class NewRemeasureRun(RequestModel):
    """A dry run over the workouts that are named, or over all; with `dry_run_id`, the run that applies its list."""

    dry_run_id: RunName | None = None
    user_id: str | None = Field(default=None, min_length=1, max_length=64)
    started_from: Moment | None = None
    started_to: Moment | None = Field(default=None, description="not included")
    format: FileFormat | None = Field(default=None, examples=["gpx"])

    @model_validator(mode="after")
    def _has_a_time(self) -> Self:
        if self.started_from is not None and self.started_to is not None and self.started_from >= self.started_to:
            raise UnacceptableValueError(
                Text(en="started_from must be before started_to.", ru="started_from должно быть раньше started_to.")
            )
        return self

    def which(self) -> Which:
        return Which.model_validate(self.model_dump(mode="json", exclude={"dry_run_id"}))


class RemeasureStatusChange(RequestModel):
    action: RemeasureAction


class RemeasureRunResponse(BaseModel):
    run_id: str
    dry_run_id: str | None = Field(default=None, description="whose list is applied; null: it is a dry run")
    applied_by: str | None = Field(default=None, description="of a dry run: the run that applies its list")
    user_id: str | None = None
    started_from: AwareDatetime | None = None
    started_to: AwareDatetime | None = None
    format: str | None = None
    state: RemeasureState
    is_stopped: bool
    attempt: int = Field(description="executions that drove it")
    chosen: int = Field(description="workouts so far")
    counts: dict[RemeasureOutcome, int] | None = Field(default=None, description="of those that were looked at")
    created_at: AwareDatetime
    updated_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    failure: RemeasureFailure | None = None

    @classmethod
    def of(cls, run: Run) -> Self:
        own = run.model_dump(include=set(cls.model_fields))
        return cls(**own, **run.which.model_dump())

    @classmethod
    def with_counts(cls, progress: Progress) -> Self:
        return cls.of(progress.run).model_copy(update={"counts": dict(progress.counts)})


class RemeasuredWorkout(BaseModel):
    user_id: str
    workout_id: str
    outcome: RemeasureOutcome
    sport_type: SportType | None = None
    started_at: AwareDatetime | None = None
    changes: dict[str, list[Any]] = Field(
        description="before and after, by field", examples=[{"distance_m": [5012.4, 4987.1]}]
    )
    error: str | None = None

    @classmethod
    def of(cls, seen: Seen) -> Self:
        changes = {name: list(pair) for name, pair in seen.changes.items()}
        return cls(**seen.model_dump(exclude={"changes"}), changes=changes)
