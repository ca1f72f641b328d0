"""Takes away what a run made: by its id and its athletes' ids, so that a killed run can be swept days later.

Not taken away, because nothing may: entries of the audit, log lines and the archive of the bus.
"""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

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


def swept(world: "World") -> dict[str, int]:
    """How many of each kind were removed."""
    if not world.is_local or _answers(world):
        return _swept(world)
    return {}


def _answers(world: "World") -> bool:
    from local.emulator import health

    return health(world.aws.endpoint) is not None


def _swept(world: "World") -> dict[str, int]:
    removed = {"campaigns": _end_campaign(world), "queues": _queues(world), "rules": _rules(world)}
    names = [world.run.run_id, *users(world)]
    removed["keys of partners"] = _api_keys(world)
    quiet = 0
    for _ in range(ROUNDS):
        found = _items(world, names) + _objects(world, names)
        removed["items and files"] = removed.get("items and files", 0) + found
        quiet = 0 if found else quiet + 1
        if quiet == 2:
            break
        time.sleep(PAUSE_S)
    removed["athletes"] = _users(world)
    return removed


def users(world: "World") -> list[str]:
    """Ids of the run's athletes, by their addresses."""
    return [_attribute(user, "sub") for user in _found_users(world)]


def _found_users(world: "World") -> Iterator[dict[str, Any]]:
    """Cognito cannot look for a part of an address, so all are read: on the first day they are few."""
    pool = world.outputs.require("UserPoolId")
    asked: dict[str, Any] = {"UserPoolId": pool, "Limit": COGNITO_PAGE}
    while True:
        page = world.client("cognito-idp").list_users(**asked)
        yield from (user for user in page["Users"] if f"+{world.run.run_id}-" in _attribute(user, "email"))
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


def mentioning(world: "World", names: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Table and key of each item that names one of them."""
    for table in tables(world):
        size = world.client("dynamodb").describe_table(TableName=table)["Table"]["TableSizeBytes"]
        items = _whole(world, table) if size <= LARGEST_TABLE else _known(world, table, names)
        for item in items:
            text = json.dumps(item, default=repr)
            if any(name in text for name in names):
                yield table, {"pk": item["pk"], "sk": item["sk"]}


def _whole(world: "World", table: str) -> Iterator[dict[str, Any]]:
    for page in world.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _known(world: "World", table: str, names: list[str]) -> Iterator[dict[str, Any]]:
    for key in (partition.format(name) for partition in PARTITIONS for name in names):
        asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": key}}}
        for page in world.client("dynamodb").get_paginator("query").paginate(TableName=table, **asked):
            yield from page["Items"]


def _items(world: "World", names: list[str]) -> int:
    found = 0
    for table, key in mentioning(world, names):
        world.client("dynamodb").delete_item(TableName=table, Key=key)
        found += 1
    return found


# --- buckets ------------------------------------------------------------------------------------------------------


def objects(world: "World", names: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every version, delete markers too, of keys that name one of them."""
    s3 = world.client("s3")
    ours = [one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].startswith("stadion-")]
    for bucket in ours:
        seen = 0
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for one in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                seen += 1
                if any(name in one["Key"] for name in names):
                    yield bucket, {"Key": one["Key"], "VersionId": one.get("VersionId", "null")}
            if seen > MOST_KEYS:
                break


def _objects(world: "World", names: list[str]) -> int:
    found = 0
    for bucket, key in objects(world, names):
        world.client("s3").delete_object(Bucket=bucket, **key)
        found += 1
    return found


def left(world: "World") -> list[str]:
    """What there still is of the run, in words."""
    names = [world.run.run_id, *users(world)]
    items = [f"{table} {key['pk']['S']} {key['sk']['S']}" for table, key in mentioning(world, names)]
    return items + [f"{bucket}/{key['Key']}" for bucket, key in objects(world, names)]
