"""What this service knows of an athlete: its own copy of what other services told, and only what rules ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from stadion.athletes import WithBody, WithConsents, WithLanguage, WithPlace, WithRegistration, WithZone
from stadion.clock import local_date
from stadion.consents import may_count
from stadion.events.accounts import ConsentKind
from stadion.events.workouts import WorkoutFacts, WorkoutUse
from stadion.values import Value

MARKETING = (ConsentKind.MARKETING_PUSH, ConsentKind.MARKETING_EMAIL, ConsentKind.MARKETING_SMS)


class Athlete(WithLanguage, WithZone, WithPlace, WithBody, WithRegistration, WithConsents):
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
    """Of a purchase: `price_minor` is of one piece, before the discount."""

    quantity: int
    price_minor: int
    wear_category: str | None = None


class Purchase(Value):
    completed_at: AwareDatetime
    total_minor: int
    currency: str
    lines: list[Line]


class GivenBack(Value):
    returned_at: AwareDatetime
    is_whole: bool
    lines: list[Line]


class Order(Value):
    """An order and what came back of it, in whatever order the news arrived."""

    completed: Purchase | None = None
    returns: dict[str, GivenBack] = Field(default_factory=dict)

    @property
    def version(self) -> int:
        return len(self.returns) + (self.completed is not None)


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
    done = order.completed
    if done is None:
        return {}
    back = [line for returned in order.returns.values() for line in returned.lines]
    whole = _is_returned(order)
    amounts: dict[str, int] = {"orders": 0 if whole else 1}
    signed = [(line, 1) for line in done.lines] + [(line, -1) for line in back]
    for line, sign in [] if whole else signed:
        for name in ("items", *([f"items.{line.wear_category}"] if line.wear_category else [])):
            amounts[name] = amounts.get(name, 0) + sign * line.quantity
    amounts[f"minor.{done.currency}"] = paid_minor(order)
    kept = {name: amount for name, amount in amounts.items() if amount > 0}
    return {day_account("BOUGHT", done.completed_at.date()): kept}


def paid_minor(order: Order) -> int:
    """What was paid and not given back."""
    if order.completed is None or _is_returned(order):
        return 0
    back = sum(line.quantity * line.price_minor for returned in order.returns.values() for line in returned.lines)
    return max(0, order.completed.total_minor - back)


def _is_returned(order: Order) -> bool:
    return any(returned.is_whole for returned in order.returns.values())


def day_account(kind: str, day: date) -> str:
    return f"{kind}#{day.isoformat()}"


def day_of(account: str) -> date:
    return date.fromisoformat(account.rpartition("#")[2])


def days_back(today: date, days: int) -> date:
    return today - timedelta(days=max(0, days - 1))


def amounts_of(totals: Any) -> dict[str, int]:
    return {str(name): int(amount) for name, amount in totals.items()}
