"""Routes of signing in: /v1/auth, the password and, for admins, users and their roles."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from accounts import store
from accounts.codes.errors import WrongCodeError
from accounts.domain import UserRole
from accounts.errors import TooManyAttemptsError, UserNotFoundError
from accounts.letters.errors import NotSentError
from accounts.sign_in import admin_service, service
from accounts.sign_in.errors import (
    InvalidEmailError,
    SignInFailedError,
    WeakPasswordError,
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
from stadion.errors import RequestInProgressError, SessionOverError
from stadion.http import AdminRoutes, Routes, never_braked, no_content

router = Routes()
admin = AdminRoutes()


@router.post(
    "/v1/auth/register",
    status_code=202,
    summary="Register with e-mail and password",
    tags=["Sign-in"],
    raises=(InvalidEmailError, WeakPasswordError, TooManyAttemptsError, NotSentError),
)
def register(body: Annotated[Registration, Body()]) -> AcceptedRequest:
    service.register(
        body.email,
        body.password.get_secret_value(),
        language=body.language,
        time_zone=body.time_zone,
        network=router.network,
        now=clock.now(),
    )
    return AcceptedRequest(next="confirm")


@router.post(
    "/v1/auth/confirm",
    status_code=204,
    summary="Confirm the e-mail with the code",
    tags=["Sign-in"],
    raises=(WrongCodeError, WeakPasswordError, InvalidEmailError, TooManyAttemptsError, RequestInProgressError),
)
def confirm_registration(body: Annotated[RegistrationConfirmation, Body()]) -> Response[None]:
    password = body.password.get_secret_value()
    service.confirm(body.email, code=body.code, password=password, network=router.network, now=clock.now())
    return no_content()


@router.post(
    "/v1/auth/resend",
    status_code=202,
    summary="Ask for a new code",
    tags=["Sign-in"],
    raises=(TooManyAttemptsError, NotSentError),
)
def resend_code(body: Annotated[EmailOnly, Body()]) -> AcceptedRequest:
    service.resend(body.email, network=router.network, now=clock.now())
    return AcceptedRequest(next="confirm")


@router.post(
    "/v1/auth/sign-in",
    summary="Sign in",
    tags=["Sign-in"],
    raises=(SignInFailedError, TooManyAttemptsError, RequestInProgressError),
)
def sign_in(body: Annotated[SignIn, Body()]) -> SignInTokens:
    password = body.password.get_secret_value()
    return SignInTokens.of(service.sign_in(body.email, password, network=router.network, now=clock.now()))


@router.post(
    "/v1/auth/refresh",
    summary="Trade the refresh token for a new pair",
    tags=["Sign-in"],
    raises=(SessionOverError, TooManyAttemptsError),
)
def refresh_tokens(body: Annotated[RefreshToken, Body()]) -> SignInTokens:
    token = body.refresh_token.get_secret_value()
    return SignInTokens.of(service.refresh(token, network=router.network, now=clock.now()))


@router.post(
    "/v1/auth/sign-out",
    status_code=204,
    summary="Sign out on this device",
    tags=["Sign-in"],
    raises=(SessionOverError, TooManyAttemptsError, RequestInProgressError),
)
def sign_out(body: Annotated[RefreshToken, Body()]) -> Response[None]:
    """Its access token opens nothing from then on, and its sockets close."""
    service.sign_out(body.refresh_token.get_secret_value(), network=router.network, now=clock.now())
    return no_content()


@router.post(
    "/v1/auth/sign-out-everywhere",
    status_code=204,
    summary="Sign out on all devices",
    tags=["Sign-in"],
    raises=(UserNotFoundError, TooManyAttemptsError, RequestInProgressError),
)
@never_braked
def sign_out_everywhere() -> Response[None]:
    """Access tokens open nothing from then on, this one included, and sockets close."""
    service.end_sessions(router.user_id)
    return no_content()


@router.post(
    "/v1/auth/forgot-password",
    status_code=202,
    summary="Ask for a code to reset it",
    tags=["Sign-in"],
    raises=(TooManyAttemptsError, NotSentError),
)
def forgot_password(body: Annotated[EmailOnly, Body()]) -> AcceptedRequest:
    service.forgot_password(body.email, network=router.network, now=clock.now())
    return AcceptedRequest(next="reset_password")


@router.post(
    "/v1/auth/reset-password",
    status_code=204,
    summary="Set a new password with the code",
    tags=["Sign-in"],
    raises=(WrongCodeError, WeakPasswordError, TooManyAttemptsError, RequestInProgressError),
)
def reset_password(body: Annotated[PasswordReset, Body()]) -> Response[None]:
    """Every session ends."""
    new = body.new_password.get_secret_value()
    service.reset_password(body.email, code=body.code, new_password=new, network=router.network, now=clock.now())
    return no_content()


@router.put(
    "/v1/me/password",
    summary="Change the password",
    tags=["Sign-in"],
    raises=(
        WrongPasswordError,
        WeakPasswordError,
        SignInFailedError,
        TooManyAttemptsError,
        UserNotFoundError,
        RequestInProgressError,
    ),
)
@never_braked
def change_password(body: Annotated[PasswordChange, Body()]) -> SignInTokens:
    """Every session ends, this one too: go on with the tokens of the answer."""
    current, new = body.current_password.get_secret_value(), body.new_password.get_secret_value()
    profile = store.profile(router.user_id)
    session = service.change_password(profile, current=current, new=new, network=router.network, now=clock.now())
    return SignInTokens.of(session)


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
