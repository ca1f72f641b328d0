"""Use cases of registration, sign-in and passwords. No answer tells whether an e-mail has an account.

Nobody becomes a user of Cognito before the code from the mail has shown whose address it is.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from accounts import store
from accounts.brakes import service as brakes
from accounts.codes import service as codes
from accounts.codes.domain import About, Purpose
from accounts.codes.errors import WrongCodeError
from accounts.domain import Profile, ProfileSettings
from accounts.errors import UserNotFoundError
from accounts.letters import port as letters
from accounts.letters.domain import (
    ACCOUNT_EXISTS,
    ADDRESS_CHANGED,
    PASSWORD_CHANGED,
    REGISTRATION,
    RESET,
    Words,
    letter,
)
from accounts.sign_in import identity
from accounts.sign_in.domain import Identity, Session, takes_mail
from accounts.sign_in.errors import InvalidEmailError, SignInFailedError, WeakPasswordError, WrongPasswordError
from accounts.sign_in.passwords import is_weak
from stadion import clock, standing
from stadion.change import Change
from stadion.errors import SessionOverError
from stadion.events.accounts import SessionsEnded, UserRegistered
from stadion.events.notifications import NotificationRequested
from stadion.i18n import Language
from stadion.retry import retry_on_conflict, wait
from stadion.zones import known_zones

NOBODY = "nobody"

# --- registration ---------------------------------------------------------------------------------------------------


def register(email: str, password: str, *, language: Language, time_zone: str, network: str, now: datetime) -> None:
    """Sends a code to the e-mail, or tells the owner of an account that there is one: the answer is the same.

    The password is judged and forgotten: `confirm` brings the one that counts."""
    if is_weak(password, email):
        raise WeakPasswordError(pointer="#/password")
    if not takes_mail(email):
        raise InvalidEmailError(pointer="#/email")
    brakes.ask_for_mail(brakes.Mail.REGISTER, email, network, now)
    _invite(email, About(language=language, time_zone=time_zone), now)


def resend(email: str, *, network: str, now: datetime) -> None:
    """A new code, for those who still need one."""
    brakes.ask_for_mail(brakes.Mail.RESEND, email, network, now)
    _invite(email, codes.awaited(Purpose.REGISTRATION, email, now), now)


def _invite(email: str, about: About | None, now: datetime) -> None:
    """The same calls whether there is an account, a registration (`about`) or nothing: they take the same time."""
    known, language = _owner(email)
    is_new = about is not None and (known is None or not known.is_proved)
    is_taken = about is not None and not is_new
    code = codes.issue(Purpose.REGISTRATION, email, about or About(), now, is_sent=is_new)
    if is_taken:
        letters.send(email, letter(ACCOUNT_EXISTS, language))
    else:
        _mail_code(email if is_new else None, REGISTRATION, about.language if about else language, code)


def _owner(email: str) -> tuple[Identity | None, Language]:
    """Who has an account, and its language; for nobody, as many calls."""
    known = identity.known(email)
    profile = store.find_profile(known.user_id if known is not None else NOBODY)
    return known, profile.language if profile is not None else Language.EN


def _mail_code(address: str | None, words: Words, language: Language, code: str) -> None:
    letters.send(address or letters.NOBODY, letter(words, language, code=code if address else "0" * len(code)))


def confirm(email: str, *, code: str, password: str, network: str, now: datetime) -> None:
    """The holder of the code sets the password. Interrupted anywhere, it goes on with the same code."""
    if is_weak(password, email):
        raise WeakPasswordError(pointer="#/password")
    about = codes.take(Purpose.REGISTRATION, email, code, network, now)
    try:
        identity.create(email, language=about.language.value, time_zone=about.time_zone)
        was_there = False
    except identity.EmailTakenError:
        was_there = True
    user = identity.find(email)
    if not user.email_verified:
        identity.mark_verified(user.user_id)
    identity.set_password(user.user_id, password)
    if was_there:  # whoever began it
        end_sessions(user.user_id)
    ensure_profile(user, about, now)
    codes.spend(Purpose.REGISTRATION, email)


# --- signing in -----------------------------------------------------------------------------------------------------


def sign_in(email: str, password: str, *, network: str, now: datetime) -> Session:
    attempt = brakes.try_password(email, network, now)
    session = identity.sign_in(email, password)
    attempt.succeeded()
    profile = store.find_profile(session.user_id)
    if profile is None:
        ensure_profile(identity.find(session.user_id), None, now)
    elif profile.email != email:
        _follow(profile)
    return _living(session, lambda: identity.sign_in(email, password))


def _follow(old: Profile) -> None:
    """To the address that Cognito has: a change was interrupted between it and us, and is brought to its end.

    Cognito is asked again, since a change that came after this sign-in may just be done."""
    email = identity.find(old.user_id).email
    if store.profile(old.user_id).email == email:
        return
    end_sessions(old.user_id, lambda change: store.move(change, old.user_id, email))
    letters.tell(old.email, letter(ADDRESS_CHANGED, old.language))


def _living(session: Session, again: Callable[[], Session]) -> Session:
    """Tokens tell whole seconds, so one that was issued in the second of an end counts as older than the end.

    Then the password is shown once more in the next second. The token is never let off: it may be a thief's, whose
    sign-in began before the end."""
    if not standing.is_over(session.user_id, session.claims):
        return session
    wait(1 - clock.now().microsecond / 1_000_000)
    session = again()
    if standing.is_over(session.user_id, session.claims):
        raise SignInFailedError
    return session


def refresh(refresh_token: str, *, network: str, now: datetime) -> Session:
    brakes.try_refresh(network, now)
    try:
        return identity.refresh(refresh_token)
    except SessionOverError:
        brakes.refresh_failed(network, now)
        raise


# --- the end of sessions --------------------------------------------------------------------------------------------


def sign_out(refresh_token: str, *, network: str, now: datetime) -> None:
    """On this device. A refresh token is opaque: what it opens says whose session it is."""
    session = refresh(refresh_token, network=network, now=now)
    identity.revoke(session.refresh_token)
    if session.refresh_token != refresh_token:
        with suppress(SessionOverError):  # rotated away, or gone with its successor
            identity.revoke(refresh_token)
    session_id = session.session_id
    if session_id is None:
        return

    def write() -> None:
        with Change(session.user_id, now) as change:
            standing.end_session(session.user_id, session_id, session.ends_at, now, change=change)
            change.publish(SessionsEnded(ended_at=now, session_id=session_id))

    retry_on_conflict(write)


def end_sessions(user_id: str, also: Callable[[Change], None] = lambda _: None) -> None:
    """All of them: refresh tokens first, then every access token that was made until then, with `also`."""
    identity.revoke_all(user_id)
    ended_at = clock.now()  # and not the request's time: tokens were made since

    def write() -> None:
        with Change(user_id, ended_at) as change:
            standing.end_sessions(user_id, ended_at, change=change)
            change.publish(SessionsEnded(ended_at=ended_at))
            also(change)

    retry_on_conflict(write)


# --- passwords ------------------------------------------------------------------------------------------------------


def forgot_password(email: str, *, network: str, now: datetime) -> None:
    """A code for whoever has an account; for nobody, as many calls."""
    brakes.ask_for_mail(brakes.Mail.RESET, email, network, now)
    known, language = _owner(email)
    has_account = known is not None and known.is_proved
    about = About(user_id=known.user_id if known else None)
    code = codes.issue(Purpose.RESET, email, about, now, is_sent=has_account)
    _mail_code(email if has_account else None, RESET, language, code)


def reset_password(email: str, *, code: str, new_password: str, network: str, now: datetime) -> None:
    """Ends every session: whoever had the old password is out."""
    if is_weak(new_password, email):
        raise WeakPasswordError(pointer="#/new_password")
    about = codes.take(Purpose.RESET, email, code, network, now)
    holder = identity.known(email)
    if about.user_id is None or holder is None or holder.user_id != about.user_id:  # who has moved away since
        raise WrongCodeError
    try:
        identity.set_password(about.user_id, new_password)
    except UserNotFoundError as error:  # erased since
        raise WrongCodeError from error
    end_sessions(about.user_id, lambda change: codes.spend_with(change, Purpose.RESET, email))
    tell(about.user_id, email, PASSWORD_CHANGED)


def change_password(profile: Profile, *, current: str, new: str, network: str, now: datetime) -> Session:
    """Ends every session and begins one for the device that asks."""
    if is_weak(new, profile.email):
        raise WeakPasswordError(pointer="#/new_password")
    show_password(profile, current, network=network, now=now)
    identity.set_password(profile.user_id, new)
    try:
        end_sessions(profile.user_id)
    except Exception:  # so that the change can be asked for again, with the same `current`
        identity.set_password(profile.user_id, current)
        raise
    letters.tell(profile.email, letter(PASSWORD_CHANGED, profile.language))
    session = identity.sign_in(profile.email, new)
    return _living(session, lambda: identity.sign_in(profile.email, new))


def show_password(profile: Profile, password: str, *, network: str, now: datetime) -> None:
    """`WrongPasswordError`, which is no 401: the app's token is good, and signing in again would not help."""
    attempt = brakes.try_password(profile.email, network, now)
    try:
        session = identity.sign_in(profile.email, password)
    except SignInFailedError as error:
        raise WrongPasswordError(pointer="#/current_password") from error
    attempt.succeeded()
    identity.revoke(session.refresh_token)


def is_free(email: str) -> tuple[bool, Language]:
    """Whether nobody has an account with it; the language of who has."""
    known, language = _owner(email)
    return known is None or not known.is_proved, language


def set_email(user_id: str, email: str) -> None:
    """With which the athlete signs in from now on. `WrongCodeError` when somebody else took it meanwhile."""
    try:
        identity.set_email(user_id, email)
    except identity.EmailTakenError as error:
        holder = identity.known(email)
        if holder is None or holder.user_id != user_id:  # theirs already: they go on after an interruption
            raise WrongCodeError from error


# --- the account ----------------------------------------------------------------------------------------------------


def tell(user_id: str, email: str, words: Words) -> None:
    profile = store.find_profile(user_id)
    letters.tell(email, letter(words, profile.language if profile is not None else Language.EN))


def ensure_profile(known: Identity, about: About | None, now: datetime) -> None:
    """Creates the profile, once; a crash after Cognito's part is mended at the first sign-in."""
    told = about.language.value if about is not None else known.language
    language = Language(told) if told in set(Language) else Language.EN
    zone = about.time_zone if about is not None else known.time_zone
    profile = Profile(
        user_id=known.user_id,
        email=known.email,
        language=language,
        settings=ProfileSettings(time_zone=zone if zone and zone in known_zones() else "UTC"),
        created_at=now,
        updated_at=now,
    )
    registered = UserRegistered(language=language, time_zone=profile.settings.time_zone)
    welcome = NotificationRequested(request_id="welcome", template="welcome")
    with suppress(store.ProfileExistsError):
        store.create_profile(profile, [registered, profile.contact(), welcome], now)
