"""Use cases of codes: make one, look at what waits for one, take one."""

import hmac
import secrets
from datetime import datetime

from accounts.brakes import service as brakes
from accounts.codes import store
from accounts.codes.domain import DIGITS, LIVES, OF_ATHLETES, About, Issued, Purpose
from accounts.codes.errors import WrongCodeError
from accounts.credentials import keyed
from stadion import writes
from stadion.change import Change
from stadion.dynamo import present
from stadion.observability import count


def issue(purpose: Purpose, subject: str, about: About, now: datetime, *, is_sent: bool = True) -> str:
    """A new code in the place of the old one. One that is not sent can be known by nobody."""
    code = f"{secrets.randbelow(10 ** DIGITS[purpose]):0{DIGITS[purpose]}d}"
    salt = secrets.token_hex(16)
    known = code if is_sent else secrets.token_hex(32)
    issued = Issued(
        salt=salt,
        digest=_digest(purpose, subject, salt, known),
        ends_at=now + LIVES[purpose],
        about=about,
        is_sent=is_sent,
    )
    store.keep(purpose, subject, issued, now)
    if is_sent:
        count("CodesSent")
    return code


def awaited(purpose: Purpose, subject: str, now: datetime) -> About | None:
    """What a code that was sent is still for."""
    issued = store.read(purpose, subject).value
    return issued.about if issued is not None and issued.is_sent and issued.lives(now) else None


def take(purpose: Purpose, subject: str, code: str, network: str, now: datetime) -> About:
    """What the code is for. It stays good until `spend`, so that who is interrupted goes on with the same one.

    `TooManyAttemptsError` for this network, `WrongCodeError` for whatever is wrong with the code.
    """
    attempt = brakes.try_code(purpose.value, subject, network, now, is_athlete=purpose in OF_ATHLETES)
    issued = store.read(purpose, subject).value
    salt, expected = (issued.salt, issued.digest) if issued is not None else ("", "")
    is_right = hmac.compare_digest(_digest(purpose, subject, salt, code), expected)
    if issued is None or not is_right or not issued.lives(now):
        count("CodesRefused")
        raise WrongCodeError
    attempt.succeeded()
    return issued.about


def spend(purpose: Purpose, subject: str) -> None:
    """It opened what it was for."""
    writes.delete(store.place(purpose, subject))


def spend_with(change: Change, purpose: Purpose, subject: str) -> None:
    """Together with what it opened: `WrongCodeError` when another request came first."""
    change.delete(store.place(purpose, subject), only=present(), refused=WrongCodeError)


def forget_with(change: Change, purpose: Purpose, subject: str) -> None:
    """Whether there is one or not."""
    change.delete(store.place(purpose, subject))


def _digest(purpose: Purpose, subject: str, salt: str, code: str) -> str:
    return keyed("digits", purpose.value, subject, salt, code)
