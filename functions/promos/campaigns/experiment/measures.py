"""What became of the athletes of a batch, in integer sums by arm: over all who were chosen and agree to be counted,
told or not. Of the others only what is money, and whether they withdrew: that stops a campaign."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from promos.athletes import store as athletes
from promos.athletes.store import ATHLETES, ORDERS
from promos.campaigns.run import batch_store as batches
from promos.campaigns.run import store
from promos.campaigns.run.domain import Run
from promos.facts import Order
from promos.offers.domain import Offer
from promos.offers.store import OFFERS
from stadion.records import partition
from stadion.values import Value


class Sums(Value):
    """Of the athletes of one arm. Money in the smallest unit of the campaign's currency."""

    athletes: int = 0
    issued: int = 0
    viewed: int = 0
    clicked: int = 0
    dismissed: int = 0
    redeemed: int = 0
    """Offers whose code was used and not given back."""
    reversed: int = 0
    orderers: int = 0
    """With an order that they kept, with or without a code."""
    orders: int = 0
    orders_in_other_currencies: int = 0
    """Whose money is not in the sums below."""
    revenue_minor: int = 0
    """Paid for these orders and not given back, with or without a code."""
    revenue_squares: int = 0
    discount_minor: int = 0
    cost_minor: int = 0
    """Of gifts and deliveries."""
    new_customers: int = 0
    """Orderers who had never ordered before the run."""
    withdrawn: int = 0
    """Who were told, and consent to no marketing any more."""

    @property
    def given_minor(self) -> int:
        """What the promo cost: discounts, gifts and deliveries."""
        return self.discount_minor + self.cost_minor

    @property
    def of_money(self) -> "Sums":
        """What was given and used: it is owed, whoever agrees to be counted."""
        kept = ("issued", "redeemed", "reversed", "discount_minor", "cost_minor")
        return Sums(**{name: getattr(self, name) for name in kept})

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in Sums.model_fields})


def measure_batch(run: Run, key: str, look: int, until: datetime, now: datetime) -> int:
    if not run.counts(batches.name_of(key)):
        return 0
    members = batches.read(key)
    known = athletes.athletes_by_id(user_id for user_id, _ in members)
    by_arm: dict[str, Sums] = {}
    for user_id, arm in members:
        offer, orders = _offer_and_orders(user_id, run.run_id)
        sums = sums_of(run, offer, orders, until)
        sums = sums if known[user_id].may_be_counted else sums.of_money
        if sums.issued and not known[user_id].may_be_marketed():
            sums = sums.model_copy(update={"withdrawn": 1})
        by_arm[arm] = by_arm.get(arm, Sums()) + sums
    body: dict[str, Any] = {arm: sums.model_dump() for arm, sums in by_arm.items()}
    store.note_sums(run.run_id, look, batches.name_of(key), body, now)
    return len(members)


def total(parts: Iterable[Mapping[str, Any]]) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for part in parts:
        for arm, sums in part.items():
            found[arm] = found.get(arm, Sums()) + Sums.model_validate(sums)
    return found


def sums_of(run: Run, offer: Offer | None, orders: list[Order], until: datetime) -> Sums:
    """Of one athlete. Who paid nothing and kept the goods has ordered; money counts in the plan's currency only."""
    done = [(order.completed.completed_at, paid) for order in orders if order.completed and (paid := order.paid())]
    kept = [paid for at, paid in done if run.opened_at <= at <= until and paid.is_kept]
    revenue = sum(paid.kept_minor for paid in kept if paid.currency == run.plan.currency)
    had_before = any(at < run.opened_at for at, _ in done)
    return Sums(
        athletes=1,
        **(_steps(offer, run.plan.currency, until) if offer is not None else {}),
        orderers=bool(kept),
        orders=len(kept),
        orders_in_other_currencies=sum(paid.currency != run.plan.currency for paid in kept),
        revenue_minor=revenue,
        revenue_squares=revenue**2,
        new_customers=bool(kept) and not had_before,
    )


def _steps(offer: Offer, currency: str, until: datetime) -> dict[str, int]:
    names = ("viewed", "clicked", "dismissed", "redeemed", "reversed")
    moments = {name: getattr(offer, f"{name}_at") for name in names}
    steps = {name: int(moment is not None and moment <= until) for name, moment in moments.items()}
    if not steps["redeemed"]:
        return {"issued": 1, **steps}
    return {
        "issued": 1,
        **steps,
        "discount_minor": offer.discount_in(currency),
        "cost_minor": offer.cost_in(currency),
    }


def _offer_and_orders(user_id: str, run_id: str) -> tuple[Offer | None, list[Order]]:
    """In one query: nothing else stands between their keys."""
    found = partition(ATHLETES.at(user_id).pk, ("OFFER#", "ORDER$"))
    offers = found.values(OFFERS)
    return next((offer for offer in offers if offer.run_id == run_id), None), found.values(ORDERS)
