"""What outlives a deployment keeps its name and logical id; what bears a function's name is listed old and new."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pytest

from infra_cdk.environments import ROOT
from infra_cdk.parts.entry_points import FORMER, entry_points
from tests.kit.templates import DOMAIN, Synthesised
from tests.recorded.__main__ import HASHES

BEFORE: Final = ROOT / "tests" / "recorded" / "set" / "templates.json"
"""As it was before the folders changed."""
HOW_TO: Final = ROOT / "docs" / "how-to" / "rename-functions.md"
LASTING: Final = {
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolGroup",
    "AWS::DynamoDB::Table",
    "AWS::Events::Archive",
    "AWS::Events::EventBus",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::EmailIdentity",
    "AWS::SNS::Topic",
    "AWS::Scheduler::ScheduleGroup",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
}
"""Something stored or outside refers to it: items, tokens, partners' keys, DNS."""
LASTING_IDS: Final = re.compile(r"/(\w+timerRole|TableOutbox)[0-9A-F]{8}$")
"""Of types that do not all last: set schedules carry their timer's role, and a new mapping reads its stream again."""
RELAY: Final = ":function:stadion-platform-on-outbox"
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


ROW: Final = re.compile(r"^\| `(stadion-[a-z-]+)` \| `(stadion-[a-z-]+)`( taken out)? \|$", re.MULTILINE)


def renamed(rows: str) -> dict[str, str]:
    """Every name of before, and what it is today, however often it changed."""
    pairs = {old: new for old, new, _ in ROW.findall(rows)}
    found = dict(pairs)
    while further := {old: pairs[new] for old, new in found.items() if new in pairs}:
        found |= further
    return found


def formers(rows: str, called: Iterable[str]) -> dict[str, set[str]]:
    """The names that each of these functions had and may still be called by."""
    taken_out = {old for old, _, gone in ROW.findall(rows) if gone}
    today = renamed(rows)
    found = {one: {old for old, new in today.items() if new == one} - taken_out for one in called}
    return {one: names for one, names in found.items() if names}


def called_by_name(prod: Synthesised) -> set[str]:
    """Steps, which the definition of a running execution names, and what a REST API of another stack calls."""
    functions = {name: p["FunctionName"] for name, p in prod.of_type("AWS::Lambda::Function")}
    steps = {
        functions[f"{machine.partition('/')[0]}/{arn['Fn::GetAtt'][0]}"]
        for machine, p in prod.of_type("AWS::StepFunctions::StateMachine")
        for arn in p["DefinitionSubstitutions"].values()
        if "Fn::GetAtt" in arn
    }
    methods = list(prod.of_type("AWS::ApiGateway::Method"))
    routed = {
        (name.partition("/")[0], function)
        for name, p in methods
        for function in re.findall(r":function:([a-z-]+)(?::live)?/", json.dumps(p["Integration"]))
    }
    elsewhere = {function for stack, function in routed if not function.startswith(f"{stack}-")}
    return steps | elsewhere


def resources(synthesised: Synthesised) -> dict[str, tuple[str, dict[str, Any]]]:
    """As `before`, with all properties."""
    return {
        f"{stack}/{logical_id}": (resource["Type"], resource.get("Properties", {}))
        for stack, template in json.loads(synthesised.text().replace(DOMAIN, "stadion.example")).items()
        for logical_id, resource in template["Resources"].items()
    }


def functions(environment: str) -> Iterator[str]:
    yield from (
        named["FunctionName"] for kind, named in before(environment).values() if kind == "AWS::Lambda::Function"
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_lasts_keeps_its_logical_id_and_its_name(environment: str, request: pytest.FixtureRequest) -> None:
    synthesised: Synthesised = request.getfixturevalue(environment)
    lasting = {
        name: known for name, known in before(environment).items() if known[0] in LASTING or LASTING_IDS.search(name)
    }
    today = resources(synthesised)

    changed = {
        name: (known, today.get(name))
        for name, known in lasting.items()
        if name not in today or today[name][0] != known[0] or not _the_same(known[1], today[name][1])
    }

    assert len(lasting) > 50
    assert {kind for kind, _ in lasting.values()} >= LASTING | {"AWS::IAM::Role", "AWS::Lambda::EventSourceMapping"}
    assert changed == {}


def _the_same(known: Mapping[str, Any], today: Mapping[str, Any]) -> bool:
    """The relay was imported by the other stacks, and is named by them now."""
    return all(
        today.get(name) == value or (RELAY in str(today.get(name)) and "platformonoutbox" in str(value))
        for name, value in known.items()
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_keeps_its_name_keeps_its_logical_id(environment: str, request: pytest.FixtureRequest) -> None:
    """CloudFormation makes the new one before it deletes the old one, and the name is taken."""

    def bearers(known: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, (kind, properties) in known.items():
            names = {key: value for key, value in properties.items() if key.endswith("Name")}
            if names:
                found.setdefault(f"{kind} {json.dumps(names, sort_keys=True)}", set()).add(HASHES.sub("<hash>", name))
        return found

    old, new = bearers(before(environment)), bearers(resources(request.getfixturevalue(environment)))

    assert len(old.keys() & new.keys()) > 200
    assert {name: (old[name], new[name]) for name in old.keys() & new.keys() if not old[name] <= new[name]} == {}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_function_of_before_is_there_or_says_its_new_name(
    environment: str, request: pytest.FixtureRequest
) -> None:
    synthesised: Synthesised = request.getfixturevalue(environment)
    deployed = {p["FunctionName"] for _, p in synthesised.of_type("AWS::Lambda::Function")}
    moved = renamed(HOW_TO.read_text())

    lost = {name for name in functions(environment) if name not in deployed and moved.get(name) not in deployed}

    assert lost == set(), f"renamed without a row in {HOW_TO.name}: {sorted(lost)}"


def test_every_queue_of_before_is_there_or_bears_the_new_name_of_its_function(prod: Synthesised) -> None:
    deployed = {p["QueueName"] for _, p in prod.of_type("AWS::SQS::Queue")}
    queues = {named["QueueName"] for kind, named in before("prod").values() if kind == "AWS::SQS::Queue"}
    moved = renamed(HOW_TO.read_text())

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

    assert kept == {"RetainExceptOnCreate"}


def test_what_is_called_by_name_is_kept_under_every_name_that_the_list_does_not_take_out(prod: Synthesised) -> None:
    """A running execution keeps its definition; the partner API's stack is deployed after promos'."""
    listed = formers(HOW_TO.read_text(), called_by_name(prod))

    assert {f"stadion-{one}": {f"stadion-{name}" for name in names} for one, names in FORMER.items()} == listed


def test_a_second_renaming_adds_a_name_and_taking_out_takes_one_away() -> None:
    first, second = "| `stadion-a` | `stadion-b` |", "| `stadion-b` | `stadion-c` |"

    assert formers(first, ["stadion-b"]) == {"stadion-b": {"stadion-a"}}
    assert formers(f"{first}\n{second}", ["stadion-c"]) == {"stadion-c": {"stadion-a", "stadion-b"}}
    assert formers(f"{first[:-2]} taken out |\n{second}", ["stadion-c"]) == {"stadion-c": {"stadion-b"}}
    assert formers(first, ["stadion-c"]) == {}


def test_who_is_called_by_a_former_name_is_there_under_it(prod: Synthesised) -> None:
    deployed = {p["FunctionName"]: p["Handler"] for _, p in prod.of_type("AWS::Lambda::Function")}

    for today, names in FORMER.items():
        assert {deployed.get(f"stadion-{name}") for name in names} == {deployed[f"stadion-{today}"]}, today


def test_the_workflows_may_still_call_their_steps_by_the_former_names(prod: Synthesised) -> None:
    allowed = json.dumps([p for name, p in prod.of_type("AWS::IAM::Policy") if "MachineRole" in name])
    steps = [name for names in FORMER.values() for name in names if "-task-" in name]

    assert len(steps) > 0
    assert [former for former in steps if f"{former.replace('-', '')}Function" not in allowed] == []


def test_nothing_speaks_of_a_function_by_a_name_that_it_had() -> None:
    """But the list itself, what is kept under it, and what was recorded before. Another may bear the name today."""
    today = {one.name for one in entry_points(ROOT / "functions")}
    before = renamed(HOW_TO.read_text()).keys() - today
    old = "|".join(sorted((name.removeprefix("stadion-") for name in before), reverse=True))
    former = re.compile(rf"(?<![a-z-])(?:stadion-)?(?:{old})(?![a-z-])")
    kept = {HOW_TO, ROOT / "infra_cdk" / "parts" / "entry_points.py"}

    texts = [
        path
        for folder in ("cli", "docs", "functions", "infra_cdk", "layers", "local", "statemachines", "tests")
        for pattern in ("*.py", "*.md", "*.json", "*.toml", "*.yaml")
        for path in (ROOT / folder).rglob(pattern)
        if path not in kept and not path.is_relative_to(BEFORE.parent)
    ]
    found = {path.relative_to(ROOT).as_posix(): former.findall(path.read_text(encoding="utf-8")) for path in texts}

    assert len(found) > 500
    assert {path: names for path, names in found.items() if names} == {}


def test_a_function_has_the_rights_that_it_had(prod: Synthesised) -> None:
    """Rights go by the order in which a stack declares: what stands behind a bucket may write to it."""
    allowed = {name.partition("/")[2]: json.dumps(p["PolicyDocument"]) for name, p in prod.of_type("AWS::IAM::Policy")}
    listeners = [text for name, text in allowed.items() if name.startswith("promoscampaignsonmessageevents")]

    assert len(listeners) == 1
    assert "s3:" not in listeners[0]
