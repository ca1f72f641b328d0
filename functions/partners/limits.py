"""Admins' routes to a limit of one partner: /v1/admin/partners/<partner_id>/limit, for `stadion partner brake`."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from partners import store
from partners.errors import PartnerNotFoundError
from stadion import clock, partner_standing
from stadion.change import Change
from stadion.errors import RequestInProgressError
from stadion.http import AdminRoutes, no_content
from stadion.schemas import RequestsPerMinute

admin = AdminRoutes()
PATH = "/v1/admin/partners/<partner_id>/limit"
RAISES = (PartnerNotFoundError, RequestInProgressError)


@admin.put(PATH, summary="Brake a partner", tags=["Partners"], raises=RAISES)
def brake_partner(partner_id: str, body: Annotated[RequestsPerMinute, Body()]) -> RequestsPerMinute:
    """Instead of what its plan allows one key; over all its keys, at once, and until it is lifted."""
    _brake(partner_id, body.most_per_minute)
    return body


@admin.delete(PATH, status_code=204, summary="Lift the brake of a partner", tags=["Partners"], raises=RAISES)
def lift_brake_of_partner(partner_id: str) -> Response[None]:
    _brake(partner_id, None)
    return no_content()


def _brake(partner_id: str, most_per_minute: int | None) -> None:
    partner = store.get(partner_id)
    with Change(None, clock.now()) as change:
        partner_standing.brake(partner.partner_id, most_per_minute, change=change)
