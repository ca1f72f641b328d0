"""Use cases of registration and sign-in. No answer tells whether an e-mail has an account."""

from contextlib import suppress
from datetime import datetime

from botocore.exceptions import ClientError

from accounts import store
from accounts.domain import Profile, ProfileSettings
from accounts.sign_in import identity
from accounts.sign_in.errors import WeakPasswordError
from accounts.sign_in.identity import Identity, Session
from accounts.sign_in.passwords import is_weak
from stadion.errors import InvalidError, NotFoundError
from stadion.events.accounts import UserRegistered
from stadion.events.notifications import NotificationRequested
from stadion.i18n import Language
from stadion.zones import known_zones


def register(email: str, password: str, *, language: Language, time_zone: str) -> None:
    """Sends a code to the e-mail. Someone who has an account already gets the same answer."""
    if is_weak(password, email):
        raise WeakPasswordError(pointer="#/password")
    try:
        identity.sign_up(email, password, language=language.value, time_zone=time_zone)
    except identity.EmailTakenError:
        resend(email)


def resend(email: str) -> None:
    """A new code, for those who still need one."""
    with suppress(NotFoundError, InvalidError, identity.MailedEnoughError):
        try:
            identity.resend(email)
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidParameterException":  # confirmed already
                raise


def confirm(email: str, *, code: str, password: str, now: datetime) -> None:
    """The holder of the code sets the password: somebody else may have registered the address with another one."""
    if is_weak(password, email):
        raise WeakPasswordError(pointer="#/password")
    identity.confirm(email, code)
    identity.set_password(email, password)
    ensure_profile(identity.find(email), now)


def sign_in(email: str, password: str, now: datetime) -> Session:
    session = identity.sign_in(email, password)
    if not store.has_profile(session.user_id):
        ensure_profile(identity.find(email), now)
    return session


def reset_password(email: str, *, code: str, new_password: str) -> None:
    if is_weak(new_password, email):
        raise WeakPasswordError(pointer="#/new_password")
    identity.reset_password(email, code, new_password)


def forgot_password(email: str) -> None:
    with suppress(NotFoundError, InvalidError, identity.MailedEnoughError):
        try:
            identity.forgot_password(email)
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidParameterException":  # not confirmed yet
                raise


def change_password(access_token: str, email: str, *, current: str, new: str) -> None:
    if is_weak(new, email):
        raise WeakPasswordError(pointer="#/new_password")
    identity.change_password(access_token, current, new)


def ensure_profile(known: Identity, now: datetime) -> None:
    """Creates the profile, once; a crash after Cognito's confirmation is mended at the first sign-in."""
    language = Language(known.language) if known.language in set(Language) else Language.EN
    zone = known.time_zone if known.time_zone in known_zones() else "UTC"
    profile = Profile(
        user_id=known.user_id,
        email=known.email,
        language=language,
        settings=ProfileSettings(time_zone=zone or "UTC"),
        created_at=now,
        updated_at=now,
    )
    registered = UserRegistered(language=language, time_zone=profile.settings.time_zone)
    welcome = NotificationRequested(request_id="welcome", template="welcome")
    with suppress(store.ProfileExistsError):
        store.create_profile(profile, [registered, profile.contact(), welcome], now)
