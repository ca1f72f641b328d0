"""8: the policies of the templates, judged by IAM's own tools."""

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from stadion_cli.preflight.assembly import Assembly
from stadion_cli.preflight.checks import Finding, failed, judged, passed, skipped, warned
from stadion_cli.preflight.world import World

TABLE: Final = Path(__file__).with_name("rights.toml")
OF_RESOURCES: Final = {
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
}
TRUST: Final = "AWS::IAM::AssumeRolePolicyDocument"
BAD: Final = frozenset({"ERROR", "SECURITY_WARNING"})
ROLE: Final = "{role:"


@dataclass(frozen=True)
class Right:
    of: str
    action: str
    resource: str
    allowed: bool
    why: str
    via: str | None = None
    keys: tuple[str, ...] = ()
    passed_to: str | None = None
    prefix: str | None = None

    def context(self, region: str) -> list[dict[str, Any]]:
        named = {
            "kms:ViaService": f"{self.via}.{region}.amazonaws.com" if self.via else None,
            "iam:PassedToService": self.passed_to,
            "s3:prefix": self.prefix,
        }
        found: list[dict[str, Any]] = [
            {"ContextKeyName": name, "ContextKeyValues": [value], "ContextKeyType": "string"}
            for name, value in named.items()
            if value is not None
        ]
        if self.keys:
            leading = {"ContextKeyName": "dynamodb:LeadingKeys", "ContextKeyType": "stringList"}
            found.append({**leading, "ContextKeyValues": list(self.keys)})
        return found


@cache
def rights() -> tuple[Right, ...]:
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))["right"]
    return tuple(Right(**{**one, "keys": tuple(one.get("keys", ()))}) for one in read)


# --- who has which policies ---------------------------------------------------------------------------------------


@dataclass
class Roles:
    """Of all stacks: the policies of each role, by the function or state machine that takes it."""

    assembly: Assembly
    account: str
    region: str
    policies: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """By role, as `<stack>/<logical id>`."""
    role_of: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, assembly: Assembly, account: str, region: str) -> "Roles":
        found = cls(assembly, account, region)
        found._take_policies()
        for kind, name, role in (
            ("AWS::Lambda::Function", "FunctionName", "Role"),
            ("AWS::StepFunctions::StateMachine", "StateMachineName", "RoleArn"),
        ):
            for one in assembly.resources(kind):
                if isinstance(one.properties.get(name), str):
                    found.role_of[one.properties[name]] = f"{one.stack}/{_logical(one.properties[role])}"
        return found

    def _take_policies(self) -> None:
        for policy in self.assembly.resources("AWS::IAM::Policy"):
            document = self.assembly.filled(policy.stack, self.account, self.region).value(
                policy.properties["PolicyDocument"]
            )
            for role in policy.properties.get("Roles", []):
                self.policies[self._place(policy.stack, role)].append(document)
        for one in self.assembly.resources("AWS::IAM::Role"):
            filled = self.assembly.filled(one.stack, self.account, self.region)
            for inline in one.properties.get("Policies", []):
                self.policies[f"{one.stack}/{one.logical_id}"].append(filled.value(inline["PolicyDocument"]))

    def _place(self, stack: str, role: Any) -> str:
        if isinstance(role, dict) and "Ref" in role and role["Ref"] in self.assembly.templates[stack]["Resources"]:
            return f"{stack}/{role['Ref']}"
        return str(self.assembly.filled(stack, self.account, self.region).value(role))

    def of_name(self, name: str) -> list[dict[str, Any]] | None:
        place = self.role_of.get(name)
        if place is None:
            return None
        return [*self.policies[place], *self.policies.get(place.partition("/")[2], [])]

    def arn_of_role(self, named: str) -> str:
        """Of the role whose logical id begins so: `campaign-timer` is `campaigntimerRole…`."""
        begins = named.replace("-", "") + "Role"
        found = next(one for one in self.assembly.resources("AWS::IAM::Role") if one.logical_id.startswith(begins))
        return str(
            self.assembly.filled(found.stack, self.account, self.region).value(
                {"Fn::GetAtt": [found.logical_id, "Arn"]}
            )
        )


def _logical(reference: Any) -> str:
    return (
        str(reference["Fn::GetAtt"][0])
        if isinstance(reference, Mapping) and "Fn::GetAtt" in reference
        else str(reference)
    )


# --- the looks ----------------------------------------------------------------------------------------------------


def well_written(world: World) -> Iterator[Finding]:
    analyzer = world.client("accessanalyzer")
    bad: list[str] = []
    doubtful: list[str] = []
    documents = list(_documents(world))
    for place, document, kind in documents:
        for page in analyzer.get_paginator("validate_policy").paginate(policyDocument=document, **kind):
            for one in page["findings"]:
                told = f"{place}: {one['issueCode']}"
                (bad if one["findingType"] in BAD else doubtful if one["findingType"] == "WARNING" else []).append(told)
    if bad:
        yield failed(_some(bad), "aws accessanalyzer validate-policy; mend infra_cdk/parts", findings=bad)
    if doubtful:
        yield warned(_some(doubtful), "aws accessanalyzer validate-policy", findings=doubtful)
    if not bad:
        yield passed(f"{len(documents)} different policies, without an error", policies=len(documents))


def _documents(world: World) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each text once: queues have the same policy under another name."""
    seen: set[str] = set()
    for place, document, kind in _all_documents(world):
        text = json.dumps(document)
        if text not in seen:
            seen.add(text)
            yield place, text, kind


def _all_documents(world: World) -> Iterator[tuple[str, Any, dict[str, str]]]:
    roles = Roles.of(world.assembly, world.account, world.region)
    for place, documents in roles.policies.items():
        yield from ((place, document, {"policyType": "IDENTITY_POLICY"}) for document in documents)
    for kind, key in OF_RESOURCES.items():
        for one in world.assembly.resources(kind):
            filled = world.assembly.filled(one.stack, world.account, world.region)
            yield f"{one.stack}/{one.logical_id}", filled.value(one.properties[key]), {"policyType": "RESOURCE_POLICY"}
    for one in world.assembly.resources("AWS::IAM::Role"):
        filled = world.assembly.filled(one.stack, world.account, world.region)
        trust = filled.value(one.properties["AssumeRolePolicyDocument"])
        yield (
            f"{one.stack}/{one.logical_id}",
            trust,
            {"policyType": "RESOURCE_POLICY", "validatePolicyResourceType": TRUST},
        )


def do_what_they_should(world: World) -> Iterator[Finding]:
    roles = Roles.of(world.assembly, world.account, world.region)
    well = 0
    for right in rights():
        documents = roles.of_name(right.of)
        if documents is None:
            yield skipped(f"there is no {right.of}", "mend cli/stadion_cli/preflight/before/rights.toml")
            continue
        decision = _decision(world, roles, right, documents)
        may = decision == "allowed"
        if may == right.allowed:
            well += 1
            continue
        yield judged(
            False,
            "",
            f"{right.of} {'may' if may else 'may not'} {right.action} on {_resource(right, roles)}: {right.why}",
            "mend the rights in infra_cdk/parts, or the table in cli/stadion_cli/preflight/before/rights.toml",
            decision=decision,
        )
    if well:
        yield passed(f"{well} of {len(rights())} rights are as the table says")


def _decision(world: World, roles: Roles, right: Right, documents: list[dict[str, Any]]) -> str:
    found = world.client("iam").simulate_custom_policy(
        PolicyInputList=[json.dumps(document) for document in documents] or [NOTHING],
        ActionNames=[right.action],
        ResourceArns=[_resource(right, roles)],
        ContextEntries=right.context(world.region),
    )
    return str(found["EvaluationResults"][0]["EvalDecision"])


NOTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
)


def _resource(right: Right, roles: Roles) -> str:
    if right.resource.startswith(ROLE):
        return roles.arn_of_role(right.resource.removeprefix(ROLE).removesuffix("}"))
    return right.resource.format(account=roles.account, region=roles.region)


def _some(found: list[str]) -> str:
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return "; ".join(found[:5]) + more
