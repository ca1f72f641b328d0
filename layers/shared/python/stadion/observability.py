"""One logger, one set of metrics, one correlation id, the same in every function."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(use_rfc3339=True, utc=True)
metrics = Metrics()


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
