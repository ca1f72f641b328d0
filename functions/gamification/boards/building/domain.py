"""Boards beside those that are always kept: made when somebody asks, ended when nobody looks. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime

from stadion.values import Value

UNSEEN_FOR: Final = timedelta(days=30)
MOST_A_DAY: Final = 10
"""Boards that one athlete may have made: each costs a walk over all athletes."""
CAUSE: Final = 2000


class BuildState(StrEnum):
    BUILDING = "building"
    READY = "ready"
    ENDED = "ended"


class Build(Value):
    """One board that somebody asked for, over whatever period is the current one."""

    line: str
    """Its `BoardId` with the kind of period, such as region-ru-mow.run.ascent.month."""
    state: BuildState
    attempt: int = 1
    """Of the execution that may go on with it."""
    since: AwareDatetime
    """Its scores are kept from then on; periods that were over by then it has not."""
    looked_on: date
    after: str | None = None
    """The last athlete who was counted, of `shard`."""
    shard: int = 0
    counted: int = 0
    failure: str | None = None
    revision: int = 1

    @property
    def is_ready(self) -> bool:
        return self.state is BuildState.READY

    def is_driven_by(self, attempt: int) -> bool:
        return self.state is BuildState.BUILDING and self.attempt == attempt

    def is_unseen(self, today: date) -> bool:
        return self.state is not BuildState.ENDED and today - self.looked_on > UNSEEN_FOR


def asked(line: str, before: Build | None, now: datetime) -> Build:
    """Its beginning, also of one that had ended."""
    attempt, revision = (before.attempt + 1, before.revision + 1) if before is not None else (1, 1)
    return Build(
        line=line,
        state=BuildState.BUILDING,
        attempt=attempt,
        since=now,
        looked_on=now.date(),
        revision=revision,
    )


class Asking(Value):
    """How many boards an athlete had made on a day."""

    count: int = 0
    revision: int = 0
