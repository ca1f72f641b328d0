"""The inbox through the Lambda handlers."""

from typing import Any

from tests.kit.events import entry
from tests.kit.services import OTHER, Service, sqs_event


def requested(request_id: str = "r-1", template: str = "gear_wear", **values: Any) -> dict[str, Any]:
    told = {"name": "Kiprun KD900", "percent": 80, "used": 561, "limit": 700, "unit": "km", **values}
    data = {"request_id": request_id, "template": template, "values": told, "about": {"gear_id": "g-1"}}
    return entry("NotificationRequested", data, source="inventory")


def deliver(notifications: Service, *entries: dict[str, Any]) -> Any:
    return notifications.invoke("on_notification_requests", sqs_event(*entries))


def inbox(notifications: Service, **query: str) -> Any:
    return notifications.call("GET", "/v1/notifications", query=query).body


def test_a_request_is_one_message_however_often_it_comes(notifications: Service) -> None:
    deliver(notifications, requested(), requested())
    deliver(notifications, requested())
    shown = inbox(notifications)
    assert [note["title"] for note in shown["items"]] == ["Kiprun KD900: 80 % worn"]
    assert shown["unread_count"] == 1
    assert len(notifications.published("NotificationDelivered")) == 1


def test_messages_are_in_the_athletes_language_even_when_it_is_told_later(notifications: Service) -> None:
    deliver(notifications, requested())
    known = entry("UserRegistered", {"language": "ru", "time_zone": "Europe/Moscow"}, source="accounts")
    notifications.invoke("on_account_events", sqs_event(known))
    assert inbox(notifications)["items"][0]["title"] == "Kiprun KD900: износ 80 %"
    newer = {"revision": 4, "language": "en", "time_zone": "Europe/Moscow"}
    older = {"revision": 3, "language": "ru", "time_zone": "Europe/Moscow"}
    notifications.invoke("on_account_events", sqs_event(entry("ProfileUpdated", newer, source="accounts")))
    notifications.invoke("on_account_events", sqs_event(entry("ProfileUpdated", older, source="accounts")))
    assert inbox(notifications)["items"][0]["title"] == "Kiprun KD900: 80 % worn"


def test_reading_lowers_the_count_once(notifications: Service) -> None:
    deliver(notifications, requested("r-1"), requested("r-2"), requested("r-3"))
    first = inbox(notifications)["items"][0]["notification_id"]
    for _ in range(2):
        assert notifications.call("POST", f"/v1/notifications/{first}/read").status == 204
    assert inbox(notifications)["unread_count"] == 2
    assert len(inbox(notifications, unread="true")["items"]) == 2
    assert notifications.call("POST", "/v1/notifications/read").status == 204
    assert notifications.call("GET", "/v1/notifications/unread-count").body == {"unread_count": 0}


def test_another_athletes_message_cannot_be_read(notifications: Service) -> None:
    deliver(notifications, requested())
    note = inbox(notifications)["items"][0]["notification_id"]
    answer = notifications.call("POST", f"/v1/notifications/{note}/read", user=OTHER)
    assert (answer.status, answer.body["code"]) == (404, "notification_not_found")
    assert notifications.call("GET", "/v1/notifications", user=OTHER).body["items"] == []


def test_an_unknown_template_goes_back_to_the_queue_and_the_rest_is_delivered(notifications: Service) -> None:
    failed = deliver(notifications, requested("r-1", template="no_such"), requested("r-2"))
    assert len(failed["batchItemFailures"]) == 1
    assert inbox(notifications)["unread_count"] == 1


def test_a_record_is_told_with_its_time(notifications: Service) -> None:
    deliver(notifications, requested(template="personal_records", name="5k", elapsed_time_s=3725.4, count=3))
    assert inbox(notifications)["items"][0]["title"] == "3 new records, 5k in 1:02:05"


def test_messages_that_went_by_their_age_are_not_counted_for_ever(notifications: Service) -> None:
    deliver(notifications, requested("r-1"), requested("r-2"))
    import boto3

    aged = next(item for item in notifications.items() if item.get("kind", {}).get("S") == "unread")
    key = {"pk": aged["pk"], "sk": aged["sk"]}
    boto3.client("dynamodb").delete_item(TableName=notifications.table, Key=key)  # as TTL does
    assert inbox(notifications)["unread_count"] == 2
    assert notifications.call("POST", "/v1/notifications/read").status == 204
    assert inbox(notifications)["unread_count"] == 0
