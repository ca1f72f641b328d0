"""Use cases: what measuring asks of an athlete, and keeping what accounts tells."""

from datetime import date, datetime

from stadion import copies
from stadion.events.accounts import (
    ConsentChanged,
    HealthDataDeletionAsked,
    PhysicalDataChanged,
    ProfileUpdated,
    UserRegistered,
)
from stadion.events.envelope import Envelope
from stadion.events.workouts import MeasuringCause
from stadion.retry import retry_on_conflict
from stadion.units import Reader
from workouts import store as diary
from workouts.athletes import domain, store
from workouts.athletes.values import Athlete
from workouts.domain import Person


def body_on(user_id: str, day: date) -> Athlete:
    """Empty without the athlete's consent to the use of health data as it stands."""
    return domain.body_on(*store.read(user_id), day)


def person(user_id: str) -> Person:
    return store.person(user_id)


def reader_of(user_id: str) -> Reader:
    return store.person(user_id).reader


def zone_of(user_id: str) -> str | None:
    """None: accounts told nothing yet."""
    return store.person(user_id).known_zone


class WithdrawalNotHeardError(Exception):
    """The news of the withdrawal have not come yet: the request comes again."""


def know_person(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged], now: datetime) -> bool:
    """A grant has measured again what was left out before, also when it is no news: a crash in between is mended so."""
    kept = copies.keep(diary.HEADS.at(envelope.user_id), envelope, now)
    event = envelope.data
    if isinstance(event, ConsentChanged) and event.kind in Person.kinds and event.granted and kept.after.agrees:
        without = (one for one in diary.everything(envelope.user_id) if one.dropped)
        diary.ask_again(envelope.user_id, without, MeasuringCause.CONSENT, now)
    return kept.is_news


def forget_health(user_id: str, asked: HealthDataDeletionAsked, now: datetime) -> int:
    """Has every workout measured without; of how many. Original recordings stay."""
    if store.person(user_id).consent_revision < asked.consent_revision:
        raise WithdrawalNotHeardError
    return diary.ask_again(user_id, diary.everything(user_id), MeasuringCause.DELETION, now)


def know_day(user_id: str, event: PhysicalDataChanged, now: datetime) -> bool:
    return retry_on_conflict(lambda: store.know_day(user_id, event, now))
