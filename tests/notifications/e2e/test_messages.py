"""Messages on the deployed stack: an offer by every channel, a way out of it, and a night that is waited for."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from local.demo.client import Athlete
from stadion import clock, ids
from stadion_cli.base.signed import call
from stadion_cli.base.target import Target
from tests.kit.stack import WAIT_S, DeployedStack, eventually, mails_to

LINK = re.compile(r"https?://\S+/v1/unsubscribe\?token=[\w.%-]+")
OFFER = {
    "title": {"en": "New shoes", "ru": "Новые кроссовки"},
    "text": {"en": "20 % off.", "ru": "Скидка 20 %."},
}


@pytest.fixture
def mia(stack: DeployedStack, anna: Athlete) -> Athlete:
    """Anna, with a phone and the consents that marketing needs, once they are known."""
    anna.call("PUT", "/v1/notifications/devices/phone", {"platform": "ios", "token": uuid4().hex})
    anna.call("PATCH", "/v1/notifications/preferences", {"quiet_hours": None}, if_match="*")
    wanted = ("marketing_push", "marketing_email")
    for kind in wanted:
        anna.call("PUT", f"/v1/me/consents/{kind}", {"granted": True, "text_version": "2026-10"})
    eventually(lambda: recipient(stack, anna).get("consents", {}).keys() >= set(wanted))
    eventually(lambda: recipient(stack, anna).get("email"))
    return anna


def recipient(stack: DeployedStack, athlete: Athlete) -> dict[str, Any]:
    client: Any = stack.aws.client("dynamodb")
    key = {"pk": {"S": f"USER#{athlete.user_id}"}, "sk": {"S": "RECIPIENT"}}
    item = client.get_item(TableName=stack.tables["notifications"], Key=key, ConsistentRead=True).get("Item")
    return dict(json.loads(item["body"]["S"])) if item else {}


def offer(stack: DeployedStack, athlete: Athlete, request_id: str, **fields: Any) -> None:
    data = {"request_id": request_id, "template": "promo_offer", "values": {**OFFER, "code": "RUN-7F3K"}, **fields}
    detail = {
        "event_id": ids.new_id(),
        "occurred_at": clock.rfc3339(clock.now()),
        "version": 1,
        "correlation_id": request_id,
        "user_id": athlete.user_id,
        "data": data,
    }
    entry: Any = {
        "Source": "stadion.promos",
        "DetailType": "NotificationRequested",
        "Detail": json.dumps(detail),
        "EventBusName": stack.bus,
    }
    assert stack.aws.events.put_events(Entries=[entry])["FailedEntryCount"] == 0


def log_of(stack: DeployedStack, athlete: Athlete) -> dict[tuple[str, str], tuple[str, str | None]]:
    """As `stadion user messages` sees it."""
    path = f"/v1/admin/notifications/users/{athlete.user_id}/deliveries"
    told = call(Target(stack.aws, stack.outputs), "GET", path)
    return {(one["request_id"], one["channel"]): (one["state"], one["reason"]) for one in told["items"]}


def ended(stack: DeployedStack, athlete: Athlete, request_id: str, channel: str) -> tuple[str, str | None] | None:
    found = log_of(stack, athlete).get((request_id, channel))
    return found if found is not None and found[0] not in {"queued", "sending"} else None


def test_an_offer_rings_once_by_each_channel_and_its_mail_has_a_way_out(stack: DeployedStack, mia: Athlete) -> None:
    for _ in range(2):
        offer(stack, mia, "o-1")
    for channel in ("push", "email"):
        assert eventually(lambda channel=channel: ended(stack, mia, "o-1", channel)) == ("sent", None)  # type: ignore[misc]
    offers = [mail for mail in mails_to(stack.aws, mia.email) if "RUN-7F3K" in mail["BodyText"]]
    assert len(offers) == 1
    assert "Новые кроссовки" in offers[0]["Subject"]
    link = LINK.search(offers[0]["BodyText"])
    assert link, offers[0]["BodyText"]
    page = httpx.get(link[0], timeout=WAIT_S)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert httpx.post(link[0], data={"List-Unsubscribe": "One-Click"}, timeout=WAIT_S).status_code == 200
    assert mia.get("/v1/notifications/preferences")["channels"]["marketing"]["email"] is False
    offer(stack, mia, "o-2")
    assert eventually(lambda: ended(stack, mia, "o-2", "email")) == ("suppressed", "opted_out")
    assert eventually(lambda: ended(stack, mia, "o-2", "push")) == ("suppressed", "capped")


def test_a_night_is_waited_for_and_a_withdrawn_consent_is_heeded(stack: DeployedStack, mia: Athlete) -> None:
    minute = (datetime.now(UTC) + timedelta(hours=3)).strftime("%H:%M")  # Moscow's clock
    until = (datetime.now(UTC) + timedelta(hours=5)).strftime("%H:%M")
    start = (datetime.now(UTC) + timedelta(hours=2)).strftime("%H:%M")
    mia.call("PATCH", "/v1/notifications/preferences", {"quiet_hours": {"start": start, "end": until}}, if_match="*")
    offer(stack, mia, f"night-{minute}")
    asleep = ("deferred", "quiet_hours")
    assert eventually(lambda: ended(stack, mia, f"night-{minute}", "push")) == asleep
    mia.call("PATCH", "/v1/notifications/preferences", {"quiet_hours": None}, if_match="*")
    mia.call("PUT", "/v1/me/consents/marketing_push", {"granted": False, "text_version": "2026-10"})
    assert log_of(stack, mia)[f"night-{minute}", "push"] == asleep


def test_the_function_that_wakes_deliveries_runs_on_the_stack(stack: DeployedStack) -> None:
    client: Any = stack.aws.client("lambda")
    answer = client.invoke(FunctionName="stadion-notifications-dispatch-send-due", Payload=b"{}")
    assert json.loads(answer["Payload"].read())["due"] >= 0
