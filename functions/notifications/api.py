"""HTTP entry point of the inbox: /v1/notifications."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from notifications import store
from notifications.domain import Notification
from notifications.schemas import InboxResponse, NotificationResponse, UnreadCount
from notifications.templates import words
from stadion import clock
from stadion.dynamo import look_again
from stadion.http import Api, lambda_handler
from stadion.i18n import Language
from stadion.pagination import DEFAULT_LIMIT, MAX_LIMIT

api = Api()
handler = lambda_handler(api)


@api.get("/v1/notifications", summary="Show the inbox, newest first", tags=["Notifications"])
def list_notifications(
    unread: Annotated[bool, Query()] = False,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
) -> InboxResponse:
    user_id = api.user_id
    recipient, unread_count = store.recipient_and_unread(user_id)
    page = store.page(user_id, unread_only=unread, limit=limit, cursor=cursor)
    items = [_worded(notification, recipient.language or api.language) for notification in page.items]
    return InboxResponse(items=items, next_cursor=page.next_cursor, unread_count=unread_count)


@api.get("/v1/notifications/unread-count", summary="How many are unread", tags=["Notifications"])
def get_unread_count() -> UnreadCount:
    return UnreadCount(unread_count=store.unread(api.user_id))


@api.post("/v1/notifications/read", status_code=204, summary="Mark all as read", tags=["Notifications"])
def read_all_notifications() -> Response[None]:
    user_id = api.user_id
    look_again(lambda: store.mark_all_read(user_id, clock.now()))
    return Response(status_code=204)


@api.post("/v1/notifications/<notification_id>/read", status_code=204, summary="Mark as read", tags=["Notifications"])
def read_notification(notification_id: str) -> Response[None]:
    user_id = api.user_id
    look_again(lambda: store.mark_read(user_id, notification_id, clock.now()))
    return Response(status_code=204)


def _worded(notification: Notification, language: Language) -> NotificationResponse:
    title, body = words(notification.template, notification.values, language)
    return NotificationResponse(
        **notification.model_dump(include={"notification_id", "template", "about", "created_at", "read_at"}),
        title=title,
        body=body,
    )
