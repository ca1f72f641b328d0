"""What this service keeps of athletes: profile and consents, gear, activity and purchases by day."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from promos.facts import (
    Athlete,
    Facts,
    GivenBack,
    Order,
    Piece,
    Purchase,
    activity_of,
    amounts_of,
    day_account,
    day_of,
    days_back,
    purchases_of,
)
from promos.targeting import Needs
from stadion import pagination
from stadion.change import Change
from stadion.errors import InvalidCursorError
from stadion.events.workouts import WorkoutFacts
from stadion.ledger import Ledger, Outcome
from stadion.postings import Posting
from stadion.records import Index, Records, fetch
from stadion.units import Reader

SHARDS = 8
"""Of the index of athletes, which segments are counted by."""
LISTED = Index("ATHLETES#{shard}", "{user_id}", shards=SHARDS, shard_by="{user_id}")
ATHLETES = Records(
    Athlete,
    kind="athlete",
    pk="USER#{user_id}",
    sk="ATHLETE",
    nulls=True,
    index=LISTED,
)
"""`on_account_events`; issuing, and counting by the index."""
GEAR = Records(Piece, kind="gear", pk="USER#{user_id}", sk="GEAR#{gear_id}", nulls=True)
"""`on_gear_events`; rules."""
ORDERS = Records(Order, kind="order", pk="USER#{user_id}", sk="ORDER#{partner_id}#{order_id}")
"""`on_order_events`, with what it counts for; rules, reports of campaigns."""
LISTS = LISTED.partitions()


def reader_of(user_id: str) -> Reader:
    return (ATHLETES.find(user_id) or Athlete()).reader


def athlete(user_id: str) -> Athlete:
    """Of whom nobody told, who has consented to nothing."""
    return ATHLETES.find(user_id) or Athlete()


def athletes_by_id(user_ids: Iterable[str]) -> dict[str, Athlete]:
    places = {user_id: ATHLETES.at(user_id) for user_id in user_ids}
    found = fetch(*places.values(), consistent=False)
    return {user_id: found[place].value or Athlete() for user_id, place in places.items()}


def page(*, limit: int, cursor: str | None) -> pagination.Page[tuple[str, Athlete]]:
    """All athletes, shard by shard; an index a moment late."""
    scope = pagination.fingerprint("athletes")
    beginning = {"gsi1pk": {"S": LISTS[0]}}
    decoded = pagination.decode(cursor, scope)
    position = beginning if decoded is None else decoded
    partition = position.get("gsi1pk", {}).get("S")
    is_beginning = position.keys() == {"gsi1pk"}
    if partition not in LISTS or not (is_beginning or position.keys() == pagination.POSITIONS["gsi1pk"]):
        raise InvalidCursorError
    found, following = ATHLETES.portion(partition, position=None if is_beginning else position, limit=limit)
    listed = [(one.place.pk.removeprefix("USER#"), one.value or Athlete()) for one in found]
    if following is None and (later := LISTS[LISTS.index(partition) + 1 :]):
        following = {"gsi1pk": {"S": later[0]}}
    return pagination.Page(listed, pagination.encode(following, scope) if following else None)


def facts(user_id: str, known: Athlete, needs: Needs, today: date) -> Facts:
    """Reads no more than the rules ask for."""
    return Facts(
        athlete=known,
        today=today,
        gear=tuple(gear(user_id)) if needs.gear else (),
        activity=_days(user_id, "DAY", today, needs.activity_days),
        purchases=_days(user_id, "BOUGHT", today, needs.purchase_days),
    )


def _days(user_id: str, kind: str, today: date, days: int) -> dict[date, dict[str, int]]:
    if not days:
        return {}
    first, last = day_account(kind, days_back(today, days)), day_account(kind, today + timedelta(days=1))
    return {day_of(name): amounts_of(totals) for name, totals in ledger(user_id).each(first, last)}


def ledger(user_id: str) -> Ledger:
    return Ledger(ATHLETES.at(user_id).pk)


# --- gear -----------------------------------------------------------------------------------------------------------


def gear(user_id: str) -> Iterator[Piece]:
    return GEAR.every(user_id)


def piece(user_id: str, gear_id: str) -> Piece | None:
    return GEAR.find(user_id, gear_id)


def know_piece(user_id: str, news: Piece, now: datetime) -> bool:
    stored = GEAR.read(user_id, news.gear_id)
    merged = stored.value.merged(news) if stored.value is not None else news
    if merged == stored.value:
        return False
    with Change(user_id, now) as change:
        change.replace(stored, merged)
    return True


# --- activity and purchases -----------------------------------------------------------------------------------------


def count_workout(user_id: str, workout: WorkoutFacts, now: datetime) -> Outcome:
    return _post(user_id, Posting(f"WORKOUT#{workout.workout_id}", workout.revision, activity_of(workout)), now)


def uncount_workout(user_id: str, workout_id: str, revision: int, now: datetime) -> Outcome:
    return _post(user_id, Posting(f"WORKOUT#{workout_id}", revision), now)


def know_order(user_id: str, partner_id: str, order_id: str, news: Purchase | GivenBack, now: datetime) -> Outcome:
    """What is known of the order, and its posting, in one transaction."""
    stored = ORDERS.read(user_id, partner_id, order_id)
    known = stored.value or Order()
    merged = known.with_news(news)
    with Change(user_id, now) as change:
        if merged != known:
            change.replace(stored, merged)
        return ledger(user_id).post(change, Posting(stored.place.sk, merged.version, purchases_of(merged)))


def _post(user_id: str, posting: Posting, now: datetime) -> Outcome:
    with Change(user_id, now) as change:
        return ledger(user_id).post(change, posting)
