"""What the steps of the state machine that makes a board are asked and answer. Each may be done again."""

import time
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, Field

from gamification.boards.building import service
from gamification.boards.building.domain import Build
from stadion.tasks import TaskInput

FOR_S = 150.0
"""Of the step's four minutes."""

KNOWN_AFTER = timedelta(seconds=75)
"""A function looks once a minute which boards there are; what it began before, it has ended by then."""


class BuildStep(TaskInput):
    line: str
    attempt: int


class BuildFailing(BuildStep):
    error: str = "Unknown"
    cause: str = ""


class BegunBoard(BaseModel):
    known_at: AwareDatetime = Field(description="when all functions keep its scores")


class FilledBoard(BaseModel):
    goes_on: bool = Field(description="false: another execution has it")
    is_done: bool


class BuiltBoard(BaseModel):
    state: str


def begin(asked: BuildStep, now: datetime) -> BegunBoard:
    service.begin(asked.line, asked.attempt, now)
    return BegunBoard(known_at=now + KNOWN_AFTER * (asked.wait_scale if asked.wait_scale is not None else 1.0))


def fill(asked: BuildStep, now: datetime) -> FilledBoard:
    """For some time; how far it came is kept with each look."""
    began = time.monotonic()
    while True:
        done = service.fill(asked.line, asked.attempt, now)
        if not done.goes_on or done.is_done or time.monotonic() - began > FOR_S:
            return FilledBoard(goes_on=done.goes_on, is_done=done.is_done)


def finish(asked: BuildStep, now: datetime) -> BuiltBoard:
    return _told(service.finish(asked.line, asked.attempt, now))


def note_failure(asked: BuildFailing, now: datetime) -> BuiltBoard:
    return _told(service.fail(asked.line, asked.attempt, f"{asked.error}: {asked.cause}", now))


def _told(build: Build | None) -> BuiltBoard:
    return BuiltBoard(state=build.state.value if build is not None else "gone")
