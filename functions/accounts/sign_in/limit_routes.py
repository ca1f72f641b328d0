"""Admins' routes to a limit of one athlete: /v1/admin/accounts/users/<username>/limit, for `stadion user brake`."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from accounts.errors import UserNotFoundError
from accounts.sign_in import identity
from stadion import audit, clock, standing
from stadion.change import Change
from stadion.errors import RequestInProgressError
from stadion.http import AdminRoutes, no_content
from stadion.retry import retry_on_conflict
from stadion.schemas import RequestsPerMinute

admin = AdminRoutes()
PATH = "/v1/admin/accounts/users/<username>/limit"
RAISES = (UserNotFoundError, RequestInProgressError)


@admin.put(PATH, summary="Brake a user", tags=["Admin"], raises=RAISES)
def brake_user(username: str, body: Annotated[RequestsPerMinute, Body()]) -> RequestsPerMinute:
    """Instead of everybody's 600 requests a minute; at once, and until it is lifted."""
    _brake(username, body.most_per_minute)
    return body


@admin.delete(PATH, status_code=204, summary="Lift the brake of a user", tags=["Admin"], raises=RAISES)
def lift_brake_of_user(username: str) -> Response[None]:
    _brake(username, None)
    return no_content()


def _brake(username: str, most_per_minute: int | None) -> None:
    user_id = identity.find(username).user_id
    audit.concerns(user_id)

    def once() -> None:
        with Change(None, clock.now()) as change:
            standing.brake(user_id, most_per_minute, change=change)

    retry_on_conflict(once)
