"""What this service keeps of athletes: profile and consents, gear, activity and purchases by day."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from zlib import crc32

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
from promos.keys import user_pk
from promos.targeting import Needs
from stadion import pagination
from stadion.dynamo import Item, Transaction, next_revision, put_over
from stadion.events.workouts import WorkoutFacts
from stadion.ledger import ACCOUNT, Ledger, Outcome, totals_of
from stadion.postings import Posting

SHARDS = 8
"""Of the index of athletes, which segments are counted by."""


def athlete(user_id: str) -> tuple[Athlete, Item | None]:
    """The copy, and its item to rely on in a transaction."""
    item = Item.find(user_pk(user_id), "ATHLETE")
    return of_item(item), item


def athletes_by_id(user_ids: Iterable[str]) -> dict[str, Athlete]:
    wanted = list(dict.fromkeys(user_ids))
    found = Item.batch_get([(user_pk(user_id), "ATHLETE") for user_id in wanted]) if wanted else []
    known = {item.pk: of_item(item) for item in found}
    return {user_id: known.get(user_pk(user_id), Athlete()) for user_id in wanted}


def know(user_id: str, change: Callable[[Athlete], Athlete]) -> bool:
    """False when it changes nothing. `WriteConflictError`: look again."""
    known, stored = athlete(user_id)
    new = change(known)
    if new == known and stored is not None:
        return False
    item = Item(
        pk=user_pk(user_id),
        sk="ATHLETE",
        gsi1pk=_index_pk(crc32(user_id.encode()) % SHARDS),
        gsi1sk=user_id,
        kind="athlete",
        revision=next_revision(stored),
        body=new.model_dump(mode="json"),
    )
    transaction = Transaction()
    put_over(transaction, stored, item)
    transaction.commit()
    return True


def page(*, limit: int, cursor: str | None) -> pagination.Page[tuple[str, Athlete]]:
    """All athletes, shard by shard; an index a moment late."""
    scope = pagination.fingerprint("athletes")
    position = pagination.decode(cursor, scope) or {}
    partition = position.get("gsi1pk", {}).get("S", _index_pk(0))
    found = Item.by_gsi1.query(partition, limit=limit, last_evaluated_key=position if len(position) > 1 else None)
    items = [(item.gsi1sk, of_item(item)) for item in found]
    following: dict[str, Any] | None = found.last_evaluated_key
    if following is None:
        number = int(partition.rpartition("#")[2]) + 1
        following = {"gsi1pk": {"S": _index_pk(number)}} if number < SHARDS else None
    return pagination.Page(items, pagination.encode(following, scope) if following else None)


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
    first = ACCOUNT + day_account(kind, days_back(today, days))
    last = ACCOUNT + day_account(kind, today + timedelta(days=1))
    found = Item.query(user_pk(user_id), Item.sk.between(first, last), consistent_read=True)
    return {day_of(item.sk): amounts_of(totals_of(item)[0]) for item in found}


# --- gear -----------------------------------------------------------------------------------------------------------


def gear(user_id: str) -> Iterator[Piece]:
    for item in Item.query(user_pk(user_id), Item.sk.startswith("GEAR#"), consistent_read=True):
        yield Piece.model_validate(item.body)


def piece(user_id: str, gear_id: str) -> Piece | None:
    item = Item.find(user_pk(user_id), f"GEAR#{gear_id}")
    return Piece.model_validate(item.body) if item is not None else None


def know_piece(user_id: str, news: Piece) -> bool:
    stored = Item.find(user_pk(user_id), f"GEAR#{news.gear_id}")
    known = Piece.model_validate(stored.body) if stored is not None else None
    merged = known.merged(news) if known is not None else news
    if merged == known:
        return False
    revision = next_revision(stored)
    body = merged.model_dump(mode="json")
    item = Item(pk=user_pk(user_id), sk=f"GEAR#{news.gear_id}", kind="gear", revision=revision, body=body)
    transaction = Transaction()
    put_over(transaction, stored, item)
    transaction.commit()
    return True


# --- activity and purchases -----------------------------------------------------------------------------------------


def count_workout(user_id: str, workout: WorkoutFacts) -> Outcome:
    posting = Posting(f"WORKOUT#{workout.workout_id}", workout.revision, activity_of(workout))
    return Ledger(user_pk(user_id)).post(posting)


def uncount_workout(user_id: str, workout_id: str, revision: int) -> Outcome:
    return Ledger(user_pk(user_id)).post(Posting(f"WORKOUT#{workout_id}", revision))


def know_order(user_id: str, partner_id: str, order_id: str, news: Purchase | GivenBack) -> Outcome:
    """Keeps what is known of the order, then posts it. A crash between is made good by the repetition."""
    sk = f"ORDER#{partner_id}#{order_id}"
    stored = Item.find(user_pk(user_id), sk)
    known = Order.model_validate(stored.body) if stored is not None else Order()
    merged = _with(known, news)
    if merged != known:
        body = merged.model_dump(mode="json", exclude_none=True)
        item = Item(pk=user_pk(user_id), sk=sk, kind="order", revision=merged.version, body=body)
        transaction = Transaction()
        put_over(transaction, stored, item)
        transaction.commit()
    return Ledger(user_pk(user_id)).post(Posting(sk, merged.version, purchases_of(merged)))


def _with(known: Order, news: Purchase | GivenBack) -> Order:
    if isinstance(news, Purchase):
        return known if known.completed else known.model_copy(update={"completed": news})
    return known.model_copy(update={"returns": {news.returned_at.isoformat(): news} | known.returns})


def of_item(item: Item | None) -> Athlete:
    """An athlete nobody told of has consented to nothing."""
    return Athlete.model_validate(item.body) if item is not None else Athlete()


def _index_pk(shard: int) -> str:
    return f"ATHLETES#{shard}"
