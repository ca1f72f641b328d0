"""Executions of state machines on a deployed stack."""

import json
from typing import Any

from tests.kit.stack import DeployedStack


def executions(stack: DeployedStack, machine: str, about: str) -> list[Any]:
    """Those of the machine whose input mentions `about`, the newest first."""
    machines: Any = stack.aws.client("stepfunctions")
    (arn,) = [m["stateMachineArn"] for m in machines.list_state_machines()["stateMachines"] if m["name"] == machine]
    listed = machines.list_executions(stateMachineArn=arn)["executions"]
    found = [machines.describe_execution(executionArn=one["executionArn"]) for one in listed]
    return sorted((one for one in found if about in one["input"]), key=lambda one: one["startDate"], reverse=True)


def stopped(stack: DeployedStack, execution: Any) -> None:
    """Killed where it is."""
    machines: Any = stack.aws.client("stepfunctions")
    machines.stop_execution(executionArn=execution["executionArn"])


def taken_up(stack: DeployedStack, execution: Any, *, wait_scale: float) -> Any:
    """The execution is killed where it is, and another takes up its work, whose waits are shorter."""
    machines: Any = stack.aws.client("stepfunctions")
    given = {**json.loads(execution["input"]), "wait_scale": wait_scale}
    stopped(stack, execution)
    begun = machines.start_execution(stateMachineArn=execution["stateMachineArn"], input=json.dumps(given))
    return {**execution, **begun, "input": json.dumps(given)}


def has_ended(stack: DeployedStack, execution: Any) -> bool:
    """Well; AssertionError if it did not."""
    machines: Any = stack.aws.client("stepfunctions")
    status = machines.describe_execution(executionArn=execution["executionArn"])["status"]
    assert status in {"RUNNING", "SUCCEEDED"}, status
    return bool(status == "SUCCEEDED")
