"""State machines on moto, which runs the ASL itself."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

import boto3
import pytest
from moto.awslambda_simple.models import LambdaSimpleBackend

INTERPRETED: Final[Any] = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
"""For `mock_aws`: it runs state machines itself, and asks `interpret`'s function for what their steps do."""


def interpret(patch: pytest.MonkeyPatch, name: str, asl: str, invoke: Callable[[str, Any], Any]) -> None:
    """Has moto run the state machine; `invoke` gets the name of a step as the ASL has it, and its input."""
    role = boto3.client("iam").create_role(RoleName=f"{name}-steps", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    for step in set(re.findall(r"\$\{(\w+)\}", asl)):
        function = boto3.client("lambda").create_function(
            FunctionName=step, Runtime="python3.11", Role=role, Handler="a.b", Code={"ZipFile": b"x"}
        )
        asl = asl.replace("${" + step + "}", function["FunctionArn"])
    boto3.client("stepfunctions").create_state_machine(name=name, definition=asl, roleArn=role)

    def answer(_: Any, function_name: str, qualifier: Any, body: Any, *more: Any) -> bytes:
        return json.dumps(invoke(function_name.rpartition(":")[2], json.loads(body))).encode()

    patch.setattr(LambdaSimpleBackend, "invoke", answer)
