"""What outlives a deployment keeps its name and logical id; what bears a function's name is listed old and new."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from infra_cdk.environments import ROOT
from infra_cdk.parts.entry_points import FORMER
from tests.kit.templates import Synthesised

BEFORE: Final = ROOT / "tests" / "recorded" / "set" / "templates.json"
"""As it was before the folders changed."""
HOW_TO: Final = ROOT / "docs" / "how-to" / "rename-functions.md"
LASTING: Final = {
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolGroup",
    "AWS::DynamoDB::Table",
    "AWS::Events::Archive",
    "AWS::Events::EventBus",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::Scheduler::ScheduleGroup",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
}
ENVIRONMENTS: Final = ("local", "prod")


def before(environment: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """`stack/logical id` -> (type, properties that are names)."""
    recorded = json.loads(BEFORE.read_text(encoding="utf-8"))
    resources = ((name.split(" "), resource) for name, resource in recorded.items())
    return {
        f"{stack}/{logical_id}": (kind, named)
        for (where, stack, logical_id), (kind, named, _) in resources
        if where == environment
    }


def renamed() -> dict[str, str]:
    """Every name of before, and what it is today, however often it changed."""
    rows = dict(re.findall(r"^\| `(stadion-[a-z-]+)` \| `(stadion-[a-z-]+)` \|$", HOW_TO.read_text(), re.MULTILINE))
    found = dict(rows)
    while further := {old: rows[new] for old, new in found.items() if new in rows}:
        found |= further
    return found


def functions(environment: str) -> Iterator[str]:
    yield from (
        named["FunctionName"] for kind, named in before(environment).values() if kind == "AWS::Lambda::Function"
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_lasts_keeps_its_logical_id_and_its_name(environment: str, request: pytest.FixtureRequest) -> None:
    synthesised: Synthesised = request.getfixturevalue(environment)
    lasting = {name: known for name, known in before(environment).items() if known[0] in LASTING}
    today = {
        f"{stack}/{logical_id}": (resource["Type"], resource.get("Properties", {}))
        for stack, template in synthesised.templates.items()
        for logical_id, resource in template["Resources"].items()
    }

    changed = {
        name: (known, today.get(name))
        for name, known in lasting.items()
        if name not in today or today[name][0] != known[0] or not known[1].items() <= today[name][1].items()
    }

    assert len(lasting) > 35
    assert changed == {}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_function_of_before_is_there_or_says_its_new_name(
    environment: str, request: pytest.FixtureRequest
) -> None:
    synthesised: Synthesised = request.getfixturevalue(environment)
    deployed = {p["FunctionName"] for _, p in synthesised.of_type("AWS::Lambda::Function")}
    moved = renamed()

    lost = {name for name in functions(environment) if name not in deployed and moved.get(name) not in deployed}

    assert lost == set(), f"renamed without a row in {HOW_TO.name}: {sorted(lost)}"


def test_every_queue_of_before_is_there_or_bears_the_new_name_of_its_function(prod: Synthesised) -> None:
    deployed = {p["QueueName"] for _, p in prod.of_type("AWS::SQS::Queue")}
    queues = {named["QueueName"] for kind, named in before("prod").values() if kind == "AWS::SQS::Queue"}
    moved = renamed()

    def today(queue: str) -> str:
        function = queue.removesuffix("-dlq")
        return queue.replace(function, moved.get(function, function))

    assert {today(queue) for queue in queues} - deployed == set()


def test_log_groups_outlive_their_functions(prod: Synthesised) -> None:
    """A template that no longer names one leaves it there."""
    kept = {
        resource["DeletionPolicy"]
        for template in prod.templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Logs::LogGroup"
    }

    assert kept == {"Retain"}


def test_who_is_called_by_a_former_name_is_there_under_it(prod: Synthesised) -> None:
    """A running execution keeps its definition; the partner API's stack is deployed after promos'."""
    known = {
        named["FunctionName"]: name
        for name, (kind, named) in before("prod").items()
        if kind == "AWS::Lambda::Function" and named["FunctionName"].removeprefix("stadion-") in FORMER.values()
    }
    today = dict(prod.of_type("AWS::Lambda::Function"))
    by_name = {p["FunctionName"]: p for p in today.values()}

    assert len(known) == len(FORMER) == 13
    for old, resource in known.items():
        assert today[resource]["FunctionName"] == old  # the same resource, so that nothing is deleted and made anew
        assert today[resource]["Handler"] == by_name[renamed()[old]]["Handler"]


def test_the_workflows_may_still_call_their_steps_by_the_former_names(prod: Synthesised) -> None:
    allowed = json.dumps([p for name, p in prod.of_type("AWS::IAM::Policy") if "MachineRole" in name])
    steps = [former for former in FORMER.values() if "-task-" in former]

    assert len(steps) == 12
    assert [former for former in steps if f"{former.replace('-', '')}Function" not in allowed] == []


def test_a_function_has_the_rights_that_it_had(prod: Synthesised) -> None:
    """Rights go by the order in which a stack declares: what stands behind a bucket may write to it."""
    allowed = {name.partition("/")[2]: json.dumps(p["PolicyDocument"]) for name, p in prod.of_type("AWS::IAM::Policy")}
    listeners = [text for name, text in allowed.items() if name.startswith("promoscampaignsonmessageevents")]

    assert len(listeners) == 1
    assert "s3:" not in listeners[0]
