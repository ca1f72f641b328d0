"""Orders that use codes, as they are stored: the transactions of reserve, redeem and reverse. See README.md."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from promos.budget import Left
from promos.checkout.domain import Redemption, State, Taken
from promos.errors import LimitReachedError
from promos.facts import Order
from promos.offers import budget_store, store
from promos.offers.budget_store import Move
from promos.offers.domain import Code, Offer, Promo
from promos.offers.store import OFFERS, USES
from promos.values import PromoLimits
from stadion import clock, codes
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


class Guard(Value):
    """What is known of an order beside its codes, and what keeps two of them from being added to it unseen."""

    changed_at: AwareDatetime | None = None
    user_id: str | None = None
    """Of an order that was told; None is a guest."""
    told: Order = Order()
    refused: dict[str, str] = Field(default_factory=dict)
    """Codes that the order named and that book nothing, and why: the code of the problem."""


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
    Guard,
    kind="order_guard",
    pk="ORDER#{partner_id}#{order_id}",
    sk="ORDER",
    kept_for=KEPT_FOR,
    kept_since="changed_at",
    load=lambda item: Guard.model_validate(item.body or {}),
)
"""What was told of the order, and which codes it named in vain: every checkout and all news, on its revision, so that
no two codes are added to one order unseen."""


@dataclass(frozen=True)
class OnOrder:
    """All codes of one order, and the item that keeps two of them from being added unseen."""

    guard: Stored[Guard]
    stored: Mapping[str, Stored[Redemption]]
    """By the code as it was issued."""

    @property
    def redemptions(self) -> dict[str, Redemption]:
        return {code: one.value for code, one in self.stored.items() if one.value is not None}

    def use_of(self, typed: str) -> Redemption | None:
        """Of a code as people type it."""
        wanted = codes.key(typed)
        return next((one for code, one in self.redemptions.items() if codes.key(code) == wanted), None)


def on_order(partner_id: str, order_id: str) -> OnOrder:
    guard = GUARDS.at(partner_id, order_id)
    found = partition(guard.pk)
    redemptions = {one.value.code: one for one in found.of(REDEMPTIONS) if one.value is not None}
    return OnOrder(next(iter(found.of(GUARDS)), guard.nothing()), redemptions)


def period_budget(promo: Promo, key: str, now: datetime) -> list[Left]:
    """What is left of a limit of the period, which is opened when it is first asked for."""
    budget, prefix = store.budget_of_promo(promo.promo_id), period_prefix(key)
    if found := budget_store.shares(budget, prefix):
        return list(found)
    uses, removed_at = promo.limits.per_period or 0, _period_ends(key) + ONE_DAY
    with Change(None, now) as change:
        opened = budget_store.open_budget(
            change, budget, uses=uses, minor=0, is_open=True, prefix=prefix, removed_at=removed_at
        )
    return list(opened)


def period_prefix(key: str) -> str:
    return f"PERIOD#{key}#"


@dataclass(frozen=True)
class Step:
    """One code of an order, from what is stored to what is to be."""

    old: Stored[Redemption]
    new: Redemption
    limits: PromoLimits | None = None
    """Of a code that begins to hold: how often its athlete may."""
    code: tuple[Stored[Code], Code] | None = None
    """Of a single-use code, when its state moves with it."""
    offer: tuple[Offer, Offer] | None = None
    """Before and after."""
    news: Event | None = None


def write(
    guard: tuple[Stored[Guard], Guard], steps: Sequence[Step], moves: Mapping[tuple[str, str], Move], now: datetime
) -> None:
    """One transaction guards order, codes, athletes and every budget; any refusal leaves all of them as they were."""
    with Change(None, now) as change:
        change.replace(*guard)
        for step in steps:
            change.replace(step.old, step.new)
            if step.code is not None:
                change.replace(*step.code)
        _count_uses(change, steps)
        for (pk, sk), move in moves.items():
            if move.uses or move.minor:
                budget_store.move(change, pk, sk, move)
        for step in steps:
            if step.offer is not None:
                change.replace(OFFERS.seen(step.offer[0]), step.offer[1])
            if step.news is not None:
                change.publish(step.news, user_id=step.new.user_id)


def uses_of(redemption: Redemption) -> list[tuple[str, str]]:
    """The counters that it holds a use in: (athlete, of what)."""
    if redemption.user_id is None or not redemption.stands:
        return []
    names = dict.fromkeys([None, redemption.counted_period])
    return [(redemption.user_id, _uses(redemption.promo_id, period)) for period in names]


def used_by(user_id: str, name: str) -> int:
    """What a counter of the athlete stands at."""
    count = USES.find(user_id, name)
    return count.n if count is not None else 0


def _count_uses(change: Change, steps: Sequence[Step]) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    most: dict[tuple[str, str], tuple[int, str]] = {}
    for step in steps:
        counted.subtract(uses_of(step.old.value) if step.old.value is not None else [])
        counted.update(uses_of(step.new))
        if step.limits is not None:
            most |= limits_of(step.new, step.limits)
    for (user_id, name), by in counted.items():
        if by:
            limit, said = most.get((user_id, name), (None, ""))
            below = absent() | (Item.revision < limit) if limit is not None and by > 0 else None
            change.update(USES.at(user_id, name), [Item.revision.add(by)], below, refused=_reached(said))


def limits_of(new: Redemption, limits: PromoLimits) -> dict[tuple[str, str], tuple[int, str]]:
    """By the athlete's counter: how many it may come to, and the name of the limit."""
    if new.user_id is None:
        return {}
    found: dict[tuple[str, str], tuple[int, str]] = {}
    if limits.per_user is not None:
        found[new.user_id, _uses(new.promo_id, None)] = (limits.per_user, "per_user")
    if limits.per_user_per_period is not None and new.counted_period is not None:
        most = limits.per_user_per_period
        found[new.user_id, _uses(new.promo_id, new.counted_period)] = (most, "per_user_per_period")
    return found


def _reached(name: str) -> Any:
    return lambda _: LimitReachedError(limit=name, extensions={"limit": name})


def is_over(taken: Taken, now: datetime) -> bool:
    """A period whose budget TTL may have removed: nobody can use what would be given back to it."""
    return taken.period is not None and now > _period_ends(taken.period)


def _period_ends(key: str) -> datetime:
    return datetime.fromisoformat(f"{key}T00:00:00+00:00") + PERIODS_KEPT_FOR


def _uses(promo_id: str, period: str | None) -> str:
    return f"{promo_id}#{period}" if period else promo_id


def due(now: datetime, *, most: int) -> Iterator[tuple[str, str, str]]:
    """(partner, order, code) of reservations that have ended; from an index, so some may be over already."""
    for shard in DUE.partitions():
        for one in values_of(REDEMPTIONS.listed(shard, clock.rfc3339(now), limit=most)):
            yield one.partner_id, one.order_id, one.code
