"""Runs that measure workouts anew: which workouts, how far a run is, and what it changed. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from zlib import crc32

from pydantic import AwareDatetime, Field

from stadion.sports import SportType
from stadion.values import Value
from workouts.domain import Measured, Workout

DRY_RUN_HOLDS: Final = timedelta(days=7)
MAX_TRIES: Final = 3
"""Of a workout that ends its function (too long, too large); after that it is listed, and the batch goes on."""
TOLD_OTHERWISE: Final = {"polyline", "best_efforts", "flags", "measured_by", "disputed"}

Numbers = Mapping[str, Any]
"""By field; parts of a field are `best_efforts.5k` and the like."""
Differences = dict[str, tuple[Any, Any]]
"""Field -> before and after; None: it is not there."""


class FileFormat(StrEnum):
    FIT = "fit"
    GPX = "gpx"
    TCX = "tcx"


class Which(Value):
    """The workouts that a run looks at: all, or those of an athlete, a time, or a format of their files."""

    user_id: str | None = None
    started_from: AwareDatetime | None = None
    started_to: AwareDatetime | None = Field(default=None, description="not included")
    format: str | None = Field(default=None, examples=["gpx"])

    def __contains__(self, workout: Workout) -> bool:
        return (
            workout.is_recorded
            and self.user_id in {None, workout.user_id}
            and (self.started_from is None or self.started_from <= workout.started_at)
            and (self.started_to is None or workout.started_at < self.started_to)
            and (self.format is None or self.format in {file.format for file in workout.sources})
        )


class RemeasureState(StrEnum):
    CHOOSING = "choosing"
    MEASURING = "measuring"
    ENDED = "ended"


class RemeasureFailure(Value):
    error: str
    cause: str = ""
    failed_at: AwareDatetime


class Run(Value):
    """A dry run, or one that applies the list of a dry run."""

    run_id: str
    revision: int = 1
    dry_run_id: str | None = Field(default=None, description="whose list is applied; None: this is a dry run")
    applied_by: str | None = Field(default=None, description="of a dry run: the one run that applies its list")
    which: Which = Which()
    state: RemeasureState = RemeasureState.CHOOSING
    is_stopped: bool = False
    attempt: int = Field(default=1, description="the execution that drives it; an earlier one ends at its next step")
    cursor: str | None = Field(default=None, description="where choosing goes on")
    chosen: int = 0
    batches: int = 0
    created_at: AwareDatetime
    updated_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    failure: RemeasureFailure | None = None

    @property
    def is_dry(self) -> bool:
        return self.dry_run_id is None

    def is_driven_by(self, attempt: int) -> bool:
        return self.attempt == attempt and not self.is_stopped and self.state is not RemeasureState.ENDED

    def is_to_be_applied(self, now: datetime) -> bool:
        return self.is_dry and self.ended_at is not None and now - self.ended_at <= DRY_RUN_HOLDS

    def changed(self, now: datetime, **fields: Any) -> "Run":
        return self.model_copy(update={**fields, "revision": self.revision + 1, "updated_at": now})


class RemeasureOutcome(StrEnum):
    CHANGED = "changed"
    OTHERWISE = "otherwise"
    """Changed, and not to what the dry run had listed: edited meanwhile, or measured by newer code."""
    UNCHANGED = "unchanged"
    LEFT = "left"
    """Nothing to measure it from, or it cannot be measured: it stays as it is."""
    GONE = "gone"
    FAILED = "failed"


LISTED: Final = frozenset({RemeasureOutcome.CHANGED, RemeasureOutcome.OTHERWISE, RemeasureOutcome.FAILED})


class Planned(Value):
    """A workout of a batch; of a run that applies, with what the dry run listed."""

    user_id: str
    workout_id: str
    changes: Differences = Field(default_factory=dict)


class Seen(Value):
    """What became of a workout."""

    user_id: str
    workout_id: str
    outcome: RemeasureOutcome
    sport_type: SportType | None = None
    started_at: AwareDatetime | None = None
    changes: Differences = Field(default_factory=dict)
    error: str | None = Field(default=None, description="the name of what was raised", examples=["MemoryError"])


class Batch(Value):
    """How far a batch is, and what was listed of it, in one item: a step that is killed loses neither."""

    run_id: str
    number: int
    size: int
    position: int = 0
    tries: int = Field(default=0, description="of the workout at the position")
    counts: dict[RemeasureOutcome, int] = Field(default_factory=dict)
    listed: list[Seen] = Field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return self.position >= self.size

    def tried(self) -> "Batch":
        return self.model_copy(update={"tries": self.tries + 1})

    def after(self, seen: Seen, *, goes_on: bool) -> "Batch":
        """`goes_on`: the next workout is tried at once."""
        counts = Counter(self.counts)
        counts[seen.outcome] += 1
        listed = [*self.listed, seen] if seen.outcome in LISTED else self.listed
        moved = {"position": self.position + 1, "tries": int(goes_on), "counts": dict(counts), "listed": listed}
        return self.model_copy(update=moved)


# --- what a workout's numbers were, and are -------------------------------------------------------------------------


def numbers(workout: Workout) -> dict[str, Any]:
    """One value for each number; of a track its checksum, for nobody reads one."""
    found = workout.model_dump(mode="json", include=set(Measured.model_fields) - TOLD_OTHERWISE, exclude_none=True)
    found |= {f"best_efforts.{effort.name}": effort.elapsed_time_s for effort in workout.best_efforts}
    found |= {f"flags.{flag.code}": True for flag in workout.flags}
    found |= {f"measured_by.{number}": who for number, who in workout.measured_by.items()}
    found |= {f"disputed.{one.number}": one.figures for one in workout.disputed}
    if workout.polyline is not None:
        found["polyline"] = f"{crc32(workout.polyline.encode()):08x}"
    if workout.streams is not None:
        found["streams"] = workout.streams.key.rsplit("/", 1)[-1]
    return found


def differences(before: Numbers, after: Numbers) -> Differences:
    names = sorted({**before, **after})
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def judged(planned: Planned, before: Workout, after: Workout | None) -> Seen:
    """Of a run that applies, the list says what was before the run, however often its steps were done."""
    if after is None:
        return _seen(planned, before, RemeasureOutcome.LEFT)
    found, now = differences(numbers(before), numbers(after)), numbers(after)
    was = {name: value for name, (value, _) in (found | planned.changes).items()}
    changes = differences(was, {name: now.get(name) for name in was})
    if not changes:
        return _seen(planned, before, RemeasureOutcome.UNCHANGED)
    as_listed = not planned.changes or changes == planned.changes
    return _seen(planned, after, RemeasureOutcome.CHANGED if as_listed else RemeasureOutcome.OTHERWISE, changes)


def failed(planned: Planned, error: str) -> Seen:
    return Seen(user_id=planned.user_id, workout_id=planned.workout_id, outcome=RemeasureOutcome.FAILED, error=error)


def gone(planned: Planned) -> Seen:
    return Seen(user_id=planned.user_id, workout_id=planned.workout_id, outcome=RemeasureOutcome.GONE)


def _seen(planned: Planned, workout: Workout, outcome: RemeasureOutcome, changes: Differences | None = None) -> Seen:
    return Seen(
        user_id=planned.user_id,
        workout_id=planned.workout_id,
        outcome=outcome,
        sport_type=workout.sport_type,
        started_at=workout.started_at,
        changes=changes or {},
    )
