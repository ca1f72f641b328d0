"""Consents over HTTP: the athlete's own, and for admins the texts."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Body

from accounts.consents import service, store
from accounts.consents.domain import ConsentJournalEntry
from accounts.consents.errors import (
    ConsentPartnerRefusedError,
    ConsentPartnerRequiredError,
    ConsentStillGrantedError,
    ConsentTextLateError,
    ConsentTextNotCurrentError,
    ConsentTextRequiredError,
    ConsentTextTakenError,
    TooManyConsentPartnersError,
    TooManyConsentTextsError,
)
from accounts.consents.schemas import (
    ConsentPut,
    ConsentResponse,
    ConsentTextPut,
    ConsentTextsResponse,
    HealthDataDeletion,
    TextVersion,
)
from stadion import clock
from stadion.errors import InvalidCursorError, RequestInProgressError
from stadion.events.accounts import ConsentKind
from stadion.http import AdminRoutes, Cursor, Limit, Routes, listed
from stadion.pagination import DEFAULT_LIMIT, ListResponse

router = Routes()
admin = AdminRoutes()
TAGS: Final = ["Consents"]
ADMIN_TAGS: Final = ["Admin"]
TEXTS: Final = "/v1/admin/accounts/consent-texts"


@router.get("/v1/me/consents", summary="Show the consents as they hold now, and their texts", tags=TAGS)
def list_consents() -> ListResponse[ConsentResponse]:
    """Of each kind, what holds and the text that is to be shown before it is asked for. `purchases` has a line without
    a partner, which never holds, and one for each partner that it was granted to."""
    found = service.show(router.user_id, clock.now())
    return ListResponse[ConsentResponse](items=[ConsentResponse.of(*one) for one in found])


@router.put(
    "/v1/me/consents/<kind>",
    summary="Grant or withdraw a consent",
    tags=TAGS,
    raises=(
        ConsentPartnerRefusedError,
        ConsentPartnerRequiredError,
        ConsentTextNotCurrentError,
        ConsentTextRequiredError,
        RequestInProgressError,
        TooManyConsentPartnersError,
    ),
)
def put_consent(kind: ConsentKind, body: Annotated[ConsentPut, Body()]) -> ConsentResponse:
    """A grant names the current text, and `purchases` the partner: it holds for that one only. A withdrawal is taken
    whatever it names, and holds everywhere within a minute."""
    changed = service.put(
        router.user_id,
        kind,
        partner_id=body.partner_id,
        granted=body.granted,
        text_version=body.text_version,
        address=router.viewer,
        now=clock.now(),
    )
    return ConsentResponse.of(*changed)


@router.get(
    "/v1/me/consents/journal",
    summary="Every change of a consent, newest first",
    tags=TAGS,
    raises=(InvalidCursorError,),
)
def list_consent_journal(
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ListResponse[ConsentJournalEntry]:
    return listed(store.journal(router.user_id, limit=limit, cursor=cursor))


@router.delete(
    "/v1/me/health-data",
    status_code=202,
    summary="Delete the health data that were kept",
    tags=TAGS,
    raises=(ConsentStillGrantedError, RequestInProgressError),
)
def delete_health_data() -> HealthDataDeletion:
    """After `health_data` was withdrawn, as often as you like: physical data, what devices sent, heart rate and what
    derives from it in workouts. Original recordings stay; a later grant measures from them again."""
    now = clock.now()
    service.delete_health_data(router.user_id, now)
    return HealthDataDeletion.at(now)


# --- admins ---------------------------------------------------------------------------------------------------------


@admin.get(TEXTS, summary="List the texts of all consents", tags=ADMIN_TAGS)
def list_consent_texts() -> ListResponse[ConsentTextsResponse]:
    now, found = clock.now(), store.texts().values()
    return ListResponse[ConsentTextsResponse](items=[ConsentTextsResponse.of(texts, now) for texts in found])


@admin.get(f"{TEXTS}/<kind>", summary="Show every version of a consent's text", tags=ADMIN_TAGS)
def get_consent_texts(kind: ConsentKind) -> ConsentTextsResponse:
    return ConsentTextsResponse.of(service.texts_of(kind), clock.now())


@admin.put(
    f"{TEXTS}/<kind>/<version>",
    summary="Set a new version of a consent's text",
    tags=ADMIN_TAGS,
    raises=(ConsentTextLateError, ConsentTextTakenError, TooManyConsentTextsError, RequestInProgressError),
)
def put_consent_text(
    kind: ConsentKind, version: TextVersion, body: Annotated[ConsentTextPut, Body()]
) -> ConsentTextsResponse:
    """Current from now on, or from a later moment; until then it may be set again. What was agreed to stays agreed."""
    now = clock.now()
    texts = service.set_text(kind, version, body.wordings(), current_from=body.current_from, by=admin.signer, now=now)
    return ConsentTextsResponse.of(texts, now)
