"""Bounces, and devices that change hands or are gone."""

import json
from datetime import timedelta
from typing import Any

import boto3

from notifications.deliveries import store as delivery_store
from notifications.devices import service as device_service
from notifications.devices import store as device_store
from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event
from tests.notifications.integration.messages.world import PUT, ask, deliver, offered, requested, states


def test_a_bounce_ends_the_mails_and_a_late_receipt_changes_nothing(anna: Service) -> None:
    ask(anna, offered())
    deliver(anna)
    (delivery,) = [
        one for one in delivery_store.delivery_log(ATHLETE, limit=9, cursor=None).items if one.channel == "email"
    ]
    for fate in ("Delivery", "Bounce", "Delivery"):
        receive(anna, {"eventType": fate, "bounce": {"bounceType": "Permanent"}}, delivery.provider_ids[0])
    assert states()["o-1", "email"] == ("failed", "bounced")
    ask(anna, requested("w-1", "welcome", values={}))
    deliver(anna)
    assert states()["w-1", "email"] == ("suppressed", "address_refuses")
    contact = {"revision": 2, "email": "anna@example.com", "phone": None}
    anna.invoke("on_account_events", sqs_event(entry("ContactChanged", contact, source="accounts")))
    ask(anna, requested("w-2", "welcome", values={}))
    deliver(anna)
    assert states()["w-2", "email"] == ("sent", None)


def receive(service: Service, event: dict[str, Any], message_id: str) -> None:
    told = json.dumps({**event, "mail": {"messageId": message_id}})
    assert said(service, told) == {"batchItemFailures": []}


def said(service: Service, message: str) -> Any:
    record = sqs_event({"source": "", "detail_type": "", "detail": {}})["Records"][0]
    body = {"Type": "Notification", "Message": message}
    return service.invoke("on_mail_events", {"Records": [{**record, "body": json.dumps(body)}]})


def test_the_notice_that_ses_sends_first_is_no_dead_letter(anna: Service) -> None:
    assert said(anna, "Successfully validated SNS topic for Amazon SES event publishing.") == {"batchItemFailures": []}


def test_any_other_text_is_one(anna: Service) -> None:
    assert len(said(anna, "Something that SES never said.")["batchItemFailures"]) == 1


def test_a_phone_that_changed_hands_rings_for_its_new_owner_only(anna: Service) -> None:
    body = {"platform": "ios", "token": "0123456789abcdef"}
    assert anna.call("PUT", PUT, body, user=OTHER).status == 200
    assert anna.call("GET", "/v1/notifications/devices").body["items"] == []
    assert len(anna.call("GET", "/v1/notifications/devices", user=OTHER).body["items"]) == 1
    assert anna.call("DELETE", PUT, user=OTHER).status == 204
    assert anna.call("GET", "/v1/notifications/devices", user=OTHER).body["items"] == []


def test_a_device_that_is_gone_is_forgotten(anna: Service) -> None:
    (device,) = device_store.devices(ATHLETE)
    boto3.client("sns").set_endpoint_attributes(EndpointArn=device.endpoint, Attributes={"Enabled": "false"})
    ask(anna, requested())
    deliver(anna)
    assert states()["r-1", "push"] == ("failed", "no_device_left")
    assert device_store.devices(ATHLETE) == []
    assert endpoints() == []


def endpoints() -> list[str]:
    sns = boto3.client("sns")
    [application] = sns.list_platform_applications()["PlatformApplications"]
    arn = application["PlatformApplicationArn"]
    return [
        one["EndpointArn"]
        for one in sns.list_endpoints_by_platform_application(PlatformApplicationArn=arn)["Endpoints"]
    ]


def test_a_phone_whose_endpoint_sns_disabled_registers_again(anna: Service) -> None:
    """SNS says then that the token has an endpoint, with other attributes."""
    [endpoint] = endpoints()
    sns = boto3.client("sns")
    sns.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "false"})

    answer = anna.call("PUT", PUT, {"platform": "ios", "token": "0123456789abcdef"})

    assert answer.status == 200
    assert sns.get_endpoint_attributes(EndpointArn=endpoint)["Attributes"]["Enabled"] == "true"
    ask(anna, requested())
    deliver(anna)
    assert states()["r-1", "push"] == ("sent", None)


def test_a_device_that_was_registered_after_the_message_left_stays(anna: Service, now: Clock) -> None:
    [device] = device_store.devices(ATHLETE)
    before = now.moment - timedelta(seconds=1)

    device_service.forget_endpoint(ATHLETE, device.endpoint, before)

    assert len(device_store.devices(ATHLETE)) == len(endpoints()) == 1
