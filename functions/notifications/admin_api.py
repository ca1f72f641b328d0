"""Admins' routes of messages: /v1/admin/notifications, for `stadion user messages`."""

from notifications.deliveries import store
from notifications.deliveries.schemas import DeliveryResponse
from stadion.errors import InvalidCursorError
from stadion.http import AdminRoutes, Api, Cursor, Limit, lambda_handler, listed
from stadion.pagination import DEFAULT_LIMIT, ListResponse

api = Api()
admin = AdminRoutes()
handler = lambda_handler(api)


@admin.get(
    "/v1/admin/notifications/users/<user_id>/deliveries",
    summary="What was sent, and why not",
    tags=["Admin"],
    raises=(InvalidCursorError,),
)
def list_deliveries(
    user_id: str,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ListResponse[DeliveryResponse]:
    return listed(store.delivery_log(user_id, limit=limit, cursor=cursor), DeliveryResponse.of)


api.include_router(admin)
