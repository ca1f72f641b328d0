"""Use cases: what scoring asks of an athlete, and keeping what accounts tells."""

from datetime import date, datetime

from gamification.athletes import domain, store
from gamification.base.effort import Zones
from stadion import copies
from stadion.events.accounts import ConsentChanged, PhysicalDataChanged, ProfileUpdated, UserRegistered
from stadion.events.envelope import Envelope
from stadion.retry import retry_on_conflict


def zones_on(user_id: str, day: date) -> Zones:
    return domain.zones_on(*store.read(user_id), day)


def know_athlete(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged], now: datetime) -> bool:
    """Nothing is scored anew by it: XP are those of what was known when the workout came."""
    return copies.keep(store.ATHLETES.at(envelope.user_id), envelope, now).is_news


def know_day(user_id: str, event: PhysicalDataChanged, now: datetime) -> bool:
    return retry_on_conflict(lambda: store.know_day(user_id, event, now))
