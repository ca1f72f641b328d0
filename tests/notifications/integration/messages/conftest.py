"""Fixtures of this folder."""

import pytest

from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.services import Service, sqs_event
from tests.notifications.integration.messages.world import NOON, PUT, consent


@pytest.fixture
def now(standing_clock: Clock) -> Clock:
    standing_clock.set(NOON)
    return standing_clock


@pytest.fixture
def anna(notifications: Service, now: Clock) -> Service:
    """With an address, a phone and every consent."""
    contact = {"revision": 1, "email": "anna@example.org", "phone": "+79161234567"}
    known = [
        entry("UserRegistered", {"language": "en", "time_zone": "UTC"}, source="accounts"),
        entry("ContactChanged", contact, source="accounts"),
        *[consent(kind) for kind in ("marketing_push", "marketing_email", "marketing_sms")],
    ]
    notifications.invoke("on_account_events", sqs_event(*known))
    assert notifications.call("PUT", PUT, {"platform": "ios", "token": "0123456789abcdef"}).status == 200
    return notifications
