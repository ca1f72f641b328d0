"""Orders that use codes, as they are stored: the transactions of reserve, redeem and reverse. See README.md."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from promos.budget import Left
from promos.checkout.domain import HOLDING, Redemption, State, Taken
from promos.errors import LimitReachedError
from promos.offers import store
from promos.offers.domain import Code, Offer, Promo
from promos.offers.store import OFFERS, USES
from stadion import clock
from stadion.change import Change
from stadion.dynamo import Item, absent
from stadion.events.envelope import Event
from stadion.records import Index, Records, Stored, partition, values_of
from stadion.values import Value

KEPT_FOR = timedelta(days=800)
"""Redemptions, after their last change: long enough for any return."""
PERIODS_KEPT_FOR = timedelta(days=40)
ONE_DAY = timedelta(days=1)
DUE = Index(
    "DUE#{shard}",
    "{reserved_until}#{partner_id}#{order_id}#{code}",
    when=lambda redemption: redemption.state is State.RESERVED,
    shards=4,
    shard_by="{partner_id}#{order_id}#{code}",
)
"""Reservations by the time they end."""


class _Guard(Value):
    """Keeps two codes from being added to one order unseen."""

    changed_at: datetime | None = None


REDEMPTIONS = Records(
    Redemption,
    kind=lambda redemption: f"redemption_{redemption.state.value}",
    pk="ORDER#{partner_id}#{order_id}",
    sk="CODE#{code}",
    own_revision=True,
    kept_for=KEPT_FOR,
    kept_since="over_at",
    index=DUE,
)
"""The use of a code by an order: checkouts, the sweep. In the index while it is reserved, by its end."""
GUARDS = Records(
    _Guard,
    kind="order_guard",
    pk="ORDER#{partner_id}#{order_id}",
    sk="ORDER",
    kept_for=KEPT_FOR,
    kept_since="changed_at",
    dump=lambda _: None,
    load=lambda _: _Guard(),
)
"""Keeps two codes from being added to one order unseen: every checkout, on its revision."""


@dataclass(frozen=True)
class OnOrder:
    """All codes of one order, and the item that keeps two of them from being added unseen."""

    guard: Stored[_Guard]
    stored: Mapping[str, Stored[Redemption]]

    @property
    def redemptions(self) -> dict[str, Redemption]:
        return {code: one.value for code, one in self.stored.items() if one.value is not None}


def on_order(partner_id: str, order_id: str) -> OnOrder:
    guard = GUARDS.at(partner_id, order_id)
    found = partition(guard.pk)
    redemptions = {one.value.code: one for one in found.of(REDEMPTIONS) if one.value is not None}
    return OnOrder(next(iter(found.of(GUARDS)), guard.nothing()), redemptions)


def period_budget(promo: Promo, key: str, now: datetime) -> list[Left]:
    """What is left of a limit of the period, which is opened when it is first asked for."""
    budget, prefix = store.budget_of_promo(promo.promo_id), period_prefix(key)
    if found := store.shares(budget, prefix):
        return list(found)
    uses, removed_at = promo.limits.per_period or 0, _period_ends(key) + ONE_DAY
    with Change(None, now) as change:
        opened = store.open_budget(
            change, budget, uses=uses, minor=0, is_open=True, prefix=prefix, removed_at=removed_at
        )
    return list(opened)


def period_prefix(key: str) -> str:
    return f"PERIOD#{key}#"


@dataclass(frozen=True)
class Hold:
    """All that one reservation or direct redemption writes."""

    promo: Promo
    code: Stored[Code]
    order: OnOrder
    new: Redemption
    offer: tuple[Offer, Offer] | None
    """Before and after, when the order is redeemed at once."""
    events: list[Event]


def hold(what: Hold, now: datetime) -> None:
    """One transaction guards code, order, athlete and every budget; any refusal leaves all of them as they were."""
    new = what.new
    with Change(new.user_id, now) as change:
        if what.code.value is not None and what.code.value.is_single:
            state = "redeemed" if new.state is State.REDEEMED else "reserved"
            held = replace(what.code.value, state=state, partner_id=new.partner_id, order_id=new.order_id)
            change.replace(what.code, held)
        change.replace(what.order.guard, _Guard(changed_at=new.changed_at))
        change.replace(what.order.stored.get(new.code) or REDEMPTIONS.of(new).nothing(), new)
        _count_use(change, what.promo, new)
        for taken in new.taken:
            store.take(change, taken.pk, taken.to_give_back())
        _tell(change, what.offer, what.events)


def _count_use(change: Change, promo: Promo, new: Redemption) -> None:
    if new.user_id is None:
        return
    counted: list[tuple[str | None, int | None, str]] = [(None, promo.limits.per_user, "per_user")]
    if new.counted_period is not None:
        counted.append((new.counted_period, promo.limits.per_user_per_period, "per_user_per_period"))
    for period, most, name in counted:
        below = None if most is None else absent() | (Item.revision < most)
        uses = USES.at(new.user_id, _uses(promo.promo_id, period))
        change.update(uses, [Item.revision.add(1)], below, refused=_reached(name))


def _reached(name: str) -> Any:
    return lambda _: LimitReachedError(limit=name, extensions={"limit": name})


def settle(
    old: Stored[Redemption],
    new: Redemption,
    offer: tuple[Offer, Offer] | None,
    events: list[Event],
    now: datetime,
) -> None:
    """From one state of a redemption to the next, once. What it no longer holds is given back with it."""
    with Change(new.user_id, now) as change:
        change.replace(old, new)
        code = store.code_of(new.code)
        if code.value is not None and code.value.is_single:
            is_held = new.state in HOLDING
            free = replace(code.value, state="free", partner_id=None, order_id=None)
            change.replace(code, replace(code.value, state="redeemed") if is_held else free)
        if new.state not in HOLDING and old.value is not None:
            for taken in (one for one in old.value.taken if not _is_over(one, now)):
                store.give_back(change, taken.pk, taken.to_give_back())
            _uncount_use(change, old.value)
        _tell(change, offer, events)


def _is_over(taken: Taken, now: datetime) -> bool:
    """A period whose budget TTL may have removed: nobody can use what would be given back to it."""
    return taken.period is not None and now > _period_ends(taken.period)


def _period_ends(key: str) -> datetime:
    return datetime.fromisoformat(f"{key}T00:00:00+00:00") + PERIODS_KEPT_FOR


def _uncount_use(change: Change, old: Redemption) -> None:
    if old.user_id is None:
        return
    for period in dict.fromkeys([None, old.counted_period]):
        change.update(USES.at(old.user_id, _uses(old.promo_id, period)), [Item.revision.add(-1)])


def _uses(promo_id: str, period: str | None) -> str:
    return f"{promo_id}#{period}" if period else promo_id


def remember_reversal(new: Redemption, now: datetime) -> None:
    """The return was heard of before the order: when the order comes, it uses nothing."""
    with Change(new.user_id, now) as change:
        change.put(REDEMPTIONS, new)


def due(now: datetime, *, most: int) -> Iterator[tuple[str, str, str]]:
    """(partner, order, code) of reservations that have ended; from an index, so some may be over already."""
    for shard in DUE.partitions():
        for one in values_of(REDEMPTIONS.listed(shard, clock.rfc3339(now), limit=most)):
            yield one.partner_id, one.order_id, one.code


def _tell(change: Change, offer: tuple[Offer, Offer] | None, events: list[Event]) -> None:
    if offer is not None:
        change.replace(OFFERS.seen(offer[0]), offer[1])
    change.publish(*events)
