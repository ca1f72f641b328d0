"""What others get of the routes of notifications: `tests/platform/e2e/test_other_peoples_things.py` tries each."""

from typing import Final

from tests.kit.route_cases import Case, ForAdmins, Own, Theirs

PUBLIC: Final = (
    "GET /v1/unsubscribe",
    "POST /v1/unsubscribe",
)
CASES: Final[dict[str, Case]] = {
    "GET /v1/notifications": Own(),
    "GET /v1/notifications/unread-count": Own(),
    "POST /v1/notifications/read": Own(),
    "POST /v1/notifications/<notification_id>/read": Theirs(),
    "GET /v1/notifications/preferences": Own(),
    "PATCH /v1/notifications/preferences": Own({"rhythm": {"gear": "weekly"}}),
    "GET /v1/notifications/devices": Own(),
    "PUT /v1/notifications/devices/<push_device_id>": Own({"platform": "ios", "token": "abcdef0123456789"}),
    "DELETE /v1/notifications/devices/<push_device_id>": Own(),
    "GET /v1/admin/notifications/users/<user_id>/deliveries": ForAdmins(),
}
