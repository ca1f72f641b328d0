"""Steps of workflows and rounds of scheduled tasks: a typed input and output, one log line.

Errors of a step leave by their names, for Retry and Catch. On the local stage an input may say what time it is.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Self, TypeVar

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import AwareDatetime, BaseModel, Field, model_validator

from stadion import clock, ids
from stadion.as_of import moment, refuse_elsewhere
from stadion.observability import correlate, count, log, logger, observed
from stadion.queues import LambdaHandler
from stadion.values import Value


class TaskInput(Value):
    """What is wrong with an input goes to the log, what is in it does not."""

    correlation_id: str = "none"
    wait_scale: float | None = Field(default=None, ge=0, le=1, description="of the execution's waits; local stage only")

    @model_validator(mode="after")
    def _waits_as_everywhere(self) -> Self:
        if self.wait_scale is not None:
            refuse_elsewhere()
        return self


I = TypeVar("I", bound=TaskInput)  # noqa: E741
O = TypeVar("O", bound=BaseModel)  # noqa: E741


def task(do: Callable[[I, datetime], O], *, takes: type[I]) -> LambdaHandler:
    """The Lambda handler of the step, which is told what time it is; what it raises is the step's error."""

    @observed
    def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ARG001
        started = time.perf_counter()
        try:
            asked = takes.model_validate(event)
            correlate(asked.correlation_id)
            done = do(asked, clock.now())
        except Exception:
            count("TaskFailed")
            logger.exception("task failed", extra={"task": takes.__name__})
            raise
        count("TaskDone")
        log("task done", task=takes.__name__, duration_ms=round((time.perf_counter() - started) * 1000, 1))
        return done.model_dump(mode="json")

    return handler


class Round(Value):
    """One round of a scheduled task. EventBridge's own event says nothing of this."""

    as_of: AwareDatetime | None = Field(default=None, description="what time it is; local stage only")
    only: str | None = Field(
        default=None, min_length=1, description="whose things alone: an athlete's or a partner's id"
    )

    @model_validator(mode="after")
    def _moves_nobody_elses_clock(self) -> Self:
        if self.as_of is not None and self.only is None:
            raise ValueError("as_of goes with only: whose time it is")
        return self

    @property
    def now(self) -> datetime:
        """NotOnThisStageError."""
        return moment(self.as_of)

    def concerns(self, owner: str) -> bool:
        return self.only in {None, owner}


R = TypeVar("R", bound=Round)


def scheduled(do: Callable[[R], dict[str, int]], *, takes: type[R]) -> LambdaHandler:
    """The Lambda handler of a task that EventBridge starts again and again; its answer counts what it did."""

    @observed
    def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ARG001
        correlate(ids.new_id())
        done = do(takes.model_validate(event))
        log("round done", **done)
        return done

    return handler


T = TypeVar("T")


def one_by_one(items: Iterable[T], do: Callable[[T], int], *, metric: str) -> int:
    """How many were done. One that fails keeps none of the others; the function's alarm hears of it at the end."""
    done, failures = 0, []
    for item in items:
        try:
            done += do(item)
        except Exception as error:  # noqa: BLE001 - raised again when the others are done
            logger.exception("not done", extra={"metric": metric})
            failures.append(error)
    count(metric, done)
    if failures:
        raise ExceptionGroup(f"{metric}: {len(failures)} failed", failures)
    return done
