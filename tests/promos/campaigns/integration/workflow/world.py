"""`promo_campaign.asl.json` as shipped, on an executor that runs ASL, with the real steps, a table and files behind it.

The clock stands in the past, so that no wait lasts; what athletes do meanwhile is done by the hooks of a test.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.paths import ROOT
from stadion import copies
from stadion.events.accounts import ConsentChanged, ConsentKind, UserRegistered
from stadion.events.envelope import Envelope
from tests.kit.functions import handler_of
from tests.kit.services import Context, Service

ASL = ROOT / "statemachines" / "promo_campaign.asl.json"
NOW = datetime(2025, 12, 1, 6, 55, tzinfo=UTC)
CAMPAIGN = "winter-2025"
RUN = "winter-2025-20251201T070000Z"
PLAN: dict[str, Any] = {
    "name": "Winter shoes",
    "time_zone": "Europe/Moscow",
    "schedule": {"at": "2025-12-01T10:00"},
    "hold_out_percent": 20,
    "variants": [{"name": "a", "promo_id": "percent"}, {"name": "b", "promo_id": "delivery"}],
    "experiment": {"for_hours": 48, "look_every_hours": 24},
    "athletes_per_minute": 1_000_000,
    "currency": "RUB",
    "costs": {"fixed_minor": 100_000},
}
PROMO: dict[str, Any] = {
    "name": "Winter",
    "title": {"en": "20 % off", "ru": "Скидка 20 %"},
    "text": {"en": "For your next pair.", "ru": "На следующую пару."},
    "starts_at": "2025-11-01T00:00:00Z",
    "ends_at": "2026-12-31T00:00:00Z",
    "link": "https://store.example/shoes",
    "codes": {"pattern": "RUN-{4}-{4}"},
    "currency": "RUB",
}


class Shop:
    """Campaigns on moto: the steps are called where the executor calls its functions."""

    def __init__(self, promos: Service) -> None:
        self.promos = promos
        self.calls: Counter[str] = Counter()
        self.before: dict[str, Callable[[int], None]] = {}
        """Step -> what happens before its n-th call."""
        self._lock = threading.RLock()
        self._machines = boto3.client("stepfunctions")

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        with self._lock:  # moto's tables are not for threads
            self.calls[function] += 1
            if hook := self.before.get(function):
                hook(self.calls[function])
            return handler_of("promos", function)(event, Context())

    def admin(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.promos.sign(method, f"/v1/admin{path}", body, **headers)
        assert answer.status < 300, answer.body
        return answer.body or {}

    def act(self, action: str) -> Any:
        return self.admin("POST", f"/campaigns/{CAMPAIGN}/status", {"action": action}, if_match="*")

    def plan(self, **changes: Any) -> None:
        for name, discount in (
            ("percent", {"kind": "percent", "percent": 20}),
            ("delivery", {"kind": "free_delivery", "cost_minor": 30000}),
        ):
            self.admin("POST", "/promos", {**PROMO, "promo_id": name, "discount": discount})
            self.admin("POST", f"/promos/{name}/status", {"action": "activate"}, if_match="*")
        self.admin("PUT", f"/campaigns/{CAMPAIGN}", PLAN | changes)

    def begin(self) -> None:
        """As Scheduler does, by what the timer says."""
        schedules = boto3.client("scheduler")
        (found,) = schedules.list_schedules(GroupName="stadion-campaigns")["Schedules"]
        target = schedules.get_schedule(Name=found["Name"], GroupName="stadion-campaigns")["Target"]
        self._machines.start_execution(stateMachineArn=target["Arn"], name=uuid4().hex, input=target["Input"])

    def wait(self) -> list[str]:
        """How every execution ended; the executor is asked, since requests and its threads hold each other up."""
        (machine,) = stepfunctions_parser_backends[ACCOUNT]["us-east-1"].state_machines
        for _ in range(6000):
            executions = tuple(machine.executions)
            if all(one.status != "RUNNING" for one in executions):
                return [one.status for one in sorted(executions, key=lambda one: one.start_date)]
            time.sleep(0.05)
        raise AssertionError("it does not end")

    def kill(self) -> None:
        machine = self._machines.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        for one in self._machines.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]:
            self._machines.stop_execution(executionArn=one["executionArn"])

    def run(self) -> Any:
        return self.admin("GET", f"/campaigns/{CAMPAIGN}/runs/{RUN}")

    def report(self) -> Any:
        return self.admin("GET", f"/campaigns/{CAMPAIGN}/runs/{RUN}/report")

    def offers(self) -> list[dict[str, Any]]:
        return [json.loads(item["body"]["S"]) for item in self.promos.items() if item["sk"]["S"].startswith("OFFER#")]

    def messages(self) -> list[str]:
        return [entry["detail"]["data"]["request_id"] for entry in self.promos.published("NotificationRequested")]


def people(count: int, *, without_consent: int = 0) -> list[str]:
    """As other services' events tell of them."""
    names = [f"athlete-{number:04}" for number in range(count)]
    for number, user_id in enumerate(names):
        tell(user_id, UserRegistered(display_name="A", language="en", time_zone="UTC"))
        if number >= without_consent:
            for kind in (ConsentKind.MARKETING_PUSH, ConsentKind.ANALYTICS):
                tell(user_id, ConsentChanged(kind=kind, granted=True, text_version="1", revision=1, changed_at=NOW))
    return names


def tell(user_id: str, event: UserRegistered | ConsentChanged) -> None:
    """As accounts does."""
    from promos.athletes.store import ATHLETES

    copies.keep(ATHLETES.at(user_id), Envelope.of(event, user_id=user_id, correlation_id="none"), NOW)


def buys(user_id: str, amount_minor: int, *, after: timedelta = timedelta(hours=1)) -> None:
    from promos.athletes import store as athletes
    from promos.facts import Line, Purchase

    line = Line(quantity=1, price_minor=amount_minor)
    order = Purchase(completed_at=NOW + after, total_minor=amount_minor, currency="RUB", lines=[line])
    athletes.know_order(user_id, "store", f"o-{user_id}-{after}", order, NOW)


def arms(shop: Shop) -> dict[str, str]:
    """Athlete -> arm, of everybody who was chosen."""
    client = boto3.client("s3")
    keys = [one["Key"] for one in client.list_objects_v2(Bucket="stadion-campaigns")["Contents"]]
    files = [json.loads(client.get_object(Bucket="stadion-campaigns", Key=key)["Body"].read()) for key in keys]
    return {user_id: arm for members in files for user_id, arm in members}


def uses(shop: Shop, user_id: str, amount_minor: int) -> None:
    """The store redeems the athlete's code, and tells of the order."""
    from promos.checkout import service as redemption_service
    from promos.checkout.domain import Cart

    (offer,) = [one for one in shop.offers() if one["user_id"] == user_id]
    cart = Cart("store", f"o-{user_id}", None, amount_minor, "RUB")
    done = redemption_service.redeem(offer["code"], cart, NOW + timedelta(hours=1))
    buys(user_id, amount_minor - done.discount_minor)


def promo(shop: Shop, name: str, action: str) -> None:
    shop.admin("POST", f"/promos/{name}/status", {"action": action}, if_match="*")
