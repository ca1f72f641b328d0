"""One logger, one set of metrics, one correlation id, the same in every function."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion.settings import runtime

R = TypeVar("R")
UNREAD: Final = ("function_arn", "function_memory_size")
"""What Powertools adds to each line and nobody reads: a fifth of it, and lines are paid by the byte."""


class BriefLogger(Logger):
    def structure_logs(
        self, append: bool = False, formatter_options: dict[str, Any] | None = None, **keys: Any
    ) -> None:
        read = {name: value for name, value in keys.items() if name not in UNREAD}
        super().structure_logs(append, formatter_options, **read)


logger = BriefLogger(use_rfc3339=True, utc=True, location=None)
metrics = Metrics()


_has_told = False


def observed(handler: Callable[[dict[str, Any], LambdaContext], R]) -> Callable[[dict[str, Any], LambdaContext], R]:
    """Around every handler: the context in each line of the log, metrics, and at a cold start who is at work."""

    @logger.inject_lambda_context(clear_state=True)
    @metrics.log_metrics
    @wraps(handler)
    def inside(event: dict[str, Any], context: LambdaContext) -> R:
        _tell_versions()
        return handler(event, context)

    return inside


def _tell_versions() -> None:
    """Lambda's runtime brings boto3, and changes it when it likes: the log says which one it was."""
    global _has_told  # noqa: PLW0603 - of this instance
    if _has_told or not runtime():
        return
    import sys

    import botocore

    _has_told = True
    log("cold start", runtime=runtime(), python=sys.version.split()[0], botocore=botocore.__version__)


def correlate(correlation_id: str) -> None:
    logger.set_correlation_id(correlation_id)


def correlation_id() -> str:
    return logger.get_correlation_id() or "none"


def count(name: str, value: float = 1) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def measure_ms(name: str, value: float) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Milliseconds, value=value)


def log(message: str, **fields: Any) -> None:
    """A fact of the work done. Never a token, a body, a free text or a health value."""
    logger.info(message, extra={key: value for key, value in fields.items() if value is not None})
