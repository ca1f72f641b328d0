"""Messages by the channels that ring, through the Lambda handlers."""

import json
from datetime import datetime
from typing import Any

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from notifications.deliveries import store as delivery_store
from tests.kit.events import entry
from tests.kit.services import ATHLETE, Service, sqs_event

NOON = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
NIGHT = datetime.fromisoformat("2026-11-21T21:30:00+00:00")
OFFER = {
    "title": {"en": "Time for new shoes", "ru": "Пора сменить кроссовки"},
    "text": {"en": "20 % off.", "ru": "Скидка."},
}
KINDS = ("push", "email", "sms")
PUT = "/v1/notifications/devices/phone"


def choose(service: Service, **patch: Any) -> None:
    assert service.call("PATCH", "/v1/notifications/preferences", patch, **{"if-match": "*"}).status == 200


def consent(kind: str, *, granted: bool = True, revision: int = 1) -> dict[str, Any]:
    fields = {"kind": kind, "granted": granted, "revision": revision, "text_version": "1"}
    return entry("ConsentChanged", {**fields, "changed_at": "2026-11-21T06:00:00Z"}, source="accounts")


def requested(request_id: str = "r-1", template: str = "gear_wear", **fields: Any) -> dict[str, Any]:
    values = {"name": "Kiprun KD900", "percent": 80, "used": 561, "limit": 700, "unit": "km"}
    data = {"request_id": request_id, "template": template, "values": values, "about": {"gear_id": "g-1"}, **fields}
    return entry("NotificationRequested", data, source="inventory")


def offered(request_id: str = "o-1", **fields: Any) -> dict[str, Any]:
    told = {"values": {**OFFER, "code": "RUN-7F3K"}, "campaign_id": "c-1", **fields}
    return requested(request_id, "promo_offer", **told)


def ask(service: Service, *entries: dict[str, Any]) -> None:
    assert service.invoke("on_notification_requests", sqs_event(*entries)) == {"batchItemFailures": []}


def work_of(service: Service) -> list[dict[str, Any]]:
    """Takes what waits in the queue."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="deliveries")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=600).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    record = sqs_event({"source": "", "detail_type": "", "detail": {}})["Records"][0]
    return [{**record, "body": message["Body"], "messageId": message["MessageId"]} for message in found]


def deliver(service: Service) -> list[dict[str, Any]]:
    """The failures."""
    records = work_of(service)
    if not records:
        return []
    answer = service.invoke("on_deliveries", {"Records": records})
    return list(answer["batchItemFailures"])


def wake(service: Service) -> int:
    return int(service.invoke("send_due", {})["due"])


def pushes() -> list[dict[str, Any]]:
    backend = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
    found = []
    for endpoint in backend.platform_endpoints.values():
        found += [json.loads(message) for message in endpoint.messages.values()]
    return found


def mails() -> list[Any]:
    return list(ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages)


def states(user: str = ATHLETE) -> dict[tuple[str, str], tuple[str, str | None]]:
    page = delivery_store.delivery_log(user, limit=100, cursor=None)
    return {(one.message.request_id, one.channel.value): (one.state.value, one.reason) for one in page.items}


def note_id(service: Service) -> str:
    return str(service.call("GET", "/v1/notifications").body["items"][0]["notification_id"])
