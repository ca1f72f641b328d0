"""HTTP entry point of accounts: /v1/auth, /v1/me, /v1/users and, for admins, /v1/admin/accounts."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from accounts import consent_service, privacy_service, profile_service, store
from accounts.avatars import store as avatars
from accounts.avatars.schemas import AvatarForm, AvatarRequest
from accounts.domain import ConsentJournalEntry, Profile, UserRole
from accounts.errors import ConsentRequiredError, NotMeasuredYetError, TooManyZonesError, UserNotFoundError
from accounts.schemas import (
    ConsentPut,
    ConsentResponse,
    PhysicalDataPut,
    PhysicalDataResponse,
    PrivacyZonePut,
    PrivacyZoneResponse,
    ProfilePatch,
    ProfileResponse,
    PublicProfile,
    ZoneId,
)
from accounts.sign_in import admin_service, identity
from accounts.sign_in import service as sign_in_service
from accounts.sign_in.errors import (
    InvalidEmailError,
    SignInFailedError,
    TooManyAttemptsError,
    WeakPasswordError,
    WrongCodeError,
    WrongPasswordError,
)
from accounts.sign_in.schemas import (
    AcceptedRequest,
    AdminUser,
    EmailOnly,
    PasswordChange,
    PasswordReset,
    RefreshToken,
    Registration,
    RegistrationConfirmation,
    SignIn,
    SignInTokens,
)
from stadion import clock
from stadion.contract import EDIT, NotModifiedError
from stadion.errors import FieldRequiredError, InvalidCursorError, RequestInProgressError, SessionOverError
from stadion.events.accounts import ConsentKind
from stadion.http import AdminRoutes, Api, Cursor, Limit, lambda_handler, listed, no_content
from stadion.pagination import DEFAULT_LIMIT, ListResponse

api = Api()
admin = AdminRoutes()
handler = lambda_handler(api)

# --- sign-in --------------------------------------------------------------------------------------------------------


@api.post(
    "/v1/auth/register",
    status_code=202,
    summary="Register with e-mail and password",
    tags=["Sign-in"],
    raises=(InvalidEmailError, WeakPasswordError, TooManyAttemptsError),
)
def register(body: Annotated[Registration, Body()]) -> AcceptedRequest:
    password = body.password.get_secret_value()
    sign_in_service.register(body.email, password, language=body.language, time_zone=body.time_zone)
    return AcceptedRequest(next="confirm")


@api.post(
    "/v1/auth/confirm",
    status_code=204,
    summary="Confirm the e-mail with the code",
    tags=["Sign-in"],
    raises=(WrongCodeError, WeakPasswordError, TooManyAttemptsError, UserNotFoundError, RequestInProgressError),
)
def confirm_registration(body: Annotated[RegistrationConfirmation, Body()]) -> Response[None]:
    password = body.password.get_secret_value()
    sign_in_service.confirm(body.email, code=body.code, password=password, now=clock.now())
    return no_content()


@api.post("/v1/auth/resend", status_code=202, summary="Ask for a new code", tags=["Sign-in"])
def resend_code(body: Annotated[EmailOnly, Body()]) -> AcceptedRequest:
    sign_in_service.resend(body.email)
    return AcceptedRequest(next="confirm")


@api.post(
    "/v1/auth/sign-in",
    summary="Sign in",
    tags=["Sign-in"],
    raises=(SignInFailedError, TooManyAttemptsError, UserNotFoundError, RequestInProgressError),
)
def sign_in(body: Annotated[SignIn, Body()]) -> SignInTokens:
    return SignInTokens.of(sign_in_service.sign_in(body.email, body.password.get_secret_value(), clock.now()))


@api.post(
    "/v1/auth/refresh", summary="Trade the refresh token for a new pair", tags=["Sign-in"], raises=(SessionOverError,)
)
def refresh_tokens(body: Annotated[RefreshToken, Body()]) -> SignInTokens:
    return SignInTokens.of(identity.refresh(body.refresh_token.get_secret_value()))


@api.post(
    "/v1/auth/sign-out",
    status_code=204,
    summary="Sign out on this device",
    tags=["Sign-in"],
    raises=(SessionOverError,),
)
def sign_out(body: Annotated[RefreshToken, Body()]) -> Response[None]:
    identity.sign_out(body.refresh_token.get_secret_value())
    return no_content()


@api.post(
    "/v1/auth/sign-out-everywhere",
    status_code=204,
    summary="Sign out on all devices",
    tags=["Sign-in"],
    raises=(SessionOverError,),
)
def sign_out_everywhere() -> Response[None]:
    identity.sign_out_everywhere(_access_token())
    return no_content()


@api.post("/v1/auth/forgot-password", status_code=202, summary="Ask for a code to reset it", tags=["Sign-in"])
def forgot_password(body: Annotated[EmailOnly, Body()]) -> AcceptedRequest:
    sign_in_service.forgot_password(body.email)
    return AcceptedRequest(next="reset_password")


@api.post(
    "/v1/auth/reset-password",
    status_code=204,
    summary="Set a new password with the code",
    tags=["Sign-in"],
    raises=(WrongCodeError, WeakPasswordError, TooManyAttemptsError),
)
def reset_password(body: Annotated[PasswordReset, Body()]) -> Response[None]:
    new = body.new_password.get_secret_value()
    sign_in_service.reset_password(body.email, code=body.code, new_password=new)
    return no_content()


@api.put(
    "/v1/me/password",
    status_code=204,
    summary="Change the password",
    tags=["Sign-in"],
    raises=(WrongPasswordError, WeakPasswordError, SessionOverError, TooManyAttemptsError, UserNotFoundError),
)
def change_password(body: Annotated[PasswordChange, Body()]) -> Response[None]:
    email = store.profile(api.user_id).email
    current, new = body.current_password.get_secret_value(), body.new_password.get_secret_value()
    sign_in_service.change_password(_access_token(), email, current=current, new=new)
    return no_content()


# --- the athlete's own ----------------------------------------------------------------------------------------------


@api.get(
    "/v1/me",
    summary="Show the own profile",
    tags=["Profile"],
    raises=(UserNotFoundError, NotModifiedError),
    headers=("ETag",),
)
def get_me() -> Response[ProfileResponse]:
    return _me(store.profile(api.user_id))


@api.patch(
    "/v1/me",
    summary="Change the own profile (merge patch)",
    tags=["Profile"],
    raises=(UserNotFoundError, FieldRequiredError, *EDIT),
    headers=("ETag",),
)
def change_me(body: Annotated[ProfilePatch, Body()]) -> Response[ProfileResponse]:
    def change() -> Profile:
        profile = store.profile(api.user_id)
        api.if_match(profile.revision)
        return profile_service.change(profile, body.changes(), clock.now())

    return _me(api.edit(change))


@api.post("/v1/me/avatar", status_code=201, summary="Get a form for a picture", tags=["Profile"])
def create_avatar_form(body: Annotated[AvatarRequest, Body()]) -> AvatarForm:
    return AvatarForm.of(avatars.picture_form(api.user_id, body.content_type, clock.now()))


@api.get("/v1/me/physical", summary="Show physical data, now and over time", tags=["Profile"])
def get_physical() -> PhysicalDataResponse:
    return PhysicalDataResponse.of(store.physical(api.user_id), today=clock.now().date())


@api.put(
    "/v1/me/physical/<measured_on>",
    summary="Set the measurements of a day",
    tags=["Profile"],
    raises=(ConsentRequiredError, NotMeasuredYetError, RequestInProgressError),
)
def put_physical(measured_on: date, body: Annotated[PhysicalDataPut, Body()]) -> PhysicalDataResponse:
    now = clock.now()
    return PhysicalDataResponse.of(
        profile_service.put_physical(api.user_id, body.measured(measured_on), now), today=now.date()
    )


@api.delete(
    "/v1/me/physical/<measured_on>",
    status_code=204,
    summary="Delete a day's",
    tags=["Profile"],
    raises=(RequestInProgressError,),
)
def delete_physical(measured_on: date) -> Response[None]:
    profile_service.delete_physical(api.user_id, measured_on, clock.now())
    return no_content()


@api.get("/v1/me/privacy-zones", summary="List the privacy zones", tags=["Profile"])
def list_privacy_zones() -> ListResponse[PrivacyZoneResponse]:
    zones = privacy_service.zones(api.user_id)
    return ListResponse[PrivacyZoneResponse](items=[PrivacyZoneResponse.of(zone) for zone in zones])


@api.put(
    "/v1/me/privacy-zones/<zone_id>",
    summary="Set a privacy zone",
    tags=["Profile"],
    raises=(TooManyZonesError, RequestInProgressError),
)
def put_privacy_zone(zone_id: ZoneId, body: Annotated[PrivacyZonePut, Body()]) -> PrivacyZoneResponse:
    """Positions inside are shown to nobody else: around a centre that is moved by up to half the radius."""
    zone = body.zone(zone_id)
    privacy_service.put(api.user_id, zone, clock.now())
    return PrivacyZoneResponse.of(zone)


@api.delete(
    "/v1/me/privacy-zones/<zone_id>",
    status_code=204,
    summary="Remove a privacy zone",
    tags=["Profile"],
    raises=(RequestInProgressError,),
)
def delete_privacy_zone(zone_id: ZoneId) -> Response[None]:
    privacy_service.remove(api.user_id, zone_id, clock.now())
    return no_content()


@api.get("/v1/me/consents", summary="Show the consents as they hold now", tags=["Consents"])
def list_consents() -> ListResponse[ConsentResponse]:
    consents = store.consents(api.user_id).values()
    return ListResponse[ConsentResponse](items=[ConsentResponse.of(consent) for consent in consents])


@api.put(
    "/v1/me/consents/<kind>", summary="Grant or withdraw a consent", tags=["Consents"], raises=(RequestInProgressError,)
)
def put_consent(kind: ConsentKind, body: Annotated[ConsentPut, Body()]) -> ConsentResponse:
    address = api.event.request_context.http.source_ip
    consent = consent_service.put(
        api.user_id,
        kind,
        granted=body.granted,
        text_version=body.text_version,
        address=address,
        now=clock.now(),
    )
    return ConsentResponse.of(consent)


@api.get(
    "/v1/me/consents/journal",
    summary="Every change of a consent, newest first",
    tags=["Consents"],
    raises=(InvalidCursorError,),
)
def list_consent_journal(
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ListResponse[ConsentJournalEntry]:
    return listed(store.journal(api.user_id, limit=limit, cursor=cursor))


@api.get("/v1/users/<user_id>", summary="Show what an athlete shares", tags=["Profile"], raises=(UserNotFoundError,))
def get_user(user_id: str) -> PublicProfile:
    visible = profile_service.public(api.user_id, user_id)
    return PublicProfile.of(user_id, visible, avatar_url=avatars.url(visible.get("avatar")))


# --- admins ---------------------------------------------------------------------------------------------------------


@admin.get(
    "/v1/admin/accounts/users/<username>",
    summary="Find a user by e-mail or id",
    tags=["Admin"],
    raises=(UserNotFoundError,),
)
def find_user(username: str) -> AdminUser:
    return AdminUser.of(*admin_service.find(username))


@admin.put(
    "/v1/admin/accounts/users/<username>/roles/<role>",
    summary="Grant a role",
    tags=["Admin"],
    raises=(UserNotFoundError,),
)
def grant_role(username: str, role: UserRole) -> AdminUser:
    return AdminUser.of(*admin_service.set_role(username, role, granted=True, by=admin.signer, now=clock.now()))


@admin.delete(
    "/v1/admin/accounts/users/<username>/roles/<role>",
    summary="Revoke a role",
    tags=["Admin"],
    raises=(UserNotFoundError,),
)
def revoke_role(username: str, role: UserRole) -> AdminUser:
    return AdminUser.of(*admin_service.set_role(username, role, granted=False, by=admin.signer, now=clock.now()))


api.include_router(admin)


def _me(profile: Profile) -> Response[ProfileResponse]:
    groups = str(api.claims.get("cognito:groups", "")).strip("[]").split()
    roles = [role for role in UserRole if role is UserRole.USER or role.value in groups]
    # The link to the picture ends after an hour, so a copy of the profile is good for half of one.
    variant = f"{int(clock.now().timestamp() // 1800)}" if profile.avatar else ""
    told = ProfileResponse.of(profile, roles=roles, avatar_url=avatars.url(profile.avatar))
    return api.versioned(told, profile.revision, variant=variant)


def _access_token() -> str:
    """The bearer token that the authorizer has checked."""
    _ = api.user_id
    return (api.header("authorization") or "").removeprefix("Bearer ").strip()
