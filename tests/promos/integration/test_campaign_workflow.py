"""`promo_campaign.asl.json` as shipped, on an executor that runs ASL, with the real steps, a table and files behind it.

The clock stands in the past, so that no wait lasts; what athletes do meanwhile is done by the hooks of a test.
"""

import importlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend

from local.paths import ROOT
from promos.campaigns import audience, choosing, timer
from stadion import storage
from stadion.events.catalogue import ConsentChanged, ConsentKind, OrderCompleted, OrderLine, UserRegistered
from tests.kit.clock import Clock
from tests.kit.services import Context, Service, service_environment

pytestmark = pytest.mark.long
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
            return importlib.import_module(f"promos.{function}").handler(event, Context())

    def admin(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        from promos import api
        from tests.kit.services import http_event

        event = http_event(method, f"/v1/admin{path}", body, user=None, headers=headers)
        event["requestContext"]["authorizer"] = {"iam": {"userArn": "arn:aws:iam::000000000000:user/marketing"}}
        raw = api.handler(event, Context())
        answer = json.loads(raw["body"]) if raw.get("body") else {}
        assert raw["statusCode"] < 300, answer
        return answer

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
        """How every execution ended."""
        machine = self._machines.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        for _ in range(2400):
            executions = self._machines.list_executions(stateMachineArn=machine)["executions"]
            if all(one["status"] != "RUNNING" for one in executions):
                return [one["status"] for one in sorted(executions, key=lambda one: one["startDate"])]
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
    from promos import athletes
    from promos.facts import told

    names = [f"athlete-{number:04}" for number in range(count)]
    for number, user_id in enumerate(names):
        registered = UserRegistered(display_name="A", language="en", time_zone="UTC")
        athletes.know(user_id, lambda known, event=registered: told(known, event, NOW.date()))
        if number >= without_consent:
            consent = ConsentChanged(
                kind=ConsentKind.MARKETING_PUSH, granted=True, text_version="1", revision=1, changed_at=NOW
            )
            athletes.know(user_id, lambda known, event=consent: told(known, event, NOW.date()))
    return names


def buys(user_id: str, amount_minor: int, *, after: timedelta = timedelta(hours=1)) -> None:
    from promos import athletes

    order = OrderCompleted(
        partner_id="store",
        order_id=f"o-{user_id}-{after}",
        completed_at=NOW + after,
        total_minor=amount_minor,
        discount_minor=0,
        currency="RUB",
        lines=[OrderLine(sku="s", name="Shoes", quantity=1, price_minor=amount_minor)],
    )
    athletes.know_order(user_id, "store", order.order_id, order)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, standing_clock: Clock) -> Iterator[Shop]:
    config: Any = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=config):
        service_environment(monkeypatch)
        for cached in (timer._scheduler, timer._machines, storage.s3_client):
            cached.cache_clear()
        boto3.client("s3").create_bucket(Bucket="stadion-campaigns")
        boto3.client("scheduler").create_schedule_group(Name="stadion-campaigns")
        role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        for name, value in {
            "CAMPAIGNS_BUCKET": "stadion-campaigns",
            "CAMPAIGN_WORKFLOW": "arn:aws:states:us-east-1:123456789012:stateMachine:promo-campaign",
            "CAMPAIGN_TIMER_GROUP": "stadion-campaigns",
            "CAMPAIGN_TIMER_ROLE": role,
            "CAMPAIGN_TIMER_DEAD_LETTERS": "arn:aws:sqs:us-east-1:123456789012:dlq",
        }.items():
            monkeypatch.setenv(f"STADION_{name}", value)
        monkeypatch.setattr(audience, "PAGE", 5)
        monkeypatch.setattr(choosing, "BATCH", 12)
        made = Shop(Service.create("promos", monkeypatch))
        standing_clock.set(NOW)
        text = ASL.read_text().replace("${bucket}", "stadion-campaigns").replace("${partition}", "aws")
        text = text.replace('"IntervalSeconds": 2', '"IntervalSeconds": 1').replace(
            '"MaxDelaySeconds": 60', '"MaxDelaySeconds": 1'
        )
        for stem in set(re.findall(r"\$\{(\w+)\}", text)):
            arn = boto3.client("lambda").create_function(
                FunctionName=stem, Runtime="python3.11", Role=role, Handler="a.b", Code={"ZipFile": b"x"}
            )["FunctionArn"]
            text = text.replace("${" + stem + "}", arn)
        boto3.client("stepfunctions").create_state_machine(name="promo-campaign", definition=text, roleArn=role)

        def invoke(_: Any, function_name: str, qualifier: Any, body: Any, *more: Any) -> bytes:
            return json.dumps(made.invoke(function_name.rpartition(":")[2], json.loads(body))).encode()

        monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
        yield made


def arms(shop: Shop) -> dict[str, str]:
    """Athlete -> arm, of everybody who was chosen."""
    client = boto3.client("s3")
    keys = [one["Key"] for one in client.list_objects_v2(Bucket="stadion-campaigns")["Contents"]]
    files = [json.loads(client.get_object(Bucket="stadion-campaigns", Key=key)["Body"].read()) for key in keys]
    return {user_id: arm for members in files for user_id, arm in members}


def uses(shop: Shop, user_id: str, amount_minor: int) -> None:
    """The store redeems the athlete's code, and tells of the order."""
    from promos import redemption_service
    from promos.schemas import Use

    (offer,) = [one for one in shop.offers() if one["user_id"] == user_id]
    use = Use(order_id=f"o-{user_id}", amount_minor=amount_minor, currency="RUB")
    done = redemption_service.redeem("store", offer["code"], use, NOW + timedelta(hours=1))
    buys(user_id, amount_minor - done.discount_minor)


def test_a_campaign_runs_from_its_timer_to_its_report(shop: Shop) -> None:
    people(64, without_consent=4)
    shop.plan(most_offers=45)
    assert shop.act("schedule")["next_at"] == "2025-12-01T07:00:00Z"
    buys("athlete-0009", 5_000, after=timedelta(days=-300))
    spent: dict[str, int] = {}

    def shopping(call: int) -> None:
        if call > 1:
            return
        for number, (user_id, arm) in enumerate(sorted(arms(shop).items())):
            if number % 3 == 0:
                buys(user_id, 10_000 + number)
                spent[user_id] = 10_000 + number
            elif number % 7 == 0 and arm != "hold-out":
                uses(shop, user_id, 20_000)
                spent[user_id] = 16_000 if arm == "a" else 20_000
        buys(min(arms(shop)), 99_000, after=timedelta(days=3))  # too late to count

    shop.before["task_measure_batch"] = shopping
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]

    run, report, chosen = shop.run(), shop.report(), arms(shop)
    assert (run["state"], run["outcome"], run["reason"]) == ("ended", "completed", "not_significant")
    assert run["looks"] == 2
    left_out = run["audience"]["left_out"]
    assert left_out["no_consent"] == 4
    assert left_out["no_offer_left"] + len(chosen) == 60
    told = {user_id: arm for user_id, arm in chosen.items() if arm != "hold-out"}
    assert len(told) == 45
    assert {offer["user_id"]: offer["variant"] for offer in shop.offers()} == told
    assert sorted(shop.messages()) == sorted(f"promo_offer:{offer['offer_id']}" for offer in shop.offers())
    for arm in report["arms"]:
        members = [user_id for user_id, its in chosen.items() if its == arm["name"]]
        bought = [user_id for user_id in members if user_id in spent]
        codes = [one for one in shop.offers() if one["user_id"] in members and one["redemptions"]]
        assert arm["athletes"] == len(members)
        assert (arm["orderers"], arm["revenue_minor"]) == (len(bought), sum(spent[who] for who in bought))
        assert arm["new_customers"] == len([who for who in bought if who != "athlete-0009"])
        assert (arm["redeemed"], arm["clicked"]) == (len(codes), len(codes))
        assert arm["discount_minor"] == sum(one["discount_minor"] for one in codes)
        assert arm["order_rate"]["low"] <= len(bought) / len(members) <= arm["order_rate"]["high"]
    total = report["total"]
    assert total["spend_minor"] == 100_000 + total["discount_minor"]
    assert total["cost_per_acquisition_minor"] == round(total["spend_minor"] / total["conversions"])
    assert [one["name"] for one in report["comparisons"] if one["decides"]] in (["a"], ["b"])
    assert shop.admin("GET", f"/campaigns/{CAMPAIGN}")["status"] == "ended"
    news = [entry["detail_type"] for entry in shop.promos.published() if "Campaign" in entry["detail_type"]]
    assert news == ["CampaignStarted", "CampaignEnded"]


def test_the_winner_of_a_test_on_a_part_goes_to_the_rest(shop: Shop) -> None:
    people(60)
    shop.plan(hold_out_percent=0, rollout={"test_percent": 50})
    shop.act("schedule")

    def all_of_b_buy(call: int) -> None:
        for user_id, arm in arms(shop).items() if call == 1 else []:
            if arm == "b":
                buys(user_id, 10_000)

    shop.before["task_measure_batch"] = all_of_b_buy
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    run, report, chosen = shop.run(), shop.report(), arms(shop)
    assert (run["outcome"], run["reason"], run["rollout"]) == ("completed", "rolled_out", "b")
    assert report["decision"]["winner"] == "b"
    promo = {"a": "percent", "b": "delivery", "rest": "delivery"}
    assert Counter(chosen.values())["rest"] > 15
    assert {one["user_id"]: one["promo_id"] for one in shop.offers()} == {who: promo[a] for who, a in chosen.items()}
    assert len(shop.messages()) == len(chosen)


@pytest.mark.parametrize(
    ("step", "call"),
    [
        ("task_open_campaign", 1),
        ("task_choose_athletes", 2),
        ("task_send_batch", 2),
        ("task_finish_phase", 1),
        ("task_measure_batch", 3),
        ("task_judge_campaign", 1),
        ("task_close_campaign", 1),
    ],
)
def test_killed_at_any_step_it_goes_on_and_nobody_gets_two_offers(shop: Shop, step: str, call: int) -> None:
    people(26)
    shop.plan()
    shop.act("schedule")

    def kill(number: int) -> None:
        if number == call:
            shop.kill()

    shop.before[step] = kill
    shop.begin()
    assert shop.wait() == ["ABORTED"]
    if step != "task_close_campaign":  # what was called before the kill is done
        assert shop.run()["is_running"] is False
        shop.act("resume")
        assert set(shop.wait()) == {"ABORTED", "SUCCEEDED"}
    run, chosen = shop.run(), arms(shop)
    told = {who for who, arm in chosen.items() if arm != "hold-out"}
    assert (run["outcome"], len(chosen)) == ("completed", 26)
    assert sorted(offer["user_id"] for offer in shop.offers()) == sorted(told)
    assert len(shop.messages()) == len(set(shop.messages())) == len(told)
    assert sum(arm["athletes"] for arm in shop.report()["arms"]) == 26


def test_a_pause_is_kept_until_it_is_resumed(shop: Shop) -> None:
    people(40)
    shop.plan()
    shop.act("schedule")
    shop.before["task_send_batch"] = lambda number: shop.act("pause") and None if number == 2 else None
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    told = len(shop.offers())
    assert (shop.run()["state"], shop.admin("GET", f"/campaigns/{CAMPAIGN}")["status"]) == ("sending", "paused")
    assert 0 < told < 30
    shop.before.clear()
    shop.act("resume")
    assert shop.wait() == ["SUCCEEDED", "SUCCEEDED"]
    assert shop.run()["outcome"] == "completed"
    assert len(shop.offers()) == len({offer["user_id"] for offer in shop.offers()}) > told


def test_a_beginning_that_comes_twice_is_one_run(shop: Shop) -> None:
    people(12)
    shop.plan()
    shop.act("schedule")
    shop.begin()
    shop.begin()
    assert shop.wait() == ["SUCCEEDED", "SUCCEEDED"]
    assert shop.calls["task_close_campaign"] == 1
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"] * 3
    assert shop.calls["task_close_campaign"] == 1


def test_a_beginning_that_was_lost_is_made_good_by_hand(shop: Shop, standing_clock: Clock) -> None:
    """Scheduler could not start it: the message is a dead letter, and the campaign waits."""
    people(12)
    shop.plan()
    shop.act("schedule")
    standing_clock.advance(minutes=30)
    shop.act("resume")
    assert shop.wait() == ["SUCCEEDED"]
    assert shop.run()["outcome"] == "completed"


def test_a_guardrail_stops_the_run_and_pauses_what_recurs(shop: Shop) -> None:
    people(30)
    shop.plan(
        schedule={"cron": "0 10 * * mon"},
        guardrails={"withdrawn_percent": 10, "least_athletes": 10},
    )
    assert shop.act("schedule")["next_at"] == "2025-12-01T07:00:00Z"

    def withdraw(call: int) -> None:
        from promos import athletes
        from promos.facts import told

        word = ConsentChanged(
            kind=ConsentKind.MARKETING_PUSH, granted=False, text_version="1", revision=2, changed_at=NOW
        )
        for user_id in list(arms(shop))[:12] if call == 1 else []:
            athletes.know(user_id, lambda known: told(known, word, NOW.date()))

    shop.before["task_measure_batch"] = withdraw
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    campaign, report = shop.admin("GET", f"/campaigns/{CAMPAIGN}"), shop.report()
    assert (report["outcome"], report["reason"]) == ("stopped", "guardrail_withdrawn_percent")
    assert [one["is_passed"] for one in report["guardrails"]] == [True]
    assert (campaign["status"], campaign["next_at"]) == ("paused", None)
    assert campaign["paused_by"] == "guardrail_withdrawn_percent"
    schedules = boto3.client("scheduler").list_schedules(GroupName="stadion-campaigns")["Schedules"]
    assert [one["Name"] for one in schedules] == [RUN]  # fired: on AWS it goes by itself


def promo(shop: Shop, name: str, action: str) -> None:
    shop.admin("POST", f"/promos/{name}/status", {"action": action}, if_match="*")


def test_a_promo_that_is_paused_in_the_middle_costs_nobody_their_offer(shop: Shop) -> None:
    people(30)
    shop.plan()
    shop.act("schedule")
    shop.before["task_send_batch"] = lambda number: promo(shop, "percent", "pause") if number == 2 else None
    shop.begin()
    assert shop.wait() == ["FAILED"]
    assert "percent is not active" in shop.run()["failure"]["cause"]
    shop.before.clear()
    promo(shop, "percent", "activate")
    shop.act("resume")
    assert sorted(shop.wait()) == ["FAILED", "SUCCEEDED"]
    told = [who for who, arm in arms(shop).items() if arm != "hold-out"]
    assert sorted(offer["user_id"] for offer in shop.offers()) == sorted(told)
    assert shop.run()["outcomes"] == {"told": len(told)}


def test_a_promo_that_is_off_at_the_hour_pauses_the_campaign_until_it_is_mended(shop: Shop) -> None:
    people(12)
    shop.plan()
    shop.act("schedule")
    promo(shop, "delivery", "pause")
    shop.begin()
    shop.wait()
    campaign = shop.admin("GET", f"/campaigns/{CAMPAIGN}")
    assert (campaign["status"], campaign["paused_by"], campaign["run_id"]) == ("paused", "promo_not_active_then", None)
    with pytest.raises(AssertionError, match="nobody could get it"):
        shop.act("resume")
    promo(shop, "delivery", "activate")
    shop.act("resume")
    shop.begin()
    assert shop.wait()[-1] == "SUCCEEDED"
    assert shop.run()["outcome"] == "completed"


def test_a_batch_that_was_passed_over_is_sent_when_it_goes_on(shop: Shop) -> None:
    """Paused and resumed so quickly that the execution never noticed its end."""
    people(40)
    shop.plan()
    shop.act("schedule")
    shop.before["task_send_batch"] = lambda number: shop.act("pause") and None if number == 2 else None
    shop.before["task_finish_phase"] = lambda number: shop.act("resume") and None if number == 1 else None
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    told = {who for who, arm in arms(shop).items() if arm != "hold-out"}
    assert (shop.run()["outcome"], len(shop.offers())) == ("completed", len(told))


def test_what_should_begin_while_a_run_goes_on_begins_later(shop: Shop) -> None:
    from promos.campaigns import lifecycle

    people(12)
    shop.plan()
    shop.act("schedule")
    shop.before["task_send_batch"] = lambda number: shop.kill() if number == 1 else None
    shop.begin()
    shop.wait()
    again = PLAN | {"schedule": {"at": "2025-12-01T10:30"}}
    moved = shop.admin("PUT", f"/campaigns/{CAMPAIGN}", again, if_match="*")
    due = datetime.fromisoformat(moved["next_at"])
    refused = lifecycle.open_run(CAMPAIGN, "winter-2025-20251201T073000Z", begins_at=due, execution="x", now=due)
    assert refused == "the_run_before_goes_on"
    assert shop.admin("GET", f"/campaigns/{CAMPAIGN}")["next_at"] == "2025-12-01T07:40:00Z"


def test_one_ended_by_hand_still_tells_what_was_given(shop: Shop) -> None:
    people(30)
    shop.plan()
    shop.act("schedule")
    shop.before["task_finish_phase"] = lambda number: shop.act("end") and None if number == 1 else None
    shop.begin()
    shop.wait()
    from promos import offer_service
    from stadion.events.catalogue import Offer as OfferFacts

    for offer in shop.offers():
        facts = OfferFacts(**{name: offer[name] for name in ("offer_id", "promo_id", "campaign_id", "variant")})
        offer_service.count_in_funnel(offer["user_id"], facts)
    report = shop.report()
    assert (report["outcome"], report["reason"], report["measured_until"]) == ("stopped", "ended_by_hand", None)
    assert {arm["name"]: arm["issued"] for arm in report["arms"] if arm["role"] == "variant"} == dict(
        Counter(offer["variant"] for offer in shop.offers())
    )


def test_an_audience_of_nobody_ends_the_run(shop: Shop) -> None:
    people(7, without_consent=7)
    shop.plan()
    shop.act("schedule")
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    run = shop.run()
    assert (run["outcome"], run["reason"], run["audience"]["left_out"]) == (
        "completed",
        "nobody_to_tell",
        {"no_consent": 7},
    )
    assert shop.report()["total"]["athletes"] == 0


def test_what_recurs_has_its_next_beginning_when_one_begins(shop: Shop) -> None:
    people(12)
    shop.plan(schedule={"cron": "0 10 * * mon"})
    shop.act("schedule")
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    campaign = shop.admin("GET", f"/campaigns/{CAMPAIGN}")
    assert (campaign["status"], campaign["next_at"], campaign["run_id"]) == ("scheduled", "2025-12-08T07:00:00Z", None)
    schedules = boto3.client("scheduler").list_schedules(GroupName="stadion-campaigns")["Schedules"]
    assert sorted(one["Name"] for one in schedules) == [RUN, "winter-2025-20251208T070000Z"]


def test_a_step_that_fails_for_good_is_seen_and_the_run_goes_on_from_there(shop: Shop) -> None:
    people(12)
    shop.plan()
    shop.act("schedule")

    def fail(number: int) -> None:
        raise RuntimeError("no table")

    shop.before["task_judge_campaign"] = fail
    shop.begin()
    assert shop.wait() == ["FAILED"]
    run = shop.run()
    assert (run["state"], run["is_running"], run["failure"]["cause"]) == ("measuring", False, "no table")
    shop.before.clear()
    shop.act("resume")
    assert sorted(shop.wait()) == ["FAILED", "SUCCEEDED"]
    assert (shop.run()["outcome"], shop.run()["failure"]) == ("completed", None)
