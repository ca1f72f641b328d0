"""Admins' routes of the platform: /v1/admin/audit and /v1/admin/pseudonyms, for `stadion audit`."""

from datetime import timedelta
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler.openapi.params import Query

from platform_ import audit_store
from platform_.schemas import AuditEntryResponse, PseudonymResponse
from stadion import audit, clock, networks, pseudonyms
from stadion.errors import InvalidCursorError
from stadion.fields import Moment
from stadion.http import AdminRoutes, Api, Cursor, Limit, lambda_handler, listed
from stadion.identifiers import UserId
from stadion.pagination import DEFAULT_LIMIT, ListResponse

A_WEEK: Final = timedelta(days=7)

api = Api()
admin = AdminRoutes()
handler = lambda_handler(api)

Signer = Annotated[str | None, Query(max_length=512, description="the ARN that signed")]
Operation = Annotated[str | None, Query(pattern=r"^[a-z_]{1,60}$", description="`grant_role`, as the items name it")]
User = Annotated[UserId | None, Query(description="the athlete whom it was about")]
Partner = Annotated[str | None, Query(max_length=64, description="the partner whom it was about")]
Address = Annotated[str | None, Query(max_length=64, description="an IP address, of whose network to name the hash")]
Since = Annotated[Moment | None, Query(description="the earliest; a week ago if none is named")]


@admin.get("/v1/admin/audit", summary="Who did what, newest first", tags=["Admin"], raises=(InvalidCursorError,))
def list_audit(
    who: Signer = None,
    what: Operation = None,
    user_id: User = None,
    partner_id: Partner = None,
    since: Since = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ListResponse[AuditEntryResponse]:
    """A page may be empty and have another after it: a request reads so many items and no more. That somebody looked
    leaves an item, too."""
    now = clock.now()
    if user_id is not None:
        audit.concerns(user_id)
    asked = audit_store.Asked(
        since=max(since or now - A_WEEK, now - audit.KEPT_FOR),
        who=who,
        what=what,
        about=audit_store.about(user_id, partner_id),
    )
    return listed(audit_store.page(asked, now=now, limit=limit, cursor=cursor), AuditEntryResponse.of)


@admin.get("/v1/admin/pseudonyms", summary="By which hashes logs name somebody", tags=["Admin"])
def show_pseudonyms(user_id: User = None, partner_id: Partner = None, address: Address = None) -> PseudonymResponse:
    """Search the logs for `subject` or `network`. The way back there is none: a hash names nobody."""
    if user_id is not None:
        audit.concerns(user_id)
    network = networks.network_of(address) if address else None
    return PseudonymResponse(
        athlete=_hash(pseudonyms.Of.ATHLETE, user_id),
        partner=_hash(pseudonyms.Of.PARTNER, partner_id),
        network=_hash(pseudonyms.Of.NETWORK, network),
    )


api.include_router(admin)


def _hash(kind: pseudonyms.Of, text: Any) -> str | None:
    return pseudonyms.of(kind, str(text)) if text else None
