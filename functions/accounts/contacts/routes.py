"""Routes of a new address and a new phone: a code first, then the change."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from accounts import store
from accounts.codes.errors import WrongCodeError
from accounts.contacts import service
from accounts.contacts.errors import CountryNotServedError, NumberTakesNoCodeError
from accounts.contacts.schemas import CodeOnly, NewEmail, NewPhone
from accounts.errors import TooManyAttemptsError, UserNotFoundError
from accounts.letters.errors import NotSentError
from accounts.sign_in.errors import InvalidEmailError, WrongPasswordError
from accounts.sign_in.schemas import AcceptedRequest
from stadion import clock
from stadion.errors import RequestInProgressError
from stadion.http import Routes, no_content

router = Routes()


@router.post(
    "/v1/me/email",
    status_code=202,
    summary="Ask for a code to another e-mail",
    tags=["Profile"],
    raises=(WrongPasswordError, InvalidEmailError, TooManyAttemptsError, UserNotFoundError, NotSentError),
)
def ask_new_email(body: Annotated[NewEmail, Body()]) -> AcceptedRequest:
    password = body.current_password.get_secret_value()
    profile = store.profile(router.user_id)
    service.ask_new_email(profile, body.email, password=password, network=router.network, now=clock.now())
    return AcceptedRequest(next="confirm")


@router.post(
    "/v1/me/email/confirm",
    status_code=204,
    summary="Take the other e-mail with the code",
    tags=["Profile"],
    raises=(WrongCodeError, TooManyAttemptsError, UserNotFoundError, InvalidEmailError, RequestInProgressError),
)
def confirm_email(body: Annotated[CodeOnly, Body()]) -> Response[None]:
    """Every session ends, this one too: sign in with the new address and the same password."""
    service.confirm_email(router.user_id, body.code, network=router.network, now=clock.now())
    return no_content()


@router.post(
    "/v1/me/phone",
    status_code=202,
    summary="Ask for a code to a phone",
    tags=["Profile"],
    raises=(NumberTakesNoCodeError, CountryNotServedError, TooManyAttemptsError, UserNotFoundError, NotSentError),
)
def ask_new_phone(body: Annotated[NewPhone, Body()]) -> AcceptedRequest:
    """Mobile numbers of the countries that are served; the code lives for 15 minutes."""
    profile = store.profile(router.user_id)
    service.ask_new_phone(profile, body.phone, network=router.network, now=clock.now())
    return AcceptedRequest(next="confirm")


@router.post(
    "/v1/me/phone/confirm",
    status_code=204,
    summary="Take the phone with the code",
    tags=["Profile"],
    raises=(WrongCodeError, TooManyAttemptsError, UserNotFoundError, RequestInProgressError),
)
def confirm_phone(body: Annotated[CodeOnly, Body()]) -> Response[None]:
    """Another account that had the number has none from then on."""
    service.confirm_phone(router.user_id, body.code, network=router.network, now=clock.now())
    return no_content()
