"""6: a change set for each stack, never executed: CloudFormation's own validation before anything is made."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from stadion_cli.preflight.checks import Finding, failed, passed, skipped, unknown
from stadion_cli.preflight.world import World

LARGEST_BODY: Final = 51_200
WITHIN_S: Final = 600.0
POLL_S: Final = 2.0
ENDED: Final = frozenset({"CREATE_COMPLETE", "FAILED"})
NO_CHANGES: Final = ("didn't contain changes", "No updates are to be performed")
SSM: Final = "AWS::SSM::Parameter::Value"
EMPTY: Final = "REVIEW_IN_PROGRESS"


def change_sets(world: World) -> Iterator[Finding]:
    states = _states(world)
    later: list[str] = []
    for stack in world.assembly.stacks:
        if _parameters_not_there(world, stack):
            later.append(stack)
        elif asked := _parameters_to_give(world, stack):
            yield skipped(
                f"{stack} asks for {', '.join(asked)}, which the first deployment tells", "docs/how-to/edge.md"
            )
        else:
            yield _validated(world, stack, states.get(stack))
    if later:
        yield skipped(
            f"after the platform, whose parameters they read: {', '.join(later)}",
            "deploy stadion-platform, and look again: stadion preflight --aws --only 6",
        )


def _validated(world: World, stack: str, state: str | None) -> Finding:
    from botocore.exceptions import ClientError

    kind = "UPDATE" if state not in {None, EMPTY, "DELETE_COMPLETE"} else "CREATE"
    name = f"preflight-{world.run.run_id}"
    try:
        with _template(world, stack) as template, _change_set(world, stack, name, kind, template):
            return _judged(world, stack, kind, _when_made(world, stack, name), name)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NoSuchBucket", "404"}:
            return unknown(
                f"{stack}: the template is too large for a call, and the bootstrap's bucket is not there",
                "npx cdk bootstrap",
            )
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        said = error.response["Error"]["Message"]
        return failed(f"{stack}: CloudFormation refuses it: {said[:300]}", "mend the template; npx cdk synth")


def _judged(world: World, stack: str, kind: str, made: dict[str, Any], name: str) -> Finding:
    reason = str(made.get("StatusReason", ""))
    if made["Status"] == "CREATE_COMPLETE":
        return passed(f"{stack}: to {kind.lower()} it has no finding", changes=len(made.get("Changes", [])))
    if any(words in reason for words in NO_CHANGES):
        return passed(f"{stack}: nothing would change")
    if made["Status"] not in ENDED:
        return unknown(f"{stack}: CloudFormation still thinks after {WITHIN_S:.0f} s", "look again in a few minutes")
    told = list(_validation_errors(world, stack, name)) or [reason]
    return failed(
        f"{stack}: {'; '.join(told)[:600]}",
        "a name that is taken: docs/how-to/first-day-on-aws.md#after-a-failed-first-create; else mend the template",
        findings=told,
    )


def _validation_errors(world: World, stack: str, name: str) -> Iterator[str]:
    """With the path in the template, where CloudFormation says it."""
    from botocore.exceptions import ClientError

    with suppress(ClientError):  # regions without early validation
        for page in _pages(world, stack, name):
            for one in page["OperationEvents"]:
                if one.get("EventType") == "VALIDATION_ERROR":
                    where = one.get("ValidationPath") or one.get("LogicalResourceId", "")
                    yield f"{where}: {one.get('ValidationStatusReason', one.get('ValidationName', ''))}"


def _pages(world: World, stack: str, name: str) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        page = world.client("cloudformation").describe_events(StackName=stack, ChangeSetName=name, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _when_made(world: World, stack: str, name: str) -> dict[str, Any]:
    deadline = time.monotonic() + WITHIN_S
    while True:
        found: dict[str, Any] = world.client("cloudformation").describe_change_set(StackName=stack, ChangeSetName=name)
        if found["Status"] in ENDED or time.monotonic() > deadline:
            return found
        time.sleep(POLL_S)


@contextmanager
def _change_set(world: World, stack: str, name: str, kind: str, template: dict[str, str]) -> Iterator[None]:
    """Removed afterwards, with the empty stack that a change set for a new stack leaves."""
    from botocore.exceptions import ClientError

    client = world.client("cloudformation")
    try:
        client.create_change_set(
            StackName=stack,
            ChangeSetName=name,
            ChangeSetType=kind,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": "product", "Value": "stadion"}],
            **template,
        )
        yield
    finally:
        with suppress(ClientError):
            client.delete_change_set(StackName=stack, ChangeSetName=name)
        with suppress(ClientError):
            if _states(world).get(stack) == EMPTY and not _is_thought_of(world, stack):
                client.delete_stack(StackName=stack)


def _is_thought_of(world: World, stack: str) -> bool:
    """By somebody else: a deployment that waits for its yes has a change set too, in a stack as empty as ours."""
    ours = f"preflight-{world.run.run_id}"
    found = world.client("cloudformation").list_change_sets(StackName=stack)["Summaries"]
    return any(one["ChangeSetName"] != ours for one in found)


@contextmanager
def _template(world: World, stack: str) -> Iterator[dict[str, str]]:
    """A small one in the call; a large one in the bootstrap's bucket, and gone afterwards.

    The assets that a template names need not be there: CloudFormation reads them only when it makes a function.
    """
    text = world.assembly.text_of(stack)
    if len(text.encode()) <= LARGEST_BODY:
        yield {"TemplateBody": text}
        return
    bucket = f"cdk-hnb659fds-assets-{world.account}-{world.region}"
    key = f"preflight/{world.run.run_id}/{stack}.json"
    s3 = world.client("s3")
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
    try:
        yield {"TemplateURL": f"https://{bucket}.s3.{world.region}.amazonaws.com/{key}"}
    finally:
        s3.delete_object(Bucket=bucket, Key=key)


def _parameters_not_there(world: World, stack: str) -> list[str]:
    declared = world.assembly.templates[stack].get("Parameters", {}).values()
    names = sorted({str(one["Default"]) for one in declared if str(one["Type"]).startswith(SSM) and "Default" in one})
    found: set[str] = set()
    for start in range(0, len(names), 10):
        known = world.client("ssm").get_parameters(Names=names[start : start + 10])["Parameters"]
        found |= {str(one["Name"]) for one in known}
    return [name for name in names if name not in found and not name.startswith("/cdk-bootstrap/")]


def _parameters_to_give(world: World, stack: str) -> list[str]:
    declared = world.assembly.templates[stack].get("Parameters", {})
    return sorted(name for name, one in declared.items() if "Default" not in one)


def _states(world: World) -> dict[str, str]:
    pages = world.client("cloudformation").get_paginator("describe_stacks").paginate()
    return {one["StackName"]: one["StackStatus"] for page in pages for one in page["Stacks"]}
