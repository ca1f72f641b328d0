"""Use cases: what scoring asks of an athlete, and keeping what accounts tells."""

from datetime import date, datetime

from gamification.athletes import domain, store
from gamification.base.effort import Zones
from stadion.athletes import merge
from stadion.change import Change
from stadion.events.accounts import ConsentChanged, PhysicalDataChanged, ProfileUpdated, UserRegistered
from stadion.events.envelope import Envelope
from stadion.events.gamification import BoardPresenceChanged, PresenceCause
from stadion.retry import retry_on_conflict


def zones_on(user_id: str, day: date) -> Zones:
    return domain.zones_on(*store.read(user_id), day)


def know_athlete(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged], now: datetime) -> bool:
    """Nothing is scored anew by it: XP are those of what was known when the workout came. Where the athlete was is
    learnt of older news, too."""
    return retry_on_conflict(lambda: _know(envelope, now))


def _know(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged], now: datetime) -> bool:
    stored, news = store.ATHLETES.read(envelope.user_id), envelope.data
    known = stored.value or domain.Athlete()
    after = merge(known, news, envelope.occurred_at)
    if isinstance(news, ProfileUpdated):
        after = domain.with_stay(after, news, envelope.occurred_at)
    if after == known:
        return False
    with Change(envelope.user_id, now) as change:
        change.replace(stored, after)
        if after.birth_date != known.birth_date:
            change.publish(BoardPresenceChanged(because=PresenceCause.BIRTH_DATE))
    return True


def know_day(user_id: str, event: PhysicalDataChanged, now: datetime) -> bool:
    return retry_on_conflict(lambda: store.know_day(user_id, event, now))
