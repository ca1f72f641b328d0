"""`wear_offer.asl.json` as shipped, on an executor that runs ASL; its steps answer what they are told to."""

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.paths import ROOT
from tests.kit.stack import eventually

ASL = ROOT / "statemachines" / "wear_offer.asl.json"
PAST = "2026-11-21T06:00:00Z"
WORN = {"user_id": "u1", "gear_id": "g1", "category": "running_shoes", "name": "KD900", "threshold_percent": 80,
        "crossing": 1, "correlation_id": "c1"}  # fmt: skip
MADE = {"is_made": True, "reason": None, "offer_id": "o1", "remind_at": PAST, "expires_at": PAST}
OPEN, USED = {"is_open": True, "is_redeemed": False}, {"is_open": False, "is_redeemed": True}
ASKED = {"is_new": True}


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "t"),
        ("AWS_SECRET_ACCESS_KEY", "t"),
    ):
        monkeypatch.setenv(name, value)
    with mock_aws(config={"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}):
        yield


def run(*answers: Any) -> dict[str, Any]:
    """The execution's history of states and its end, when the steps answer this, one after the other."""
    role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    text = ASL.read_text()
    for stem in set(re.findall(r"\$\{(\w+)\}", text)):
        made = boto3.client("lambda").create_function(
            FunctionName=stem, Runtime="python3.11", Role=role, Handler="a.b", Code={"ZipFile": b"x"}
        )
        text = text.replace("${" + stem + "}", made["FunctionArn"])
    results = [json.dumps(answer) for answer in answers]
    requests.post("http://motoapi.amazonaws.com/moto-api/static/lambda-simple/response", json={"results": results})
    machines = boto3.client("stepfunctions")
    machine = machines.create_state_machine(name="wear-offer", definition=text, roleArn=role)["stateMachineArn"]
    execution = machines.start_execution(stateMachineArn=machine, name="w", input=json.dumps(WORN))["executionArn"]
    (known,) = stepfunctions_parser_backends[ACCOUNT]["us-east-1"].state_machines[0].executions
    eventually(lambda: known.status != "RUNNING", every_s=0.05)
    history = machines.get_execution_history(executionArn=execution)["events"]
    states = [event["stateEnteredEventDetails"]["name"] for event in history if "stateEnteredEventDetails" in event]
    return {"status": known.status, "states": states}


def test_an_offer_is_told_and_its_owner_reminded(region: None) -> None:
    assert run(MADE, ASKED, OPEN, ASKED, USED) == {
        "status": "SUCCEEDED",
        "states": [
            "OfferReplacement",
            "IsThereAnOffer",
            "Tell",
            "WaitForReminder",
            "LookBeforeReminder",
            "IsItStillOpen",
            "Remind",
            "WaitForTheEnd",
            "LookAtTheEnd",
            "Ended",
        ],
    }


def test_who_used_the_code_is_not_reminded(region: None) -> None:
    assert run(MADE, ASKED, USED)["states"][-2:] == ["IsItStillOpen", "Ended"]


def test_who_may_not_have_the_offer_hears_nothing(region: None) -> None:
    ended = run({"is_made": False, "reason": "not_eligible: consent"})
    assert ended == {"status": "SUCCEEDED", "states": ["OfferReplacement", "IsThereAnOffer", "NoOffer"]}
