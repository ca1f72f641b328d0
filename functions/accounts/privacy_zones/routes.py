"""Privacy zones over HTTP. All of them are the caller's own."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from accounts.errors import TooManyZonesError
from accounts.privacy_zones import service
from accounts.privacy_zones.schemas import PrivacyZonePut, PrivacyZoneResponse, ZoneId
from stadion import clock
from stadion.errors import RequestInProgressError
from stadion.http import Routes, no_content
from stadion.pagination import ListResponse

router = Routes()
TAGS = ["Profile"]


@router.get("/v1/me/privacy-zones", summary="List the privacy zones", tags=TAGS)
def list_privacy_zones() -> ListResponse[PrivacyZoneResponse]:
    zones = service.zones(router.user_id)
    return ListResponse[PrivacyZoneResponse](items=[PrivacyZoneResponse.of(zone) for zone in zones])


@router.put(
    "/v1/me/privacy-zones/<zone_id>",
    summary="Set a privacy zone",
    tags=TAGS,
    raises=(TooManyZonesError, RequestInProgressError),
)
def put_privacy_zone(zone_id: ZoneId, body: Annotated[PrivacyZonePut, Body()]) -> PrivacyZoneResponse:
    """Inside, nobody else sees anything: around a centre that is moved by 0.5 to 0.8 of the radius."""
    zone = body.zone(zone_id)
    service.put(router.user_id, zone, clock.now())
    return PrivacyZoneResponse.of(zone)


@router.delete(
    "/v1/me/privacy-zones/<zone_id>",
    status_code=204,
    summary="Remove a privacy zone",
    tags=TAGS,
    raises=(RequestInProgressError,),
)
def delete_privacy_zone(zone_id: ZoneId) -> Response[None]:
    service.remove(router.user_id, zone_id, clock.now())
    return no_content()
