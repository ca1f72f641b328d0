"""A line of the log: what is read of it, and no more."""

import json
import sys
from types import SimpleNamespace

import pytest

from stadion.observability import UNREAD, log, logger

CONTEXT = SimpleNamespace(
    function_name="stadion-workouts-api",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:stadion-workouts-api",
    aws_request_id="r-1",
)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, str], context: object) -> None:
    log("answered", route="GET /v1/workouts")


def test_a_line_has_what_is_asked_for_by_and_nothing_that_nobody_reads(capsys: pytest.CaptureFixture[str]) -> None:
    logger.registered_handler.setStream(sys.stdout)  # type: ignore[attr-defined]

    handler({}, CONTEXT)

    line = json.loads(capsys.readouterr().out)
    assert {"level", "message", "timestamp", "service", "function_name", "function_request_id", "route"} <= line.keys()
    assert not line.keys() & {*UNREAD, "location"}
