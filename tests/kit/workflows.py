"""Executions of state machines on a deployed stack."""

import json
from typing import Any
from uuid import uuid4

from tests.kit.stack import DeployedStack


def executions(stack: DeployedStack, machine: str, named: str) -> list[Any]:
    """Those of the machine whose name contains `named`, the newest first."""
    machines: Any = stack.aws.client("stepfunctions")
    (arn,) = [m["stateMachineArn"] for m in machines.list_state_machines()["stateMachines"] if m["name"] == machine]
    found = [one for one in machines.list_executions(stateMachineArn=arn)["executions"] if named in one["name"]]
    return sorted(found, key=lambda one: one["startDate"], reverse=True)


def stopped(stack: DeployedStack, execution: Any) -> None:
    """Killed where it is."""
    machines: Any = stack.aws.client("stepfunctions")
    machines.stop_execution(executionArn=execution["executionArn"])


def taken_up(stack: DeployedStack, execution: Any, *, wait_scale: float) -> Any:
    """The execution is killed where it is, and another takes up its work, whose waits are shorter."""
    machines: Any = stack.aws.client("stepfunctions")
    given = json.loads(machines.describe_execution(executionArn=execution["executionArn"])["input"])
    stopped(stack, execution)
    begun = machines.start_execution(
        stateMachineArn=execution["stateMachineArn"],
        name=f"{execution['name'][:60]}-{uuid4().hex[:8]}",
        input=json.dumps({**given, "wait_scale": wait_scale}),
    )
    return {**execution, **begun}


def has_ended(stack: DeployedStack, execution: Any) -> bool:
    """Well; AssertionError if it did not."""
    machines: Any = stack.aws.client("stepfunctions")
    status = machines.describe_execution(executionArn=execution["executionArn"])["status"]
    assert status in {"RUNNING", "SUCCEEDED"}, status
    return bool(status == "SUCCEEDED")
