"""An athlete's links to partners: /v1/me/partner-links."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from partners.errors import PartnerNotFoundError
from partners.links import service
from partners.links.errors import LinkNotFoundError, TooManyLinksError, TooManyLinkTokensError
from partners.links.schemas import NewPartnerLink, PartnerLinkResponse, PartnerLinkToken
from stadion import clock
from stadion.errors import RequestInProgressError
from stadion.http import Routes, no_content
from stadion.pagination import ListResponse

router = Routes()
TAGS: Final = ["Partner links"]
LINKS: Final = "/v1/me/partner-links"


@router.post(
    LINKS,
    status_code=201,
    summary="Let a partner know me",
    tags=TAGS,
    raises=(PartnerNotFoundError, RequestInProgressError, TooManyLinksError, TooManyLinkTokensError),
)
def create_partner_link(body: Annotated[NewPartnerLink, Body()]) -> PartnerLinkToken:
    """A token that this partner, and no other, can use once within ten minutes. With it the partner learns an id that
    is of you two only: no name, no address, no id of Stadion. It takes no `Idempotency-Key`, for the answer would have
    to be kept: ask for another token."""
    return PartnerLinkToken.of(*service.make_token(router.user_id, body.partner_id, clock.now()))


@router.get(LINKS, summary="List the partners that know me", tags=TAGS)
def list_partner_links() -> ListResponse[PartnerLinkResponse]:
    found = service.links(router.user_id)
    return ListResponse[PartnerLinkResponse](items=[PartnerLinkResponse.of(*one) for one in found])


@router.delete(
    f"{LINKS}/<partner_id>",
    status_code=204,
    summary="Unlink a partner",
    tags=TAGS,
    raises=(LinkNotFoundError, RequestInProgressError),
)
def delete_partner_link(partner_id: str) -> Response[None]:
    """At once: its id of you means nobody, tokens that are open link nobody, and the consent `purchases` for it ends. A
    new link gives it a new id."""
    service.unlink(router.user_id, partner_id, clock.now())
    return no_content()
