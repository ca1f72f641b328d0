"""Takes away what a run made: by its id and its athletes' ids, so that a killed run can be swept days later.

Not taken away, because nothing may: entries of the audit, log lines and the archive of the bus. Nor what names an
athlete who is not of the run, or belongs to one: it is theirs.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from stadion_cli.base.errors import CliError
from stadion_cli.base.signed import Refused, call
from stadion_cli.preflight.run import TEMPORARY

if TYPE_CHECKING:
    from stadion_cli.preflight.world import World

ROUNDS: Final = 6
"""Until two looks in a row find nothing: consumers go on writing about who was there."""
PAUSE_S: Final = 2.0
LARGEST_TABLE: Final = 500 * 2**20
"""Bytes. Larger ones are not read whole, only where athletes' items are known to lie."""
KEEPS: Final = frozenset({"stadion-audit"})
PARTITIONS: Final = (
    "USER#{}",
    "ATHLETE#{}",
    "AUDIENCE#{}",
    "SOCKETS#{}",
    "ROLLUPS#{}",
    "PARTNER#{}",
    "PROMO#{}",
    "CAMPAIGN#{}",
)
MOST_KEYS: Final = 100_000
COGNITO_PAGE: Final = 60
UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def swept(world: "World") -> dict[str, int]:
    """How many of each kind were removed."""
    if not world.is_local or _answers(world):
        return _swept(world)
    return {}


def _answers(world: "World") -> bool:
    from local.emulator import health

    return health(world.aws.endpoint) is not None


@dataclass(frozen=True)
class Names:
    """By which what is the run's is told from what is not."""

    ours: tuple[str, ...]
    """The run's id, and the ids of its athletes."""
    theirs: frozenset[str]
    """Ids of everybody else."""

    def are_in(self, text: str) -> bool:
        """Ours, and nobody else's."""
        return any(name in text for name in self.ours) and self.theirs.isdisjoint(UUID.findall(text))


def names_of(world: "World") -> Names:
    ours, theirs = [world.run.run_id], set()
    for user in _all_users(world):
        found = _attribute(user, "sub")
        if not found:
            continue
        if _is_of_run(world, user):
            ours.append(found)
        else:
            theirs.add(found)
    return Names(tuple(ours), frozenset(theirs))


def _swept(world: "World") -> dict[str, int]:
    """One kind that cannot be removed keeps no other; users go last, since by them the rest is known."""
    removed: dict[str, int] = {}
    broken: list[Exception] = []

    def take(kind: str, remove: Callable[["World"], int]) -> None:
        try:
            removed[kind] = remove(world)
        except Exception as error:  # noqa: BLE001 - told at the end
            broken.append(error)

    take("campaigns", _end_campaign)
    take("queues", _queues)
    take("rules", _rules)
    take("keys of partners", _api_keys)
    take("items and files", _items_and_files)
    if not broken:
        take("athletes", _users)
    if broken:
        raise CliError("; ".join(str(error) for error in broken))
    return removed


def _items_and_files(world: "World") -> int:
    names, removed, quiet = names_of(world), 0, 0
    for _ in range(ROUNDS):
        found = _items(world, names) + _objects(world, names)
        removed += found
        quiet = 0 if found else quiet + 1
        if quiet == 2:
            break
        time.sleep(PAUSE_S)
    return removed


def _found_users(world: "World") -> Iterator[dict[str, Any]]:
    return (user for user in _all_users(world) if _is_of_run(world, user))


def _is_of_run(world: "World", user: dict[str, Any]) -> bool:
    return f"+{world.run.run_id}-" in _attribute(user, "email")


def _all_users(world: "World") -> Iterator[dict[str, Any]]:
    """Cognito cannot look for a part of an address, so all are read: on the first day they are few."""
    pool = world.outputs.require("UserPoolId")
    asked: dict[str, Any] = {"UserPoolId": pool, "Limit": COGNITO_PAGE}
    while True:
        page = world.client("cognito-idp").list_users(**asked)
        yield from page["Users"]
        if not page.get("PaginationToken"):
            return
        asked["PaginationToken"] = page["PaginationToken"]


def _attribute(user: dict[str, Any], name: str) -> str:
    return next((str(one["Value"]) for one in user.get("Attributes", []) if one["Name"] == name), "")


def _users(world: "World") -> int:
    pool = world.outputs.require("UserPoolId")
    found = list(_found_users(world))
    for user in found:
        world.client("cognito-idp").admin_delete_user(UserPoolId=pool, Username=user["Username"])
    return len(found)


def _end_campaign(world: "World") -> int:
    """Its schedule goes with it. `Refused`: there is none, or it has ended."""
    path = f"/v1/admin/campaigns/{world.run.run_id}"
    try:
        call(world.target, "GET", path)
    except Refused:
        return 0
    for action in ("end", "unschedule"):
        with suppress(Refused):
            call(world.target, "POST", f"{path}/status", {"action": action}, if_match="*")
    return 1


def _queues(world: "World") -> int:
    """And what listens to topics for them."""
    pages = world.client("sqs").get_paginator("list_queues").paginate(QueueNamePrefix=f"{TEMPORARY}{world.run.run_id}")
    urls = [url for page in pages for url in page.get("QueueUrls", [])]
    for page in world.client("sns").get_paginator("list_subscriptions").paginate() if urls else ():
        for one in page["Subscriptions"]:
            if world.run.run_id in one["Endpoint"]:
                world.client("sns").unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    for url in urls:
        world.client("sqs").delete_queue(QueueUrl=url)
    return len(urls)


def _rules(world: "World") -> int:
    """Of the bus, and of the account's own."""
    events, found = world.client("events"), 0
    for bus in (world.outputs.require("BusName"), "default"):
        for rule in events.list_rules(EventBusName=bus, NamePrefix=f"{TEMPORARY}{world.run.run_id}")["Rules"]:
            targets = events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
            if targets:
                events.remove_targets(Rule=rule["Name"], EventBusName=bus, Ids=[one["Id"] for one in targets])
            events.delete_rule(Name=rule["Name"], EventBusName=bus)
            found += 1
    return found


def _api_keys(world: "World") -> int:
    client = world.client("apigateway")
    keys = client.get_api_keys(nameQuery=f"stadion-{world.run.run_id}")["items"]
    for key in keys:
        client.delete_api_key(apiKey=key["id"])
    return len(keys)


# --- tables -------------------------------------------------------------------------------------------------------


def tables(world: "World") -> list[str]:
    pages = world.client("dynamodb").get_paginator("list_tables").paginate()
    return [name for page in pages for name in page["TableNames"] if name.startswith("stadion-") and name not in KEEPS]


def mentioning(world: "World", names: Names) -> Iterator[tuple[str, dict[str, Any]]]:
    """Table and key of each item that names the run or one of its athletes, and nobody else."""
    for table in tables(world):
        size = world.client("dynamodb").describe_table(TableName=table)["Table"]["TableSizeBytes"]
        items = _whole(world, table) if size <= LARGEST_TABLE else _known(world, table, names.ours)
        for item in items:
            if names.are_in(json.dumps(item, default=repr)):
                yield table, {"pk": item["pk"], "sk": item["sk"]}


def _whole(world: "World", table: str) -> Iterator[dict[str, Any]]:
    for page in world.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _known(world: "World", table: str, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for key in (partition.format(name) for partition in PARTITIONS for name in names):
        asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": key}}}
        for page in world.client("dynamodb").get_paginator("query").paginate(TableName=table, **asked):
            yield from page["Items"]


def _items(world: "World", names: Names) -> int:
    found = 0
    for table, key in mentioning(world, names):
        world.client("dynamodb").delete_item(TableName=table, Key=key)
        found += 1
    return found


# --- buckets ------------------------------------------------------------------------------------------------------


def objects(world: "World", names: Names) -> Iterator[tuple[str, dict[str, str]]]:
    """Every version, delete markers too, of keys that name one of them."""
    s3 = world.client("s3")
    ours = [one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].startswith("stadion-")]
    for bucket in ours:
        seen = 0
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for one in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                seen += 1
                if names.are_in(one["Key"]):
                    yield bucket, {"Key": one["Key"], "VersionId": one.get("VersionId", "null")}
            if seen > MOST_KEYS:
                break


def _objects(world: "World", names: Names) -> int:
    found = 0
    for bucket, key in objects(world, names):
        world.client("s3").delete_object(Bucket=bucket, **key)
        found += 1
    return found


def left(world: "World") -> list[str]:
    """What there still is of the run, in words."""
    names = names_of(world)
    items = [f"{table} {key['pk']['S']} {key['sk']['S']}" for table, key in mentioning(world, names)]
    return items + [f"{bucket}/{key['Key']}" for bucket, key in objects(world, names)]
