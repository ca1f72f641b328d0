"""The real app, deployed as `stadion up` does it: it stands, and every function starts with what its layers bring."""

import json
import subprocess
import sys
from pathlib import Path

import httpx

from local.cloudformation_properties import inert
from tests.kit.stack import WAIT_S, DeployedStack

STADION = Path(sys.prefix) / "bin" / "stadion"


def test_every_function_imports_its_module(stack: DeployedStack) -> None:
    """A worker sees boto3, the layers and the code only: a package that no layer brings fails here, as on AWS."""
    broken = {}
    for name in stack.aws.function_names("stadion-"):
        answer = stack.aws.functions.invoke(FunctionName=name, Payload=b"{}")
        payload = json.loads(answer["Payload"].read())
        if isinstance(payload, dict) and payload.get("errorType") == "Runtime.ImportModuleError":
            broken[name] = payload["errorMessage"]
    assert broken == {}


def test_the_api_answers_under_its_path_style_url(stack: DeployedStack) -> None:
    assert httpx.get(f"{stack.api}/v1/health", timeout=WAIT_S).status_code == 200
    assert httpx.get(f"{stack.api}/docs", timeout=WAIT_S).status_code == 200
    assert httpx.get(f"{stack.api}/v1/me", timeout=WAIT_S).status_code == 401


def test_the_bus_has_its_archive(stack: DeployedStack) -> None:
    (archive,) = stack.aws.events.list_archives(NamePrefix="stadion")["Archives"]
    assert archive["EventSourceArn"].endswith(f"event-bus/{stack.bus}")


def test_status_shows_what_the_templates_say_in_vain(stack: DeployedStack) -> None:
    command = [STADION, "status", "--port", str(stack.emulator.port)]

    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(subprocess.run([*command, "--json"], capture_output=True, text=True, check=False).stdout)

    assert "StepFunctions::StateMachine.TracingConfiguration" in shown.stdout
    assert told["inert"].keys() == inert().keys()
    assert told["idle"]["CloudWatch::Alarm"] == "alarms are not evaluated: nothing rings"
