"""Use cases of addresses and phones: nothing is sent to one before its owner has shown a code from it."""

from datetime import datetime

from accounts import store
from accounts.brakes import service as brakes
from accounts.codes import service as codes
from accounts.codes.domain import About, Purpose
from accounts.codes.errors import WrongCodeError
from accounts.contacts import store as numbers
from accounts.contacts.domain import check_number
from accounts.domain import Profile
from accounts.letters import port as letters
from accounts.letters.domain import (
    ACCOUNT_EXISTS,
    ADDRESS_CHANGED,
    ADDRESS_IS_NEW,
    NEW_ADDRESS,
    letter,
)
from accounts.settings import SignInSettings
from accounts.sign_in import service as sign_in_service
from accounts.sign_in.domain import takes_mail
from accounts.sign_in.errors import InvalidEmailError
from stadion.change import Change
from stadion.retry import retry_on_conflict
from stadion.settings import load

# --- the address ----------------------------------------------------------------------------------------------------


def ask_new_email(profile: Profile, email: str, *, password: str, network: str, now: datetime) -> None:
    """A code to the new address, or word to the owner of the account that has it: the answer is the same."""
    if not takes_mail(email):
        raise InvalidEmailError(pointer="#/email")
    sign_in_service.show_password(profile, password, network=network, now=now)
    brakes.ask_for_mail(brakes.Mail.EMAIL, email, network, now)
    is_free, language = sign_in_service.is_free(email)
    about = About(user_id=profile.user_id, address=email)
    code = codes.issue(Purpose.EMAIL, profile.user_id, about, now, is_sent=is_free)
    if is_free:
        letters.send(email, letter(NEW_ADDRESS, profile.language, code=code))
    else:
        letters.send(email, letter(ACCOUNT_EXISTS, language))


def confirm_email(user_id: str, code: str, *, network: str, now: datetime) -> None:
    """From now on the athlete signs in with the new address. Ends every session, and tells both addresses."""
    about = codes.take(Purpose.EMAIL, user_id, code, network, now)
    email, old = about.address or "", store.profile(user_id)
    sign_in_service.set_email(user_id, email)

    def move(change: Change) -> None:
        store.move(change, user_id, email)
        codes.spend_with(change, Purpose.EMAIL, user_id)
        codes.forget_with(change, Purpose.REGISTRATION, email)  # it would set the password of an account that is there

    sign_in_service.end_sessions(user_id, move)
    letters.tell(email, letter(ADDRESS_IS_NEW, old.language))
    if old.email != email:
        letters.tell(old.email, letter(ADDRESS_CHANGED, old.language))


# --- the phone ------------------------------------------------------------------------------------------------------


def ask_new_phone(profile: Profile, number: str, *, network: str, now: datetime) -> None:
    """A code to the number, whoever has it now."""
    check_number(number, load(SignInSettings).phone_countries)
    brakes.ask_for_text(profile.user_id, number, network, now)
    code = codes.issue(Purpose.PHONE, profile.user_id, About(user_id=profile.user_id, address=number), now)
    letters.text(number, code, profile.language)


def confirm_phone(user_id: str, code: str, *, network: str, now: datetime) -> Profile:
    """The number is this athlete's. Another account that had it loses it: it is in other hands now."""
    about = codes.take(Purpose.PHONE, user_id, code, network, now)
    number = about.address
    if number is None:
        raise WrongCodeError

    def write() -> Profile:
        seen = numbers.holder(number)
        if seen.value is not None and seen.value.user_id != user_id:
            _lose(seen.value.user_id, number, now)
        old = store.profile(user_id)
        new = old.revised(now, phone=number, phone_verified=True)
        with Change(user_id, now) as change:
            store.put_revised(change, old, new, ["phone"])
            numbers.claim(change, seen, user_id)
            if old.phone_verified and old.phone is not None and old.phone != number:
                numbers.release(change, old.phone, user_id)
            codes.spend_with(change, Purpose.PHONE, user_id)
        return new

    return retry_on_conflict(write)


def _lose(user_id: str, number: str, now: datetime) -> None:
    old = store.find_profile(user_id)
    if old is not None and old.phone == number:
        with Change(user_id, now) as change:
            store.put_revised(change, old, old.revised(now, phone=None, phone_verified=False), ["phone"])
