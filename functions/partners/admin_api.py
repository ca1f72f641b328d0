"""Admins' routes of partners: /v1/admin/partners, for `stadion partner` and `stadion product`."""

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from partners import limits, service, store
from partners.catalogue import import_files, import_service, import_store
from partners.catalogue.errors import ImportNotFoundError
from partners.catalogue.schemas import ImportResponse, NewImport
from partners.domain import Credentials, Partner
from partners.errors import PartnerIdTakenError, PartnerNotFoundError, PlanNotFoundError, RotationOpenError
from partners.schemas import CredentialRotation, NewCredentials, NewPartner, PartnerPatch, PartnerResponse
from partners.settings import PartnerSettings
from partners.webhooks import service as webhook_service
from partners.webhooks import store as webhook_store
from partners.webhooks.errors import EndpointNotFoundError, TooManyEndpointsError, UrlRefusedError
from partners.webhooks.schemas import EndpointResponse, NewEndpoint, NewEndpointSecret, WebhookResponse
from stadion import clock
from stadion.contract import EDIT
from stadion.errors import FieldRequiredError, InvalidCursorError, RequestInProgressError
from stadion.http import AdminRoutes, Api, Cursor, Limit, lambda_handler, listed, no_content, tagged
from stadion.pagination import DEFAULT_LIMIT, ListResponse
from stadion.partner_rights import AbilityMissingError, PartnerDisabledError
from stadion.settings import load

api = Api()
admin = AdminRoutes()
handler = lambda_handler(api)


@admin.post(
    "/v1/admin/partners",
    status_code=201,
    summary="Make a partner",
    tags=["Partners"],
    raises=(PartnerIdTakenError, PartnerNotFoundError, PlanNotFoundError, RequestInProgressError),
)
def create_partner(body: Annotated[NewPartner, Body()]) -> NewCredentials:
    """Its first API key and signing secret are in the answer and nowhere else. API Gateway may answer 403 to a new key
    for up to a minute."""
    now = clock.now()
    return _shown_once(service.create(body.partner(now), by=admin.signer, now=now))


@admin.get("/v1/admin/partners", summary="List the partners", tags=["Partners"], raises=(InvalidCursorError,))
def list_partners(
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ListResponse[PartnerResponse]:
    return listed(store.page(limit=limit, cursor=cursor), PartnerResponse.of)


@admin.get(
    "/v1/admin/partners/<partner_id>",
    summary="Show a partner",
    tags=["Partners"],
    raises=(PartnerNotFoundError,),
    headers=("ETag",),
)
def get_partner(partner_id: str) -> Response[PartnerResponse]:
    partner = store.get(partner_id)
    return tagged(PartnerResponse.of(partner), partner.revision)


@admin.patch(
    "/v1/admin/partners/<partner_id>",
    summary="Change a partner (merge patch)",
    tags=["Partners"],
    raises=(FieldRequiredError, PartnerNotFoundError, *EDIT),
    headers=("ETag",),
)
def change_partner(partner_id: str, body: Annotated[PartnerPatch, Body()]) -> Response[PartnerResponse]:
    """Its name, its abilities, the hosts of its links, from the partner's next request on: each list as a whole."""
    changed = admin.edit(lambda: service.change(_edited(partner_id), body.changes(), by=admin.signer, now=clock.now()))
    return tagged(PartnerResponse.of(changed), changed.revision)


@admin.post(
    "/v1/admin/partners/<partner_id>/keys",
    status_code=201,
    summary="Rotate the key",
    tags=["Partners"],
    raises=(PartnerNotFoundError, PlanNotFoundError, RotationOpenError, RequestInProgressError),
)
def rotate_key(partner_id: str, body: Annotated[CredentialRotation, Body()]) -> NewCredentials:
    """The old key opens for the grace as well."""
    grace = timedelta(hours=body.grace_hours)
    return _shown_once(service.rotate_key(partner_id, grace, by=admin.signer, now=clock.now()))


@admin.post(
    "/v1/admin/partners/<partner_id>/secrets",
    status_code=201,
    summary="Rotate the secret",
    tags=["Partners"],
    raises=(PartnerNotFoundError, RotationOpenError, RequestInProgressError),
)
def rotate_secret(partner_id: str, body: Annotated[CredentialRotation, Body()]) -> NewCredentials:
    """Messages signed with the old secret are taken for the grace as well."""
    grace = timedelta(hours=body.grace_hours)
    return _shown_once(service.rotate_secret(partner_id, grace, by=admin.signer, now=clock.now()))


@admin.post(
    "/v1/admin/partners/<partner_id>/finish",
    summary="End what was rotated out",
    tags=["Partners"],
    raises=(PartnerNotFoundError, RequestInProgressError),
)
def finish_rotations(partner_id: str) -> PartnerResponse:
    return PartnerResponse.of(service.finish_rotations(partner_id, by=admin.signer, now=clock.now(), at_once=True))


@admin.post(
    "/v1/admin/partners/<partner_id>/disable",
    summary="Disable a partner",
    tags=["Partners"],
    raises=(PartnerNotFoundError, PlanNotFoundError, RequestInProgressError),
)
def disable_partner(partner_id: str) -> PartnerResponse:
    return PartnerResponse.of(service.disable(partner_id, by=admin.signer, now=clock.now()))


@admin.post(
    "/v1/admin/partners/<partner_id>/enable",
    summary="Enable a partner again",
    tags=["Partners"],
    raises=(PartnerNotFoundError, PlanNotFoundError, RequestInProgressError),
)
def enable_partner(partner_id: str) -> PartnerResponse:
    return PartnerResponse.of(service.enable(partner_id, by=admin.signer, now=clock.now()))


# --- imports --------------------------------------------------------------------------------------------------------


@admin.post(
    "/v1/admin/partners/<partner_id>/imports",
    status_code=201,
    summary="Announce a catalogue file",
    tags=["Partners"],
    raises=(AbilityMissingError, PartnerDisabledError, PartnerNotFoundError, RequestInProgressError),
)
def create_import(partner_id: str, body: Annotated[NewImport, Body()]) -> ImportResponse:
    """POST the file to the form; then ask for the import."""
    now = clock.now()
    made = import_service.announce(partner_id, body.format, full=body.full, by=admin.signer, now=now)
    return ImportResponse.of(made, api.language, import_files.form(made, now))


@admin.get(
    "/v1/admin/partners/imports/<import_id>", summary="Show an import", tags=["Partners"], raises=(ImportNotFoundError,)
)
def get_import(import_id: str) -> ImportResponse:
    """What became of its lines, with the first of its errors."""
    return ImportResponse.of(import_store.find(import_id), api.language)


# --- webhooks out ---------------------------------------------------------------------------------------------------

ENDPOINTS = "/v1/admin/partners/<partner_id>/endpoints"


@admin.post(
    ENDPOINTS,
    status_code=201,
    summary="Send webhooks there",
    tags=["Partners"],
    raises=(PartnerNotFoundError, TooManyEndpointsError, UrlRefusedError, RequestInProgressError),
)
def create_endpoint(partner_id: str, body: Annotated[NewEndpoint, Body()]) -> NewEndpointSecret:
    """The secret that they are signed with is in the answer and nowhere else."""
    made = webhook_service.subscribe(partner_id, body.url, body.events, by=admin.signer, now=clock.now())
    return NewEndpointSecret.of(*made)


@admin.get(ENDPOINTS, summary="List a partner's endpoints", tags=["Partners"], raises=(PartnerNotFoundError,))
def list_endpoints(partner_id: str) -> ListResponse[EndpointResponse]:
    found = webhook_store.endpoints(store.get(partner_id).partner_id)
    return ListResponse[EndpointResponse](items=[EndpointResponse.of(one) for one in found])


@admin.delete(
    f"{ENDPOINTS}/<endpoint_id>",
    status_code=204,
    summary="Send no more webhooks there",
    tags=["Partners"],
    raises=(EndpointNotFoundError, RequestInProgressError),
)
def delete_endpoint(partner_id: str, endpoint_id: str) -> Response[None]:
    webhook_store.remove_endpoint(partner_id, endpoint_id, clock.now())
    return no_content()


@admin.post(
    f"{ENDPOINTS}/<endpoint_id>/enable",
    summary="Enable an endpoint again",
    tags=["Partners"],
    raises=(EndpointNotFoundError, RequestInProgressError),
)
def enable_endpoint(partner_id: str, endpoint_id: str) -> EndpointResponse:
    return EndpointResponse.of(webhook_service.enable(partner_id, endpoint_id, clock.now()))


@admin.post(
    f"{ENDPOINTS}/<endpoint_id>/secrets",
    status_code=201,
    summary="Rotate an endpoint's secret",
    tags=["Partners"],
    raises=(EndpointNotFoundError, RotationOpenError, RequestInProgressError),
)
def rotate_endpoint_secret(
    partner_id: str, endpoint_id: str, body: Annotated[CredentialRotation, Body()]
) -> NewEndpointSecret:
    """Webhooks carry a signature of each for the grace."""
    grace = timedelta(hours=body.grace_hours)
    made = webhook_service.rotate(partner_id, endpoint_id, grace, by=admin.signer, now=clock.now())
    return NewEndpointSecret.of(*made)


@admin.get(
    "/v1/admin/partners/<partner_id>/deliveries",
    summary="List the webhooks to a partner",
    tags=["Partners"],
    raises=(InvalidCursorError,),
)
def list_webhooks(
    partner_id: str,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ListResponse[WebhookResponse]:
    """Newest first, with each attempt."""
    return listed(webhook_store.page(partner_id, limit=limit, cursor=cursor), WebhookResponse.of)


api.include_router(admin)
api.include_router(limits.admin)


def _edited(partner_id: str) -> Partner:
    partner = store.get(partner_id)
    admin.if_match(partner.revision)
    return partner


def _shown_once(made: Credentials) -> NewCredentials:
    return NewCredentials.of(made, api_url=load(PartnerSettings).partner_api_url)
