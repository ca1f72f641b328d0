"""5: what an earlier try left behind, which no stack owns and the next create would run into."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from stadion_cli.preflight.checks import Finding, explained, failed, judged, passed
from stadion_cli.preflight.world import World

PRODUCT: Final = "stadion"
GONE: Final = frozenset({"DELETE_COMPLETE", "REVIEW_IN_PROGRESS"})
REMEDY: Final = "docs/how-to/first-day-on-aws.md#after-a-failed-first-create"
Names = Callable[[World], Iterator[str]]


def _paged(world: World, service: str, call: str, key: str, field: str | None = None, **asked: Any) -> Iterator[str]:
    for page in world.client(service).get_paginator(call).paginate(**asked):
        for one in page[key]:
            yield str(one[field] if field else one)


def log_groups(world: World) -> Iterator[str]:
    for prefix in ("/aws/lambda/stadion-", "/aws/apigateway/stadion", "/aws/vendedlogs/states/stadion-"):
        yield from _paged(world, "logs", "describe_log_groups", "logGroups", "logGroupName", logGroupNamePrefix=prefix)


def tables(world: World) -> Iterator[str]:
    yield from _paged(world, "dynamodb", "list_tables", "TableNames")


def buckets(world: World) -> Iterator[str]:
    yield from (str(one["Name"]) for one in world.client("s3").list_buckets()["Buckets"])


def machines(world: World) -> Iterator[str]:
    yield from _paged(world, "stepfunctions", "list_state_machines", "stateMachines", "stateMachineArn")


def buses(world: World) -> Iterator[str]:
    yield from (str(one["Name"]) for one in world.client("events").list_event_buses(NamePrefix=PRODUCT)["EventBuses"])


def archives(world: World) -> Iterator[str]:
    yield from (str(one["ArchiveName"]) for one in world.client("events").list_archives(NamePrefix=PRODUCT)["Archives"])


def schedule_groups(world: World) -> Iterator[str]:
    yield from _paged(world, "scheduler", "list_schedule_groups", "ScheduleGroups", "Name", NamePrefix=PRODUCT)


def pools(world: World) -> Iterator[str]:
    """By id: a pool's name may be there many times, and each failed try leaves one."""
    for page in world.client("cognito-idp").get_paginator("list_user_pools").paginate(MaxResults=60):
        yield from (str(one["Id"]) for one in page["UserPools"] if one["Name"] == PRODUCT)


def aliases(world: World) -> Iterator[str]:
    yield from (
        name
        for name in _paged(world, "kms", "list_aliases", "Aliases", "AliasName")
        if name.startswith("alias/stadion-")
    )


KINDS: Final[tuple[tuple[str, Names], ...]] = (
    ("log group", log_groups),
    ("table", tables),
    ("bucket", buckets),
    ("state machine", machines),
    ("bus", buses),
    ("archive", archives),
    ("schedule group", schedule_groups),
    ("user pool", pools),
    ("key alias", aliases),
)


def leftovers(world: World) -> Iterator[Finding]:
    owned, orphans, told = _owned(world), [], []
    for kind, names in KINDS:
        try:
            found = [name for name in names(world) if _is_ours(name) or kind == "user pool"]
        except Exception as error:  # noqa: BLE001 - what one service does not tell keeps no other from telling
            told.append(explained(error))
            continue
        orphans += [(kind, name) for name in found if name not in owned]
    yield from told
    if not orphans and not told:
        yield passed("nothing is left of an earlier try")
    if not orphans:
        return
    shown = ", ".join(f"{kind} {name}" for kind, name in orphans[:6])
    more = f" and {len(orphans) - 6} more" if len(orphans) > 6 else ""
    yield failed(f"no stack owns {shown}{more}", REMEDY, orphans=[f"{kind} {name}" for kind, name in orphans])


def secrets(world: World) -> Iterator[Finding]:
    """Also those that are scheduled for deletion: their names are taken for as long as that takes."""
    owned = _owned(world)
    pages = world.client("secretsmanager").get_paginator("list_secrets").paginate(IncludePlannedDeletion=True)
    found = [one for page in pages for one in page["SecretList"] if one["Name"].startswith(f"{PRODUCT}/")]
    left = [one for one in found if one["ARN"] not in owned]
    yield judged(
        not left,
        "no secret of ours is left without a stack",
        "left: "
        + ", ".join(one["Name"] + (" (waits for its deletion)" if "DeletedDate" in one else "") for one in left),
        "; ".join(
            f"aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {one['Name']}"
            for one in left
        ),
    )


def _is_ours(name: str) -> bool:
    return (
        name.rpartition(":")[2]
        .removeprefix("/aws/lambda/")
        .removeprefix("/aws/apigateway/")
        .removeprefix("/aws/vendedlogs/states/")
        .removeprefix("alias/")
        .startswith(PRODUCT)
    )


def _owned(world: World) -> frozenset[str]:
    """Physical ids of everything in our stacks."""
    client = world.client("cloudformation")
    pages = client.get_paginator("describe_stacks").paginate()
    stacks = [one["StackName"] for page in pages for one in page["Stacks"] if one["StackStatus"] not in GONE]
    found: set[str] = set()
    for stack in (name for name in stacks if name.startswith(PRODUCT)):
        for page in client.get_paginator("list_stack_resources").paginate(StackName=stack):
            found |= {str(one.get("PhysicalResourceId", "")) for one in page["StackResourceSummaries"]}
    return frozenset(found)
