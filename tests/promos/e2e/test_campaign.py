"""A campaign for two thousand athletes on the deployed stack: begun by Scheduler, killed, resumed, measured, told."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from stadion_cli import campaign as campaign_commands
from stadion_cli.signed import call
from stadion_cli.target import Target
from tests.kit.partners import Partner, make
from tests.kit.stack import DeployedStack, deployed_stack, eventually
from tests.kit.store import completed

pytestmark = pytest.mark.long
ATHLETES = 2000
CAMPAIGN = "two-thousand"
ADDRESS = f"/v1/admin/campaigns/{CAMPAIGN}"
PROMO: dict[str, Any] = {
    "name": "Winter",
    "title": {"en": "Off", "ru": "Скидка"},
    "text": {"en": "For your next pair.", "ru": "На следующую пару."},
    "starts_at": "2026-01-01T00:00:00Z",
    "ends_at": "2099-01-01T00:00:00Z",
    "link": "https://store.example/shoes",
    "currency": "RUB",
    "codes": {"pattern": "WIN-{4}-{4}"},
    "limits": {"redemptions": 40},
}
AT_ONCE = 6


def plan(begins_at: datetime) -> dict[str, Any]:
    return {
        "name": "Two thousand",
        "time_zone": "UTC",
        "schedule": {"at": begins_at.replace(tzinfo=None).isoformat(timespec="seconds")},
        "audience": {"profile": {"languages": ["en"]}},
        "hold_out_percent": 10,
        "variants": [
            {"name": "percent", "promo_id": "winter-percent", "weight": 1},
            {"name": "delivery", "promo_id": "winter-delivery", "weight": 1},
        ],
        "experiment": {"for_hours": 0.025, "look_every_hours": 0.025},
        "athletes_per_minute": 1_000_000,
        "channels": ["inbox"],
        "currency": "RUB",
        "costs": {"fixed_minor": 1_000_000},
    }


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """One of its own: what two thousand athletes leave behind would slow the others down."""
    with deployed_stack(tmp_path_factory.mktemp("stack")) as deployed:
        yield deployed


@pytest.fixture(scope="module")
def admin(stack: DeployedStack) -> Target:
    chosen = Target(stack.aws, stack.outputs)
    for name, discount in (
        ("winter-percent", {"kind": "percent", "percent": 20}),
        ("winter-delivery", {"kind": "amount", "amount_minor": 30_000}),
    ):
        call(chosen, "POST", "/v1/admin/promos", {**PROMO, "promo_id": name, "discount": discount})
        call(chosen, "POST", f"/v1/admin/promos/{name}/status", {"action": "activate"}, if_match="*")
    return chosen


@pytest.fixture(scope="module")
def store(stack: DeployedStack) -> Partner:
    return make(stack)


@pytest.fixture(scope="module")
def crowd(stack: DeployedStack) -> list[str]:
    """Two thousand athletes, as `accounts` tells of them; one in fifty consents to nothing."""
    names = [str(uuid4()) for _ in range(ATHLETES)]
    registered = {"display_name": "A", "language": "en", "time_zone": "UTC"}
    events = [told(user_id, "UserRegistered", registered) for user_id in names]
    events += [
        told(user_id, "ConsentChanged", {"kind": "marketing_push", "granted": True, "text_version": "1", "revision": 1,
                                         "changed_at": datetime.now(UTC).isoformat()})
        for number, user_id in enumerate(names) if number % 50
    ]  # fmt: skip
    batches = [events[at : at + 10] for at in range(0, len(events), 10)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda entries: publish(stack, entries), batches))
    eventually(lambda: consenting(stack) == ATHLETES - ATHLETES // 50, within_s=600, every_s=3)
    return names


def told(user_id: str, detail_type: str, data: dict[str, Any]) -> dict[str, Any]:
    detail = {
        "event_id": str(uuid4()),
        "occurred_at": datetime.now(UTC).isoformat(),
        "version": 1,
        "correlation_id": "two-thousand",
        "user_id": user_id,
        "data": data,
    }
    return {"Source": "stadion.accounts", "DetailType": detail_type, "Detail": json.dumps(detail)}


def publish(stack: DeployedStack, entries: list[dict[str, Any]]) -> None:
    named: Any = [{**entry, "EventBusName": stack.bus} for entry in entries]
    assert stack.aws.events.put_events(Entries=named)["FailedEntryCount"] == 0


def scan(stack: DeployedStack, service: str) -> Iterable[tuple[str, str, Any]]:
    client: Any = stack.aws.client("dynamodb")
    for page in client.get_paginator("scan").paginate(TableName=stack.tables[service]):
        for item in page["Items"]:
            yield item["pk"]["S"], item["sk"]["S"], json.loads(item["body"]["S"]) if "body" in item else {}


def consenting(stack: DeployedStack) -> int:
    """Athletes of whom both events have arrived, counted where they are: to fetch them all would take the time."""
    client: Any = stack.aws.client("dynamodb")
    pages = client.get_paginator("scan").paginate(
        TableName=stack.tables["promos"],
        Select="COUNT",
        FilterExpression="sk = :athlete AND contains(body, :language) AND contains(body, :consent)",
        ExpressionAttributeValues={
            ":athlete": {"S": "ATHLETE"},
            ":language": {"S": '"language": "en"'},
            ":consent": {"S": "marketing_push"},
        },
    )
    return sum(page["Count"] for page in pages)


def test_it_is_begun_killed_resumed_measured_and_told(
    stack: DeployedStack, admin: Target, store: Partner, crowd: list[str]
) -> None:
    began = time.monotonic()
    begins_at = datetime.now(UTC) + timedelta(seconds=12)
    call(admin, "PUT", ADDRESS, plan(begins_at))
    scheduled = command(stack, "schedule", CAMPAIGN)
    assert scheduled["status"] == "scheduled"

    run_id = eventually(lambda: call(admin, "GET", ADDRESS)["run_id"], every_s=1)
    address = f"{ADDRESS}/runs/{run_id}"
    eventually(lambda: call(admin, "GET", address)["batches_sent"] >= 4, every_s=0.5)
    kill(stack)
    eventually(lambda: call(admin, "GET", address)["is_running"] is False, every_s=0.5)
    stopped = call(admin, "GET", address)
    assert stopped["state"] in {"choosing", "sending"}
    command(stack, "resume", CAMPAIGN)
    eventually(lambda: call(admin, "GET", address)["state"] == "measuring", within_s=600, every_s=1)
    arms = members(stack, run_id)
    offers = {body["user_id"]: body for _, sk, body in scan(stack, "promos") if sk.startswith("OFFER#")}
    told_of = {user_id: arm for user_id, arm in arms.items() if arm != "hold-out"}
    mine = {user_id: offer for user_id, offer in offers.items() if offer["run_id"] == run_id}
    assert {user_id: offer["variant"] for user_id, offer in mine.items()} == told_of
    assert len(arms) == ATHLETES - ATHLETES // 50

    at = datetime.fromisoformat(call(admin, "GET", address)["sent_at"]) + timedelta(seconds=1)
    selling = time.monotonic()
    bought = shop(store, mine, arms, at)
    sold = time.monotonic() - selling
    eventually(lambda: call(admin, "GET", address)["state"] == "ended", within_s=600, every_s=1)
    report = command(stack, "report", CAMPAIGN)
    check(report, arms, bought, stack, run_id)
    messages = Counter(
        body["detail"]["data"]["request_id"]
        for _, sk, body in scan(stack, "promos")
        if sk == "OUTBOX" and body["detail_type"] == "NotificationRequested"
    )
    asked = {f"promo_offer:{offer['offer_id']}": 1 for offer in mine.values()}
    assert {name: times for name, times in messages.items() if name in asked} == asked
    print(f"\n  campaign: {len(arms)} athletes, {len(mine)} offers, from the schedule to the report "
          f"{time.monotonic() - began:.0f} s; orders {sold:.0f} s")  # fmt: skip


def command(stack: DeployedStack, *words: str) -> Any:
    done = CliRunner().invoke(campaign_commands.app, [*words, "--port", str(stack.emulator.port), "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def kill(stack: DeployedStack) -> None:
    machines: Any = stack.aws.client("stepfunctions")
    (machine,) = [m for m in machines.list_state_machines()["stateMachines"] if m["name"] == "stadion-promo-campaign"]
    running = machines.list_executions(stateMachineArn=machine["stateMachineArn"], statusFilter="RUNNING")
    for one in running["executions"]:
        machines.stop_execution(executionArn=one["executionArn"])


def members(stack: DeployedStack, run_id: str) -> dict[str, str]:
    client: Any = stack.aws.client("s3")
    bucket = stack.outputs.require("CampaignsBucket")
    keys = [one["Key"] for one in client.list_objects_v2(Bucket=bucket, Prefix=f"runs/{run_id}/")["Contents"]]
    files = [json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    return {user_id: arm for file in files for user_id, arm in file}


def shop(store: Partner, offers: dict[str, Any], arms: dict[str, str], at: datetime) -> dict[str, int]:
    """Orders with codes until the budget of the promos is used up, and some without. Athlete -> paid."""
    bought: dict[str, int] = {}
    by_arm: dict[str, list[str]] = {}
    for user_id, arm in sorted(arms.items()):
        by_arm.setdefault(arm, []).append(user_id)
    refused = 0
    for arm, count in (("percent", 45), ("delivery", 12)):
        for user_id in by_arm[arm][:count]:
            cart = {"order_id": f"c-{user_id}", "user_id": user_id, "amount_minor": 500_000, "currency": "RUB"}
            held = store.send("POST", f"/partner/v1/codes/{offers[user_id]['code']}/reserve", cart)
            if held.status_code != 200:
                assert held.json()["code"] == "limit_reached", held.text
                refused += 1
                continue
            pays = held.json()["payable_minor"]
            order(store, f"c-{user_id}", user_id, at, pays, code=offers[user_id]["code"], discount_minor=500_000 - pays)
            bought[user_id] = pays
    assert refused == 5, "the budget of forty was kept"
    for arm in ("hold-out", "percent", "delivery"):
        for user_id in by_arm[arm][-8:]:
            order(store, f"n-{user_id}", user_id, at, 300_000)
            bought[user_id] = 300_000
    return bought


def order(store: Partner, order_id: str, user_id: str, at: datetime, total_minor: int, **more: Any) -> None:
    lines = [{"sku": "1", "quantity": 1, "price_minor": total_minor + more.get("discount_minor", 0)}]
    body = completed(order_id, user=user_id, lines=lines, total_minor=total_minor, completed_at=at.isoformat(), **more)
    assert store.tell(body).status_code == 200


def check(report: Any, arms: dict[str, str], bought: dict[str, int], stack: DeployedStack, run_id: str) -> None:
    """The report's numbers, computed once more from what the services keep."""
    offers = [body for _, sk, body in scan(stack, "promos") if sk.startswith("OFFER#") and body["run_id"] == run_id]
    for arm in report["arms"]:
        its = {user_id for user_id, name in arms.items() if name == arm["name"]}
        paid = [bought[user_id] for user_id in its if user_id in bought]
        used = [offer for offer in offers if offer["user_id"] in its and offer["redemptions"]]
        assert arm["athletes"] == len(its)
        assert arm["issued"] == (0 if arm["role"] == "hold_out" else len(its))
        assert (arm["orderers"], arm["orders"], arm["revenue_minor"]) == (len(paid), len(paid), sum(paid))
        assert (arm["redeemed"], arm["discount_minor"]) == (len(used), sum(one["discount_minor"] for one in used))
        assert arm["new_customers"] == len(paid)
    total = report["total"]
    assert total["conversions"] == 52
    assert total["spend_minor"] == 1_000_000 + 40 * 100_000 + 12 * 30_000
    assert total["cost_per_acquisition_minor"] == round(total["spend_minor"] / 52)
    assert report["sample_ratio"]["is_suspicious"] is False
    assert (report["outcome"], report["decision"]["winner"]) == ("completed", "percent")
