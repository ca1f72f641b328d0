"""What notifications do with a consent: `tests/platform/integration/test_withdrawals.py`."""

from collections.abc import Callable
from typing import Any, Final

from stadion.events.accounts import ConsentKind
from tests.kit.events import entry
from tests.kit.services import Service, sqs_event
from tests.kit.withdrawals import Withdrawal

HEARS: Final = "recipients/on_account_events"
CHANNELS: Final = {
    ConsentKind.MARKETING_PUSH: "push",
    ConsentKind.MARKETING_EMAIL: "email",
    ConsentKind.MARKETING_SMS: "sms",
}


def _reachable(notifications: Service) -> None:
    """By every channel, at any hour, and without a limit a day."""
    from tests.notifications.integration.messages.world import PUT

    contact = {"revision": 1, "email": "anna@example.org", "phone": "+79161234567", "phone_verified": True}
    known = [
        entry("UserRegistered", {"language": "en", "time_zone": "UTC"}, source="accounts"),
        entry("ContactChanged", contact, source="accounts"),
    ]
    assert notifications.invoke(HEARS, sqs_event(*known)) == {"batchItemFailures": []}
    notifications.call("PUT", PUT, {"platform": "ios", "token": "0123456789abcdef"})


def _sends(kind: ConsentKind) -> Callable[[Service], bool]:
    """An offer that was planned before; nothing but consent is in its way, or the answer is that it was sent."""

    def is_done(notifications: Service) -> bool:
        from tests.notifications.integration.messages import world

        asked = len(world.states())
        request_id = f"o-{asked}"
        world.ask(notifications, world.offered(request_id, channels=[CHANNELS[kind]]))
        world.deliver(notifications)
        state, reason = world.states()[request_id, CHANNELS[kind]]
        return (state, reason) != ("suppressed", "no_consent")

    return is_done


def _shows(notifications: Service) -> bool:
    """In the inbox, by the word for any channel."""
    from tests.notifications.integration.messages import world

    items: list[dict[str, Any]] = notifications.call("GET", "/v1/notifications").body["items"]
    world.ask(notifications, world.offered(f"i-{len(items)}-{len(notifications.items())}"))
    return len(notifications.call("GET", "/v1/notifications").body["items"]) > len(items)


WITHDRAWALS: Final = (
    *(Withdrawal(kind, HEARS, "sends an offer", _sends(kind), _reachable) for kind in CHANNELS),
    *(Withdrawal(kind, HEARS, "puts an offer into the inbox", _shows, _reachable) for kind in CHANNELS),
)
