"""HTTP entry point of accounts: /v1/auth, /v1/me and /v1/users."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from accounts import profile_service, store
from accounts.avatars import store as avatars
from accounts.avatars.schemas import AvatarForm, AvatarRequest
from accounts.consents import routes as consents
from accounts.contacts import routes as contacts
from accounts.domain import Profile, UserRole
from accounts.errors import NotMeasuredYetError, UserNotFoundError
from accounts.privacy_zones import routes as privacy_zones
from accounts.schemas import (
    PhysicalDataPut,
    PhysicalDataResponse,
    ProfilePatch,
    ProfileResponse,
    PublicProfile,
)
from accounts.sign_in import routes as sign_in
from stadion import clock
from stadion.contract import EDIT, NotModifiedError
from stadion.errors import ConsentRequiredError, FieldRequiredError, RequestInProgressError
from stadion.http import Api, lambda_handler, no_content

api = Api(reader_of=store.reader_of)
api.include_router(sign_in.router)
api.include_router(contacts.router)
api.include_router(privacy_zones.router)
api.include_router(consents.router)
handler = lambda_handler(api)

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


@api.get(
    "/v1/me/physical",
    summary="Show physical data, now and over time",
    tags=["Profile"],
    raises=(ConsentRequiredError,),
)
def get_physical() -> PhysicalDataResponse:
    return PhysicalDataResponse.of(profile_service.physical(api.user_id), today=clock.now().date())


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


@api.get("/v1/users/<user_id>", summary="Show what an athlete shares", tags=["Profile"], raises=(UserNotFoundError,))
def get_user(user_id: str) -> PublicProfile:
    visible = profile_service.public(api.user_id, user_id)
    return PublicProfile.of(user_id, visible, avatar_url=avatars.url(visible.get("avatar")))


def _me(profile: Profile) -> Response[ProfileResponse]:
    groups = str(api.claims.get("cognito:groups", "")).strip("[]").split()
    roles = [role for role in UserRole if role is UserRole.USER or role.value in groups]
    # The link to the picture ends after an hour, so a copy of the profile is good for half of one.
    variant = f"{int(clock.now().timestamp() // 1800)}" if profile.avatar else ""
    told = ProfileResponse.of(profile, roles=roles, avatar_url=avatars.url(profile.avatar))
    return api.versioned(told, profile.revision, variant=variant)
