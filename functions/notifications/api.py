"""HTTP entry point of messages: /v1/notifications and /v1/unsubscribe."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query

from notifications import links, pages
from notifications.devices import service as device_service
from notifications.devices import store as device_store
from notifications.devices.schemas import DevicePut, DeviceResponse
from notifications.errors import (
    AlwaysOnError,
    DeviceTokenError,
    LinkInvalidError,
    NoDigestError,
    NotificationNotFoundError,
    PushNotSetUpError,
    TooManyDevicesError,
)
from notifications.inbox import store as inbox_store
from notifications.inbox.schemas import InboxResponse, NotificationResponse, UnreadCount
from notifications.recipients import service as preferences_service
from notifications.recipients import store as recipient_store
from notifications.recipients.domain import Preferences
from notifications.recipients.schemas import PreferencesPatch, PreferencesResponse
from stadion import clock
from stadion.contract import EDIT, NotModifiedError, file_response
from stadion.errors import FieldRequiredError, InvalidCursorError, RequestInProgressError, StaleVersionError
from stadion.html import page
from stadion.http import Api, Cursor, Limit, lambda_handler, no_content
from stadion.pagination import DEFAULT_LIMIT, ListResponse
from stadion.retry import retry_on_conflict
from stadion.units import KnownReader

api = Api(reader_of=recipient_store.reader_of)
handler = lambda_handler(api)

LinkToken = Annotated[str, Query(max_length=links.MAX_CHARACTERS, description="from the link, as it is")]
PushDeviceId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["anna-s-phone"], description="chosen by the app")
]


@api.get(
    "/v1/notifications", summary="Show the inbox, newest first", tags=["Notifications"], raises=(InvalidCursorError,)
)
def list_notifications(
    unread: Annotated[bool, Query()] = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> InboxResponse:
    user_id = api.user_id
    recipient, unread_count = recipient_store.recipient_and_unread(user_id)
    page = inbox_store.page(user_id, unread_only=unread, limit=limit, cursor=cursor)
    api.reader.is_known(recipient.reader)
    reader = KnownReader(recipient.language or api.language, recipient.units)
    items = [NotificationResponse.of(notification, reader) for notification in page.items]
    return InboxResponse(items=items, next_cursor=page.next_cursor, unread_count=unread_count)


@api.get("/v1/notifications/unread-count", summary="How many are unread", tags=["Notifications"])
def get_unread_count() -> UnreadCount:
    return UnreadCount(unread_count=inbox_store.unread(api.user_id))


@api.post(
    "/v1/notifications/read",
    status_code=204,
    summary="Mark all as read",
    tags=["Notifications"],
    raises=(RequestInProgressError,),
)
def read_all_notifications() -> Response[None]:
    user_id = api.user_id
    retry_on_conflict(lambda: inbox_store.mark_all_read(user_id, clock.now()))
    return no_content()


@api.post(
    "/v1/notifications/<notification_id>/read",
    status_code=204,
    summary="Mark as read",
    tags=["Notifications"],
    raises=(NotificationNotFoundError, RequestInProgressError),
)
def read_notification(notification_id: str) -> Response[None]:
    user_id = api.user_id
    retry_on_conflict(lambda: inbox_store.mark_read(user_id, notification_id, clock.now()))
    return no_content()


# --- preferences and devices ----------------------------------------------------------------------------------------


@api.get(
    "/v1/notifications/preferences",
    summary="Show what comes, how and when",
    tags=["Notifications"],
    raises=(NotModifiedError,),
    headers=("ETag",),
)
def get_preferences() -> Response[PreferencesResponse]:
    return _preferences(recipient_store.preferences(api.user_id))


@api.patch(
    "/v1/notifications/preferences",
    summary="Change it (merge patch)",
    tags=["Notifications"],
    raises=(AlwaysOnError, NoDigestError, FieldRequiredError, *EDIT),
    headers=("ETag",),
)
def change_preferences(body: Annotated[PreferencesPatch, Body()]) -> Response[PreferencesResponse]:
    def change() -> Preferences:
        known = recipient_store.preferences(api.user_id)
        api.if_match(known.revision)
        return preferences_service.change(api.user_id, known, body.changes(), clock.now())

    return _preferences(api.edit(change))


@api.get("/v1/notifications/devices", summary="List the devices that pushes ring on", tags=["Notifications"])
def list_devices() -> ListResponse[DeviceResponse]:
    devices = device_store.devices(api.user_id)
    return ListResponse[DeviceResponse](items=[DeviceResponse.of(device) for device in devices])


@api.put(
    "/v1/notifications/devices/<push_device_id>",
    summary="Register a push token",
    tags=["Notifications"],
    raises=(DeviceTokenError, PushNotSetUpError, TooManyDevicesError, RequestInProgressError),
)
def put_device(push_device_id: PushDeviceId, body: Annotated[DevicePut, Body()]) -> DeviceResponse:
    """At each start of the app, with the token of that moment."""
    device = device_service.register(api.user_id, push_device_id, body.platform, body.token, clock.now())
    return DeviceResponse.of(device)


@api.delete(
    "/v1/notifications/devices/<push_device_id>",
    status_code=204,
    summary="Forget a device",
    tags=["Notifications"],
    raises=(RequestInProgressError,),
)
def delete_device(push_device_id: PushDeviceId) -> Response[None]:
    device_service.forget(api.user_id, push_device_id, clock.now())
    return no_content()


# --- without signing in ---------------------------------------------------------------------------------------------


@api.get(
    "/v1/unsubscribe",
    summary="The page behind the link in a mail",
    tags=["Notifications"],
    responses=file_response("text/html"),
    raises=(LinkInvalidError,),
)
def show_unsubscribe(token: LinkToken) -> Response[str]:
    """It only asks: programs that look at links before people do must not unsubscribe anybody."""
    asked = links.unsubscription(token)
    return page(pages.question(asked, api.language), img_src="data:")


@api.post(
    "/v1/unsubscribe",
    summary="Unsubscribe, in one click (RFC 8058)",
    tags=["Notifications"],
    responses=file_response("text/html"),
    raises=(LinkInvalidError, AlwaysOnError, RequestInProgressError, StaleVersionError),
)
def unsubscribe(token: LinkToken) -> Response[str]:
    asked = links.unsubscription(token)
    preferences_service.unsubscribe(asked, clock.now())
    return page(pages.done(asked, api.language), img_src="data:")


def _preferences(known: Preferences) -> Response[PreferencesResponse]:
    return api.versioned(PreferencesResponse.of(known), known.revision)
