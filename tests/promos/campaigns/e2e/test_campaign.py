"""A campaign on the deployed stack: begun by Scheduler, killed, resumed, measured, told. 2 000 athletes if large."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from stadion_cli.base.signed import call
from stadion_cli.base.target import Target
from tests.kit.command_line import told
from tests.kit.crowds import Crowd
from tests.kit.links import plant
from tests.kit.partners import Partner, make
from tests.kit.promos import a_promo, launched
from tests.kit.size import sized
from tests.kit.stack import DeployedStack, eventually, everything, settle
from tests.kit.store import completed
from tests.kit.workflows import executions, stopped, taken_up

pytestmark = pytest.mark.long
ATHLETES = sized(small=300, large=2000)
NAME = uuid4().hex[:8]
CAMPAIGN = f"winter-{NAME}"
CROWD = Crowd(NAME)
PERCENT, DELIVERY = f"percent-{NAME}", f"delivery-{NAME}"
ADDRESS = f"/v1/admin/campaigns/{CAMPAIGN}"
MACHINE = "stadion-promo-campaign"
CART = 500_000
CONSENTING = ATHLETES - ATHLETES // 50


def plan(begins_at: datetime) -> dict[str, Any]:
    """A batch a minute and two days until the look: whoever kills it will find it at work."""
    return {
        "name": "Winter",
        "time_zone": "UTC",
        "schedule": {"at": begins_at.replace(tzinfo=None).isoformat(timespec="seconds")},
        "audience": {"profile": {"cities": [CROWD.city]}},
        "hold_out_percent": 10,
        "variants": [
            {"name": "percent", "promo_id": PERCENT, "weight": 1},
            {"name": "delivery", "promo_id": DELIVERY, "weight": 1},
        ],
        "experiment": {"for_hours": 48, "look_every_hours": 48},
        "athletes_per_minute": 100,
        "channels": ["inbox"],
        "currency": "RUB",
        "costs": {"fixed_minor": 1_000_000},
    }


@pytest.fixture(scope="module")
def admin(stack: DeployedStack) -> Target:
    chosen = Target(stack.aws, stack.outputs)
    ways = {"currency": "RUB", "limits": {"redemptions": 40}}
    launched(chosen, a_promo(PERCENT, **ways))
    launched(chosen, a_promo(DELIVERY, **ways, discount={"kind": "amount", "amount_minor": 30_000}))
    return chosen


@pytest.fixture(scope="module")
def store(stack: DeployedStack) -> Partner:
    return make(stack)


@pytest.fixture(scope="module")
def crowd(stack: DeployedStack, store: Partner) -> list[str]:
    """Athletes, as `accounts` tells of them; one in fifty consents to nothing."""
    names = [str(uuid4()) for _ in range(ATHLETES)]
    CROWD.arrive(stack, names, without_consent=names[::50])
    plant(stack, store.partner_id, names)
    return names


def test_it_is_begun_killed_resumed_measured_and_told(
    stack: DeployedStack, admin: Target, store: Partner, crowd: list[str]
) -> None:
    call(admin, "PUT", ADDRESS, plan(datetime.now(UTC) + timedelta(seconds=5)))
    assert told(stack, "campaign", "schedule", CAMPAIGN)["status"] == "scheduled"
    run_id = eventually(lambda: call(admin, "GET", ADDRESS)["run_id"], every_s=0.5)

    def run() -> Any:
        return call(admin, "GET", f"{ADDRESS}/runs/{run_id}")

    eventually(lambda: run()["batches_sent"] == 2, every_s=0.2)
    stopped(stack, executions(stack, MACHINE, run_id)[0])
    assert (run()["is_running"], run()["state"]) == (False, "sending")
    told(stack, "campaign", "resume", CAMPAIGN)
    resumed = eventually(lambda: executions(stack, MACHINE, run_id)[0] if run()["is_running"] else None)
    hurried = taken_up(stack, resumed, wait_scale=0.001)
    eventually(lambda: run()["state"] == "measuring", every_s=0.2)
    arms, offers = members(stack, run_id), offers_of(stack, run_id)
    assert len(arms) == CONSENTING
    assert {user_id: offer["variant"] for user_id, offer in offers.items()} == {
        user_id: arm for user_id, arm in arms.items() if arm != "hold-out"
    }

    stopped(stack, hurried)
    bought = shop(store, offers, arms, datetime.fromisoformat(run()["sent_at"]) + timedelta(seconds=1))
    settle(stack, NAME)
    taken_up(stack, hurried, wait_scale=0)
    eventually(lambda: run()["state"] == "ended", every_s=0.2)

    check(told(stack, "campaign", "report", CAMPAIGN), arms, bought, offers_of(stack, run_id))
    asked = {f"promo_offer:{offer['offer_id']}": 1 for offer in offers.values()}
    assert messages_asked_for(stack, run_id) == asked


def members(stack: DeployedStack, run_id: str) -> dict[str, str]:
    """Arm by athlete, from the run's files."""
    client: Any = stack.aws.client("s3")
    bucket = stack.outputs.require("CampaignsBucket")
    keys = [one["Key"] for one in client.list_objects_v2(Bucket=bucket, Prefix=f"runs/{run_id}/")["Contents"]]
    files = [json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    return {user_id: arm for file in files for user_id, arm in file}


def bodies(stack: DeployedStack, about: str, begins: str) -> list[dict[str, Any]]:
    """Of the promos service's items that mention it, and whose sort key begins so."""
    found = everything(stack, about, stack.tables["promos"])
    return [json.loads(json.loads(item)["body"]["S"]) for (_, _, sk), item in found.items() if sk.startswith(begins)]


def offers_of(stack: DeployedStack, run_id: str) -> dict[str, dict[str, Any]]:
    """By athlete."""
    return {offer["user_id"]: offer for offer in bodies(stack, run_id, "OFFER#")}


def messages_asked_for(stack: DeployedStack, run_id: str) -> Counter[str]:
    asked = [one["detail"]["data"] for one in bodies(stack, "promo_offer:", "OUTBOX") if run_id in json.dumps(one)]
    return Counter(data["request_id"] for data in asked if "request_id" in data)


def shop(store: Partner, offers: dict[str, Any], arms: dict[str, str], at: datetime) -> dict[str, int]:
    """Orders with codes until the budget of the promos is used up, and some without. Athlete -> paid."""
    by_arm: dict[str, list[str]] = {}
    for user_id, arm in sorted(arms.items()):
        by_arm.setdefault(arm, []).append(user_id)
    with_code = [(user_id, offers[user_id]["code"]) for user_id in by_arm["percent"][:45] + by_arm["delivery"][:12]]
    without = [user_id for arm in ("hold-out", "percent", "delivery") for user_id in by_arm[arm][-8:]]
    bought = {user_id: paid for user_id, code in with_code if (paid := redeem(store, user_id, code, at))}
    assert len(with_code) - len(bought) == 5, "the budget of forty was kept"
    for user_id in without:
        order(store, f"n-{user_id}", user_id, at, 300_000)
    return bought | dict.fromkeys(without, 300_000)


def redeem(store: Partner, user_id: str, code: str, at: datetime) -> int:
    """What was paid; nothing when the promo is used up."""
    order_id = f"c-{user_id}"
    cart = {"order_id": order_id, "athlete_id": store.name_of(user_id), "amount_minor": CART, "currency": "RUB"}
    held = store.send("POST", f"/partner/v1/codes/{code}/reserve", cart)
    if held.status_code != 200:
        assert held.json()["code"] == "limit_reached", held.text
        return 0
    pays = int(held.json()["payable_minor"])
    order(store, order_id, user_id, at, pays, code=code, discount_minor=CART - pays)
    return pays


def order(store: Partner, order_id: str, user_id: str, at: datetime, total_minor: int, **more: Any) -> None:
    lines = [{"sku": "1", "quantity": 1, "price_minor": total_minor + more.get("discount_minor", 0)}]
    about = {"athlete": store.name_of(user_id), "total_minor": total_minor, "completed_at": at.isoformat()}
    body = completed(order_id, lines=lines, **about, **more)
    assert store.tell(body).status_code == 200


def check(report: Any, arms: dict[str, str], bought: dict[str, int], offers: dict[str, Any]) -> None:
    """The report's numbers, computed once more from what the services keep."""
    for arm in report["arms"]:
        its = {user_id for user_id, name in arms.items() if name == arm["name"]}
        paid = [bought[user_id] for user_id in its if user_id in bought]
        used = [offer for user_id, offer in offers.items() if user_id in its and offer["redemptions"]]
        assert arm["athletes"] == len(its)
        assert arm["issued"] == (0 if arm["role"] == "hold_out" else len(its))
        assert (arm["orderers"], arm["orders"], arm["revenue_minor"]) == (len(paid), len(paid), sum(paid))
        given = sum(money["discount_minor"] for offer in used for money in offer["orders"].values())
        assert (arm["redeemed"], arm["discount_minor"]) == (len(used), given)
        assert arm["new_customers"] == len(paid)
    total = report["total"]
    assert total["conversions"] == 52
    assert total["spend_minor"] == 1_000_000 + 40 * 100_000 + 12 * 30_000
    assert total["cost_per_acquisition_minor"] == round(total["spend_minor"] / 52)
    assert (report["sample_ratio"]["is_tested"], report["sample_ratio"]["is_suspicious"]) == (True, False)
    assert report["sample_ratio"]["expected"].keys() == {arm["name"] for arm in report["arms"]}
    assert (report["outcome"], report["decision"]["winner"]) == ("completed", "percent")
