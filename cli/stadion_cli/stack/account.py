"""`stadion aws`: what an AWS account needs by hand before its stacks go."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from infra_cdk.parts.entry_points import PRODUCT
from stadion_cli.base.errors import CliError
from stadion_cli.base.output import Json, Steps, confirm, say, show_json
from stadion_cli.base.outputs import PREFIX
from stadion_cli.base.target import Target, target

app: Final = typer.Typer(
    help="An AWS account that is to be given up.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
OURS: Final = {"Key": "product", "Value": PRODUCT}
"""As `infra_cdk.app.build` tags them."""
AT_ONCE: Final = 1_000
"""Objects that S3 deletes in one call."""


@app.callback()
def group() -> None:
    """So that `empty` is a command of a group, though it is the only one."""


@app.command()
def empty(
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Delete all objects, with all their versions, from the buckets that [cyan]cdk destroy[/cyan] would delete.

    CloudFormation deletes no bucket that has an object in it. Buckets that a stack keeps (prod's) are left alone.

    [bold]Example[/bold]

      [cyan]stadion aws empty && STADION_ENV=dev npx cdk destroy --all[/cyan]
    """
    chosen = target(None, None, on_aws=True)
    buckets = given_up(chosen)
    if not buckets:
        say("No bucket here is deleted with its stack: prod keeps its data. Nothing was done.")
        return
    account = chosen.aws.client("sts").get_caller_identity()["Account"]  # type: ignore[attr-defined]
    if not confirm(f"Delete everything in {', '.join(buckets)} of the account {account}?", yes=yes):
        raise CliError("Nothing was done.", hint="stadion aws empty --yes")
    deleted = {}
    for bucket in buckets:
        with Steps(quiet=as_json).step(bucket) as report:
            for number in emptied(chosen, bucket):
                deleted[bucket] = number
                report(f"{bucket}: {number} deleted")
    if as_json:
        show_json(deleted)


def given_up(chosen: Target) -> list[str]:
    """Buckets of our stacks whose template deletes them. A stack is ours by its tag: another team's may be called
    `stadion-site`."""
    cloudformation = chosen.aws.cloudformation
    found = []
    for stack in sorted(name for name in chosen.outputs.by_stack if name.startswith(PREFIX)):
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        if OURS not in described.get("Tags", []):
            continue
        body: Any = cloudformation.get_template(StackName=stack)["TemplateBody"]
        template = json.loads(body) if isinstance(body, str) else body
        goes = {
            name
            for name, resource in template["Resources"].items()
            if resource["Type"] == "AWS::S3::Bucket" and resource.get("DeletionPolicy") == "Delete"
        }
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        made = [one for page in pages for one in page["StackResourceSummaries"]]
        found += [one["PhysicalResourceId"] for one in made if one["LogicalResourceId"] in goes]
    return found


def emptied(chosen: Target, bucket: str) -> Iterator[int]:
    """Yields how many versions and delete markers are gone."""
    s3: Any = chosen.aws.client("s3")
    gone = 0
    for page in s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": AT_ONCE}
    ):
        listed = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not listed:
            continue
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in listed]
        refused = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True}).get("Errors", [])
        if refused:
            raise CliError(f"S3 keeps {refused[0]['Key']} of {bucket}: {refused[0]['Message']}")
        gone += len(objects)
        yield gone
