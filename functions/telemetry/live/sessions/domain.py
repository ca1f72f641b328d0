"""A live session: what the athlete said (start, pause, resume, stop), in whatever order it arrives.

Pauses are marks on the session's own clock. A set of marks has no order of arrival, so that commands which come twice,
late or crossed mean the same as those which came once and in order.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, Field

from stadion.events.telemetry import LiveOutcome, LivePause
from stadion.values import Value
from telemetry.live.errors import (
    LiveSessionIsOverError,
    SampleInFutureError,
    SessionInFutureError,
    TooManyPausesError,
    TooOldForLiveError,
)
from telemetry.live.values import LiveState, MarkKind, SessionSummary, Start

LATE_FOR: Final = timedelta(days=7)
"""So long after a session has ended, what the phone still has is taken."""
OLDEST_START: Final = timedelta(days=7)
CLOCK_SKEW: Final = timedelta(minutes=15)
MAX_MARKS: Final = 500


class Phase(StrEnum):
    """What its chunks take."""

    OPEN = "open"
    LATE = "late"
    """It is closed: what is late is taken, and makes it known anew."""
    OVER = "over"


class Mark(Value):
    at_s: float
    kind: MarkKind


class Session(Start):
    marks: list[Mark] = Field(default_factory=list)
    stopped_s: float | None = Field(default=None, description="where the athlete stopped it")
    outcome: LiveOutcome | None = Field(default=None, description="null: it is open")
    closed_at: AwareDatetime | None = Field(default=None, description="when it was closed, by the server's clock")
    heard_at: AwareDatetime
    until_s: float = Field(default=0.0, description="the last sample, as of `heard_at`")
    finished: int = Field(default=0, description="how many times it was finished: the revision of the event")
    workout_id: str | None = Field(default=None, description="where it was saved")
    sealed: bool = Field(default=False, description="its chunks are gone: nothing more is taken")
    unfinished_since: AwareDatetime | None = Field(
        default=None, exclude=True, description="when samples or marks came that are not made known yet"
    )

    @property
    def is_open(self) -> bool:
        return self.outcome is None

    @property
    def state(self) -> LiveState:
        if self.outcome is LiveOutcome.DISCARDED:
            return LiveState.DISCARDED
        if self.outcome is not None:
            return LiveState.FINISHED
        return LiveState.PAUSED if open_pause(self.marks) is not None else LiveState.RUNNING

    @property
    def phase(self) -> Phase:
        if self.is_open:
            return Phase.OPEN
        return Phase.OVER if self.sealed or self.outcome is LiveOutcome.DISCARDED else Phase.LATE

    @property
    def waits_as(self) -> Phase | None:
        """An open session for its end, a closed one for being made known."""
        if self.is_open:
            return Phase.OPEN
        return Phase.LATE if self.unfinished_since is not None else None

    @property
    def waits_since(self) -> datetime | None:
        return self.heard_at if self.is_open else self.unfinished_since

    @property
    def settled_at(self) -> datetime | None:
        """None while anything of it is to be made known."""
        return self.closed_at if self.unfinished_since is None else None

    def takes_more(self, now: datetime) -> bool:
        if self.sealed or self.outcome is LiveOutcome.DISCARDED:
            return False
        return self.closed_at is None or now - self.closed_at <= LATE_FOR

    def check_takes_more(self, now: datetime) -> None:
        if not self.takes_more(now):
            raise LiveSessionIsOverError(extensions={"workout_id": self.workout_id} if self.workout_id else {})

    def clock_s(self, now: datetime) -> float:
        """The session's clock, in seconds since the start."""
        return max(0.0, round((now - self.started_at).total_seconds(), 3))

    def check_time(self, at_s: float, now: datetime, *, pointer: str) -> None:
        if at_s > self.clock_s(now) + CLOCK_SKEW.total_seconds():
            raise SampleInFutureError(pointer=pointer)

    # --- what the athlete says ---

    def marked(self, kind: MarkKind, at_s: float) -> "Session":
        mark = Mark(at_s=at_s, kind=kind)
        if mark in self.marks:
            return self
        if len(self.marks) >= MAX_MARKS:
            raise TooManyPausesError
        return self.model_copy(update={"marks": in_order([*self.marks, mark])})

    def stopped(self, at_s: float | None, now: datetime) -> "Session":
        """Of two stops the later one counts; without a time, the first by the server's clock."""
        stopped_s = self.stopped_s
        if at_s is not None:
            stopped_s = max(at_s, stopped_s or 0.0)
        elif stopped_s is None and self.is_open:
            stopped_s = self.clock_s(now)
        return self._closed(LiveOutcome.STOPPED, now, stopped_s=stopped_s)

    def forgotten(self, now: datetime) -> "Session":
        return self._closed(LiveOutcome.FORGOTTEN, now)

    def discarded(self, now: datetime) -> "Session":
        return self._closed(LiveOutcome.DISCARDED, now)

    def _closed(self, outcome: LiveOutcome, now: datetime, **fields: float | None) -> "Session":
        return self.model_copy(update={"outcome": outcome, "closed_at": self.closed_at or now, **fields})

    # --- what it comes to ---

    def end_s(self, last_sample_s: float | None) -> float:
        """Whatever is last: the stop, or a sample; without either, the last thing that the athlete said."""
        known = [value for value in (self.stopped_s, last_sample_s) if value is not None]
        return max(known) if known else max((mark.at_s for mark in self.marks), default=0.0)

    def is_empty(self, last_sample_s: float | None) -> bool:
        """Nobody stopped it, and nothing was recorded."""
        return last_sample_s is None and self.outcome is LiveOutcome.FORGOTTEN

    def pauses(self, end_s: float) -> list[LivePause]:
        return pauses(self.marks, end_s)

    def summary(self) -> SessionSummary:
        """An open one as of when the app was last heard."""
        end_s = self.clock_s(self.heard_at) if self.is_open else self.end_s(None)
        return SessionSummary(
            session_id=self.session_id,
            state=self.state,
            outcome=self.outcome,
            sport_type=self.sport_type,
            started_at=self.started_at,
            time_zone=self.time_zone,
            name=self.name,
            gear_ids=self.gear_ids,
            pauses=self.pauses(max(end_s, self.until_s)),
            heard_at=self.heard_at,
            closed_at=self.closed_at,
            workout_id=self.workout_id,
        )


def started(start: Start, now: datetime) -> Session:
    if start.started_at > now + CLOCK_SKEW:
        raise SessionInFutureError(pointer="#/started_at")
    if start.started_at < now - OLDEST_START:
        raise TooOldForLiveError(pointer="#/started_at", days=OLDEST_START.days)
    return Session(**start.model_dump(), heard_at=now)


def in_order(marks: Sequence[Mark]) -> list[Mark]:
    """By time; a resume at the instant of a pause comes after it."""
    return sorted(set(marks), key=lambda mark: (mark.at_s, mark.kind is MarkKind.RESUME))


def open_pause(marks: Sequence[Mark]) -> float | None:
    """When the pause began that has not ended yet."""
    since: float | None = None
    for mark in in_order(marks):
        if mark.kind is MarkKind.RESUME:
            since = None
        elif since is None:
            since = mark.at_s
    return since


def pauses(marks: Sequence[Mark], end_s: float) -> list[LivePause]:
    """From each pause to the next resume or to the end, whichever is first."""
    found: list[LivePause] = []
    since: float | None = None
    for mark in in_order(marks):
        if mark.kind is MarkKind.PAUSE and since is None:
            since = mark.at_s
        elif mark.kind is MarkKind.RESUME and since is not None:
            found.append(LivePause(start_s=since, end_s=max(since, min(mark.at_s, end_s))))
            since = None
    if since is not None and since < end_s:
        found.append(LivePause(start_s=since, end_s=end_s))
    return [pause for pause in found if pause.end_s > pause.start_s and pause.start_s < end_s]
