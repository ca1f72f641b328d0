"""Use cases: what measuring asks of an athlete, and keeping what accounts tells."""

from datetime import date, datetime

from stadion import copies
from stadion.events.accounts import ConsentChanged, PhysicalDataChanged, ProfileUpdated, UserRegistered
from stadion.events.envelope import Envelope
from stadion.records import Place
from stadion.retry import retry_on_conflict
from workouts.athletes import domain, store
from workouts.athletes.domain import Person
from workouts.athletes.values import Athlete


def body_on(user_id: str, day: date) -> Athlete:
    """Empty without the athlete's consent to the use of health data as it stands."""
    return domain.body_on(*store.read(user_id), day)


def place_of(user_id: str) -> Place[Person]:
    """Where the copy is, for who reads it with other things; see `Person.known_zone`."""
    return store.HEADS.at(user_id)


def zone_of(user_id: str) -> str | None:
    """None: accounts told nothing yet."""
    return store.person(user_id).known_zone


def know_person(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged], now: datetime) -> bool:
    return copies.keep(store.HEADS.at(envelope.user_id), envelope, now).is_news


def know_day(user_id: str, event: PhysicalDataChanged, now: datetime) -> bool:
    return retry_on_conflict(lambda: store.know_day(user_id, event, now))
