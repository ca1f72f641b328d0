"""Counts before anything is looked up, so that a refusal says nothing about who has an account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil

from accounts.brakes import store
from accounts.brakes.domain import (
    CODES_BY_NETWORK,
    CODES_OF_ADDRESS,
    CODES_OF_ATHLETE,
    CODES_OF_NETWORK,
    MAILS_BY_NETWORK,
    MAILS_OF_NETWORK,
    MAILS_TO_ADDRESS,
    PASSWORDS_BY_NETWORK,
    PASSWORDS_OF_NETWORK,
    REFRESHES_BY_NETWORK,
    TEXTS_BY_NETWORK,
    TEXTS_OF_ATHLETE,
    TEXTS_OF_NETWORK,
    TEXTS_TO_NUMBER,
    Limit,
    mailbox_of,
    texts_of_all,
)
from accounts.errors import TooManyAttemptsError
from accounts.settings import SignInSettings
from stadion.observability import count
from stadion.settings import load


class Mail(StrEnum):
    """What is asked for. Each has its own count of an address, since what one sends is no help to who needs another."""

    REGISTER = "register"
    RESEND = "resend"
    RESET = "reset"
    EMAIL = "email"


@dataclass(frozen=True)
class Attempt:
    """Counted as a wrong one until it is known to be none."""

    own: tuple[tuple[Limit, str], ...]
    """What is forgotten by success."""
    shared: tuple[tuple[Limit, str], ...]
    """What others have spent, too: success gives back its own one."""
    at: datetime

    def succeeded(self) -> None:
        for limit, subject in self.own:
            store.forget(limit, subject, self.at)
        for limit, subject in self.shared:
            store.give_back(limit, subject, self.at)


def ask_for_mail(what: Mail, address: str, network: str, now: datetime) -> None:
    _spend(
        [
            *((limit, network) for limit in MAILS_BY_NETWORK),
            (MAILS_OF_NETWORK, f"{mailbox_of(address)} {network}"),
            (MAILS_TO_ADDRESS, f"{what} {address}"),
        ],
        now,
    )


def ask_for_text(user_id: str, number: str, network: str, now: datetime) -> None:
    everybody = texts_of_all(load(SignInSettings).texts_per_day)
    _spend(
        [
            (TEXTS_BY_NETWORK, network),
            *((limit, user_id) for limit in TEXTS_OF_ATHLETE),
            (TEXTS_OF_NETWORK, f"{number} {network}"),
            (TEXTS_TO_NUMBER, number),
            (everybody, "everybody"),
        ],
        now,
    )


def try_code(purpose: str, subject: str, network: str, now: datetime, *, is_athlete: bool = False) -> Attempt:
    """`subject`: the address, or the athlete (`is_athlete`) who confirms something of theirs."""
    everywhere = CODES_OF_ATHLETE if is_athlete else CODES_OF_ADDRESS
    own = ((CODES_OF_NETWORK, f"{purpose} {subject} {network}"),)
    shared = ((CODES_BY_NETWORK, network), (everywhere, f"{purpose} {subject}"))
    _spend([*own, *shared], now)
    return Attempt(own, shared, now)


def try_password(address: str, network: str, now: datetime) -> Attempt:
    own = tuple((limit, f"{address} {network}") for limit in PASSWORDS_OF_NETWORK)
    shared = ((PASSWORDS_BY_NETWORK, network),)
    _spend([*own, *shared], now)
    return Attempt(own, shared, now)


def try_refresh(network: str, now: datetime) -> None:
    """Only asks: `refresh_failed` counts, so that whoever has a good token writes nothing here."""
    if store.counted(REFRESHES_BY_NETWORK, network, now) >= _most(REFRESHES_BY_NETWORK):
        raise _wait(REFRESHES_BY_NETWORK, now)


def refresh_failed(network: str, now: datetime) -> None:
    store.count_up(REFRESHES_BY_NETWORK, _most(REFRESHES_BY_NETWORK), network, now)


def _spend(asked: Iterable[tuple[Limit, str]], now: datetime) -> None:
    for limit, subject in asked:
        if not store.count_up(limit, _most(limit), subject, now):
            count("AttemptsRefused")
            raise _wait(limit, now)


def _most(limit: Limit) -> int:
    return limit.most * (load(SignInSettings).network_allowance if limit.is_shared else 1)


def _wait(limit: Limit, now: datetime) -> TooManyAttemptsError:
    return TooManyAttemptsError(retry_after_s=max(1, ceil((limit.ends(now) - now).total_seconds())))
