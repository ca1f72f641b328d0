"""Orders that use codes, as they are stored: the transactions of reserve, redeem and reverse. See README.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from promos.budget import Left
from promos.checkout.domain import HOLDING, Redemption, State, Taken
from promos.errors import LimitReachedError
from promos.keys import promo_pk, user_pk, uses_sk
from promos.offers import store
from promos.offers.domain import Offer, Promo
from promos.offers.store import StoredCode
from stadion import clock
from stadion.dynamo import Item, Transaction, absent, next_revision, put_over
from stadion.events.envelope import Event

DUE_SHARDS = 4
"""Of the index of reservations by the time they end."""
KEPT_FOR = timedelta(days=800)
"""Redemptions, after their last change: long enough for any return."""
PERIODS_KEPT_FOR = timedelta(days=40)
ONE_DAY_S = 86_400


@dataclass(frozen=True)
class OnOrder:
    """All codes of one order, and the item that keeps two of them from being added unseen."""

    guard: Item | None
    redemptions: dict[str, Redemption]
    items: dict[str, Item]


def on_order(partner_id: str, order_id: str) -> OnOrder:
    found = list(Item.query(_order_pk(partner_id, order_id), consistent_read=True))
    items = {item.sk.removeprefix("CODE#"): item for item in found if item.sk.startswith("CODE#")}
    guard = next((item for item in found if item.sk == "ORDER"), None)
    return OnOrder(guard, {code: Redemption.model_validate(item.body) for code, item in items.items()}, items)


def period_budget(promo: Promo, key: str) -> list[Left]:
    """What is left of a limit of the period, which is opened when it is first asked for."""
    prefix = period_prefix(key)
    found = store.budget_of(promo_pk(promo.promo_id), prefix)
    return found or _open_period(promo, prefix, key)


def _open_period(promo: Promo, prefix: str, key: str) -> list[Left]:
    uses = promo.limits.per_period or 0
    items = store.new_budget(promo_pk(promo.promo_id), uses=uses, minor=0, is_open=True, prefix=prefix)
    expires_at = _period_ends(key) + ONE_DAY_S
    transaction = Transaction()
    for item in items:
        item.expires_at = expires_at
        transaction.put(item, absent())
    transaction.commit()
    return [store.left_of(item) for item in items]


def period_prefix(key: str) -> str:
    return f"PERIOD#{key}#"


@dataclass(frozen=True)
class Hold:
    """All that one reservation or direct redemption writes."""

    promo: Promo
    code: StoredCode
    order: OnOrder
    new: Redemption
    offer: tuple[Offer, Offer] | None
    """Before and after, when the order is redeemed at once."""
    events: list[Event]


def hold(what: Hold, now: datetime) -> None:
    """One transaction guards code, order, athlete and every budget; any refusal leaves all of them as they were."""
    transaction = Transaction()
    new = what.new
    if what.code.is_single:
        state = "redeemed" if new.state is State.REDEEMED else "reserved"
        held = {"state": state, "partner_id": new.partner_id, "order_id": new.order_id}
        store.put_code(transaction, what.code, what.code.item, **held)
    _put_guard(transaction, what.order.guard, new)
    put_over(transaction, what.order.items.get(new.code), _item(new))
    _count_use(transaction, what.promo, new)
    for taken in new.taken:
        store.take(transaction, taken.pk, taken.to_give_back())
    _tell(transaction, new, what.offer, what.events, now)
    transaction.commit()


def _count_use(transaction: Transaction, promo: Promo, new: Redemption) -> None:
    if new.user_id is None:
        return
    counted: list[tuple[str | None, int | None, str]] = [(None, promo.limits.per_user, "per_user")]
    if new.counted_period is not None:
        counted.append((new.counted_period, promo.limits.per_user_per_period, "per_user_per_period"))
    for period, most, name in counted:
        item = Item(pk=user_pk(new.user_id), sk=uses_sk(promo.promo_id, period))
        below = None if most is None else absent() | (Item.revision < most)
        transaction.update(item, [Item.revision.add(1)], below, refused=_reached(name))


def _reached(name: str) -> Any:
    return lambda _: LimitReachedError(limit=name, extensions={"limit": name})


def settle(
    old: Redemption,
    item: Item,
    new: Redemption,
    code: StoredCode | None,
    offer: tuple[Offer, Offer] | None,
    events: list[Event],
    now: datetime,
) -> None:
    """From one state of a redemption to the next, once. What it no longer holds is given back with it."""
    transaction = Transaction()
    put_over(transaction, item, _item(new))
    if code is not None and code.is_single:
        free = {"state": "free", "partner_id": None, "order_id": None}
        store.put_code(transaction, code, code.item, **({"state": "redeemed"} if new.state in HOLDING else free))
    if new.state not in HOLDING:
        for taken in (one for one in old.taken if not _is_over(one, now)):
            store.give_back(transaction, taken.pk, taken.to_give_back())
        _uncount_use(transaction, old)
    _tell(transaction, new, offer, events, now)
    transaction.commit()


def _is_over(taken: Taken, now: datetime) -> bool:
    """A period whose budget TTL may have removed: nobody can use what would be given back to it."""
    return taken.period is not None and now.timestamp() > _period_ends(taken.period)


def _period_ends(key: str) -> int:
    return int((datetime.fromisoformat(f"{key}T00:00:00+00:00") + PERIODS_KEPT_FOR).timestamp())


def _uncount_use(transaction: Transaction, old: Redemption) -> None:
    if old.user_id is None:
        return
    for period in dict.fromkeys([None, old.counted_period]):
        item = Item(pk=user_pk(old.user_id), sk=uses_sk(old.promo_id, period))
        transaction.update(item, [Item.revision.add(-1)])


def remember_reversal(new: Redemption) -> None:
    """The return was heard of before the order: when the order comes, it uses nothing."""
    transaction = Transaction()
    transaction.put(_item(new), absent())
    transaction.commit()


def due(now: datetime, *, most: int) -> Iterator[tuple[str, str, str]]:
    """(partner, order, code) of reservations that have ended; from an index, so some may be over already."""
    for shard in range(DUE_SHARDS):
        for item in Item.by_gsi1.query(_due_pk(shard), Item.gsi1sk <= clock.rfc3339(now) + "~", limit=most):
            yield item.body["partner_id"], item.body["order_id"], item.body["code"]


def _tell(
    transaction: Transaction,
    new: Redemption,
    offer: tuple[Offer, Offer] | None,
    events: list[Event],
    now: datetime,
) -> None:
    if offer is not None:
        store.put_offer(transaction, *offer)
    store.publish(transaction, new.user_id, events, now)


def _put_guard(transaction: Transaction, guard: Item | None, new: Redemption) -> None:
    revision = next_revision(guard)
    item = Item(
        pk=_order_pk(new.partner_id, new.order_id),
        sk="ORDER",
        kind="order_guard",
        revision=revision,
        expires_at=int((new.changed_at + KEPT_FOR).timestamp()),
    )
    put_over(transaction, guard, item)


def _item(new: Redemption) -> Item:
    is_due = new.state is State.RESERVED and new.reserved_until is not None
    key = f"{new.partner_id}#{new.order_id}#{new.code}"
    return Item(
        pk=_order_pk(new.partner_id, new.order_id),
        sk=f"CODE#{new.code}",
        gsi1pk=_due_pk(crc32(key.encode()) % DUE_SHARDS) if is_due else None,
        gsi1sk=f"{clock.rfc3339(new.reserved_until)}#{key}" if is_due and new.reserved_until else None,
        kind=f"redemption_{new.state.value}",
        revision=new.revision,
        body=new.model_dump(mode="json", exclude_none=True),
        expires_at=None if is_due else int((new.changed_at + KEPT_FOR).timestamp()),
    )


def _order_pk(partner_id: str, order_id: str) -> str:
    return f"ORDER#{partner_id}#{order_id}"


def _due_pk(shard: int) -> str:
    return f"DUE#{shard}"
