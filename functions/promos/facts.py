"""What this service knows of an athlete: its own copy of what other services told, and only what rules ask."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from stadion.athletes import (
    WithBody,
    WithConsents,
    WithPlace,
    WithPurchases,
    WithReader,
    WithRegistration,
    WithZone,
)
from stadion.clock import local_date
from stadion.consents import may_count
from stadion.events.accounts import OF_A_PARTNER, ConsentKind
from stadion.events.workouts import WorkoutFacts, WorkoutUse
from stadion.paid import CodeDiscount, Paid, PaidLine
from stadion.values import Value

MARKETING = (ConsentKind.MARKETING_PUSH, ConsentKind.MARKETING_EMAIL, ConsentKind.MARKETING_SMS)


class Athlete(WithReader, WithZone, WithPlace, WithBody, WithRegistration, WithConsents, WithPurchases):
    def has_granted(self, kind: ConsentKind) -> bool:
        """What is granted to one partner each, to some of them."""
        return self.adds_purchases if kind in OF_A_PARTNER else kind in self.granted

    @property
    def may_be_counted(self) -> bool:
        """For statistics: what they look at, tap and buy."""
        return may_count(self.granted)

    def may_be_marketed(self, channel: ConsentKind | None = None) -> bool:
        """By this channel; in the app, by the word for any of them, as `notifications` has it."""
        return not self.granted.isdisjoint([channel] if channel else MARKETING)


class Piece(Value):
    """A piece of gear. Merging two accounts of it gives the same in any order."""

    gear_id: str
    category: str | None = None
    brand: str | None = None
    model: str | None = None
    retired: bool = False
    worn_percent: int = 0

    def merged(self, other: "Piece") -> "Piece":
        return Piece(
            gear_id=self.gear_id,
            category=self.category or other.category,
            brand=self.brand or other.brand,
            model=self.model or other.model,
            retired=self.retired or other.retired,
            worn_percent=max(self.worn_percent, other.worn_percent),
        )


class ProductCopy(Value):
    """A product of the store's catalogue."""

    partner_id: str
    sku: str
    revision: int
    name: str
    brand: str | None = None
    deeplink: str
    wear_category: str | None = None
    price_minor: int
    currency: str
    is_sold: bool


class Line(Value):
    """Of a purchase: `price_minor` is of one piece, before the discount; `discount_minor` of the whole line."""

    sku: str = ""
    """Empty in what was stored before 2026-12."""
    quantity: int
    price_minor: int
    discount_minor: int = 0
    wear_category: str | None = None

    def is_of(self, bought: "Line") -> bool:
        """Whether it is a piece of that line; where one of them has no SKU, by what else tells lines apart."""
        if self.sku and bought.sku:
            return self.sku == bought.sku
        return (self.wear_category, self.price_minor) == (bought.wear_category, bought.price_minor)


class Purchase(Value):
    completed_at: AwareDatetime
    total_minor: int
    discount_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int = 0
    currency: str
    codes: list[str] = Field(default_factory=list)
    """That the order named, in its order."""
    lines: list[Line]


class GivenBack(Value):
    version: int = 1
    """Of the order: two returns of one moment are two. 1, the completion's: of news that tell none."""
    returned_at: AwareDatetime
    is_whole: bool
    lines: list[Line]


class Order(Value):
    """An order and what came back of it, in whatever order the news arrived."""

    completed: Purchase | None = None
    returns: dict[str, GivenBack] = Field(default_factory=dict)
    """By the order's version that told them; what was stored before 2026-12 by its time."""

    @property
    def version(self) -> int:
        return len(self.returns) + (self.completed is not None)

    @property
    def is_returned(self) -> bool:
        """As a whole, by the store's word."""
        return any(returned.is_whole for returned in self.returns.values())

    def with_news(self, news: Purchase | GivenBack) -> "Order":
        if isinstance(news, Purchase):
            return self if self.completed else self.model_copy(update={"completed": news})
        by_time = news.returned_at.isoformat()
        before = self.returns.get(by_time)
        if before is not None and _same_pieces(before, news):
            return self  # the same news, kept by its time
        key = str(news.version) if news.version > 1 else by_time
        return self if key in self.returns else self.model_copy(update={"returns": {**self.returns, key: news}})

    def paid(self, discounts: Sequence[CodeDiscount] = ()) -> Paid | None:
        """With what its codes gave, in their order; None before its completion is known."""
        done = self.completed
        if done is None:
            return None
        lines = tuple(
            PaidLine(
                sku=line.sku,
                quantity=line.quantity,
                price_minor=line.price_minor,
                discount_minor=line.discount_minor,
                returned=line.quantity if self.is_returned else min(line.quantity, self._came_back(line)),
                wear_category=line.wear_category,
            )
            for line in done.lines
        )
        return Paid(
            currency=done.currency,
            lines=lines,
            total_minor=done.total_minor,
            discount_minor=done.discount_minor,
            shipping_minor=done.shipping_minor,
            tax_minor=done.tax_minor,
            discounts=tuple(discounts),
        )

    def _came_back(self, bought: Line) -> int:
        pieces = (line for returned in self.returns.values() for line in returned.lines)
        return sum(line.quantity for line in pieces if line.is_of(bought))


def _same_pieces(one: GivenBack, other: GivenBack) -> bool:
    counts = [Counter({line.price_minor: line.quantity for line in each.lines}) for each in (one, other)]
    return one.is_whole == other.is_whole and counts[0] == counts[1]


Amounts = Mapping[str, int]


@dataclass(frozen=True)
class Facts:
    """Of one athlete, as far as the rules need them. Days are the athlete's, of purchases UTC."""

    athlete: Athlete
    today: date
    gear: tuple[Piece, ...] = ()
    activity: Mapping[date, Amounts] = field(default_factory=dict)
    purchases: Mapping[date, Amounts] = field(default_factory=dict)


def activity_of(workout: WorkoutFacts) -> dict[str, dict[str, int]]:
    """Account of the day -> amounts; a flagged workout earns no offer."""
    if not workout.counts_for(WorkoutUse.OFFERS):
        return {}
    day = local_date(workout.started_at, workout.time_zone)
    sport = workout.sport_type.value
    amounts = {
        f"{sport}.sessions": 1,
        f"{sport}.distance_m": round(workout.distance_m or 0),
        f"{sport}.moving_time_s": round(workout.moving_time_s),
    }
    return {day_account("DAY", day): {name: amount for name, amount in amounts.items() if amount}}


def purchases_of(order: Order) -> dict[str, dict[str, int]]:
    """Account of the day -> amounts, less what came back. An order whose completion is unknown yet bought nothing."""
    done, paid = order.completed, order.paid()
    if done is None or paid is None:
        return {}
    amounts: dict[str, int] = {"orders": int(paid.is_kept), f"minor.{paid.currency}": paid.kept_minor}
    for line in paid.lines:
        for name in ("items", *([f"items.{line.wear_category}"] if line.wear_category else [])):
            amounts[name] = amounts.get(name, 0) + line.kept
    kept = {name: amount for name, amount in amounts.items() if amount > 0}
    return {day_account("BOUGHT", done.completed_at.astimezone(UTC).date()): kept}


def day_account(kind: str, day: date) -> str:
    return f"{kind}#{day.isoformat()}"


def day_of(account: str) -> date:
    return date.fromisoformat(account.rpartition("#")[2])


def days_back(today: date, days: int) -> date:
    return today - timedelta(days=max(0, days - 1))


def amounts_of(totals: Any) -> dict[str, int]:
    return {str(name): int(amount) for name, amount in totals.items()}
