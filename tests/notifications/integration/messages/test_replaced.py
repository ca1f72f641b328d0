"""A message that takes the place of others takes it wherever they still wait."""

from datetime import datetime

from tests.kit.clock import Clock
from tests.kit.services import Service
from tests.notifications.integration.messages.world import NIGHT, ask, choose, deliver, pushes, requested, states, wake

MORNING = datetime.fromisoformat("2026-11-22T08:00:00+00:00")


def used(number: int) -> dict[str, object]:
    return {"name": "Kiprun KD900", "percent": 80, "used": number, "limit": 700, "unit": "km"}


def test_what_waits_for_the_morning_says_what_the_inbox_says(anna: Service, now: Clock) -> None:
    choose(anna, quiet_hours={"start": "21:00", "end": "07:30"})
    now.set(NIGHT)
    ask(anna, requested("r-1", values=used(561)))
    deliver(anna)
    ask(anna, requested("r-2", values=used(600), replaces=["r-1"], channels=["inbox"]))
    ask(anna, requested("r-3", values=used(650), replaces=["r-1", "r-2"], channels=["inbox"]))
    now.set(MORNING)
    wake(anna)
    deliver(anna)
    [pushed] = pushes()
    assert "650 of" in str(pushed)
    [note] = anna.call("GET", "/v1/notifications").body["items"]
    assert note["notification_id"] in str(pushed)
    assert {request: state for (request, channel), state in states().items() if channel == "push"} == {
        "r-1": ("suppressed", "replaced"),
        "r-2": ("suppressed", "replaced"),
        "r-3": ("sent", None),
    }
    ask(anna, requested("r-1", values=used(561)), requested("r-2", values=used(600)))
    deliver(anna)
    assert len(pushes()) == 1


def test_what_has_rung_rings_for_no_later_one(anna: Service, now: Clock) -> None:
    ask(anna, requested("r-1"))
    deliver(anna)
    ask(anna, requested("r-2", replaces=["r-1"], channels=["inbox"]))
    deliver(anna)
    assert len(pushes()) == 1
    assert states() == {("r-1", "push"): ("sent", None)}


def test_who_has_no_device_is_told_by_the_inbox(notifications: Service, now: Clock) -> None:
    for request in (requested("r-1"), requested("r-2", replaces=["r-1"], channels=["inbox"])):
        ask(notifications, request)
    assert len(notifications.call("GET", "/v1/notifications").body["items"]) == 1
