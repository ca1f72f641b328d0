"""A step of a workflow: a typed input and output, one log line. Errors leave by their names, for Retry and Catch."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict

from stadion.observability import correlate, count, log, logger, metrics
from stadion.queues import LambdaHandler


class TaskInput(BaseModel):
    """What is wrong with an input goes to the log, what is in it does not."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    correlation_id: str = "none"


I = TypeVar("I", bound=TaskInput)  # noqa: E741
O = TypeVar("O", bound=BaseModel)  # noqa: E741


def task(do: Callable[[I], O], *, takes: type[I]) -> LambdaHandler:
    """The Lambda handler of the step; what it raises is the step's error."""

    @logger.inject_lambda_context(clear_state=True)
    @metrics.log_metrics
    def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ARG001
        started = time.perf_counter()
        try:
            asked = takes.model_validate(event)
            correlate(asked.correlation_id)
            done = do(asked)
        except Exception:
            count("TaskFailed")
            logger.exception("task failed", extra={"task": takes.__name__})
            raise
        count("TaskDone")
        log("task done", task=takes.__name__, duration_ms=round((time.perf_counter() - started) * 1000, 1))
        return done.model_dump(mode="json")

    return handler
