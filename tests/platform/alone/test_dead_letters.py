"""Nothing that ends in a dead-letter queue is lost: mended and redriven, the totals are what they would have been."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast

from typer.testing import CliRunner

from stadion import clock
from stadion_cli.app import app
from tests.kit.athletes import Athlete, join
from tests.kit.stack import DeployedStack, eventually

INVENTORY, GAMIFICATION = "stadion-inventory-on-workout-events", "stadion-gamification-on-workout-events"
METRES = (3000, 4000, 5000, 6000, 7000)


@contextmanager
def broken(stack: DeployedStack, *functions: str) -> Iterator[None]:
    """A bad deployment: the functions look for a table that is not there. Their queues give up within seconds."""
    settings = {name: _variables(stack, name) for name in functions}
    patience = {name: _attribute(stack, name, "VisibilityTimeout") for name in functions}
    for name in functions:
        stack.aws.sqs.set_queue_attributes(QueueUrl=_url(stack, name), Attributes={"VisibilityTimeout": "1"})
        _configure(stack, name, settings[name] | {"STADION_TABLE": "stadion-nowhere"})
    try:
        yield
    finally:
        for name in functions:
            _configure(stack, name, settings[name])
            attributes = {"VisibilityTimeout": patience[name]}
            stack.aws.sqs.set_queue_attributes(QueueUrl=_url(stack, name), Attributes=cast("Any", attributes))


def _variables(stack: DeployedStack, function: str) -> dict[str, str]:
    configuration = stack.aws.functions.get_function_configuration(FunctionName=function)
    return dict(configuration["Environment"]["Variables"])


def _configure(stack: DeployedStack, function: str, variables: dict[str, str]) -> None:
    stack.aws.functions.update_function_configuration(FunctionName=function, Environment={"Variables": variables})


def _url(stack: DeployedStack, queue: str) -> str:
    return stack.aws.sqs.get_queue_url(QueueName=queue)["QueueUrl"]


def _attribute(stack: DeployedStack, queue: str, name: str) -> str:
    asked = cast("Any", [name])
    found = cast("Any", stack.aws.sqs.get_queue_attributes(QueueUrl=_url(stack, queue), AttributeNames=asked))
    return str(found["Attributes"][name])


def dead(stack: DeployedStack, function: str) -> int:
    return int(_attribute(stack, f"{function}-dlq", "ApproximateNumberOfMessages"))


def redrive(stack: DeployedStack, function: str) -> int:
    """As the one on call does it; how many went back."""
    command = ["dlq", "redrive", f"{function}-dlq", "--json", "--port", str(stack.aws.port)]
    said = CliRunner().invoke(app, command)
    assert said.exit_code == 0, said.output
    return int(json.loads(said.stdout)["moved"])


def send_back(stack: DeployedStack, function: str) -> None:
    """By hand: sent first and deleted after, and one of them sent twice, as a crash in between would."""
    source, target = _url(stack, f"{function}-dlq"), _url(stack, function)
    twice = True
    while messages := stack.aws.sqs.receive_message(QueueUrl=source, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            for _ in range(1 + twice):
                stack.aws.sqs.send_message(QueueUrl=target, MessageBody=message["Body"])
            twice = False
            stack.aws.sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])


def test_what_a_bad_deployment_refused_counts_after_the_redrive(stack: DeployedStack) -> None:
    athlete = join(stack, "patient")
    gear_id = athlete.call("POST", "/v1/gear", {"category": "running_shoes"})["gear_id"]
    with broken(stack, INVENTORY, GAMIFICATION):
        workouts = [_run(athlete, gear_id, days_ago, metres) for days_ago, metres in enumerate(METRES, start=1)]
        athlete.call("PATCH", _path(workouts[0]), {"distance_m": 2000}, if_match='"1"')
        athlete.call("DELETE", _path(workouts[1]), if_match='"1"')
        events = len(METRES) + 2
        for function in (INVENTORY, GAMIFICATION):
            eventually(_has(stack, function, events), every_s=0.5)
        assert athlete.call("GET", f"/v1/gear/{gear_id}")["sessions"] == 0
    _run(athlete, gear_id, 20, 1000)
    eventually(lambda: athlete.call("GET", f"/v1/gear/{gear_id}")["distance_m"] == 1000)

    assert redrive(stack, INVENTORY) == events
    send_back(stack, GAMIFICATION)

    left = [2000, *METRES[2:], 1000]
    expected = {"distance_m": sum(left), "sessions": len(left), "xp": 30 * len(left)}
    eventually(lambda: _totals(athlete, gear_id) == expected or None)
    assert (dead(stack, INVENTORY), dead(stack, GAMIFICATION)) == (0, 0)


def _has(stack: DeployedStack, function: str, count: int) -> Callable[[], bool]:
    return lambda: dead(stack, function) == count


def _path(workout: dict[str, Any]) -> str:
    return f"/v1/workouts/{workout['workout_id']}"


def _run(athlete: Athlete, gear_id: str, days_ago: int, metres: int) -> dict[str, Any]:
    """Half an hour, worth 30 XP on a day of its own."""
    started_at = (clock.now() - timedelta(days=days_ago, hours=1)).isoformat()
    known = {"sport_type": "Run", "started_at": started_at, "elapsed_time_s": 1800, "gear_ids": [gear_id]}
    return cast("dict[str, Any]", athlete.call("POST", "/v1/workouts", {**known, "distance_m": metres}))


def _totals(athlete: Athlete, gear_id: str) -> dict[str, int]:
    gear = athlete.call("GET", f"/v1/gear/{gear_id}")
    xp = athlete.call("GET", "/v1/gamification/progress")["xp"]
    return {"distance_m": gear["distance_m"], "sessions": gear["sessions"], "xp": xp}
