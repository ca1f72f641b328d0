"""Rules and values of gear and its wear."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from inventory.categories import CATEGORIES
from stadion.athletes import WithPurchases, WithReader
from stadion.categories import GearCategory
from stadion.category_names import category_name
from stadion.clock import local_date
from stadion.events.inventory import GearWearReached
from stadion.events.notifications import NotificationRequested
from stadion.events.workouts import WorkoutFacts, WorkoutUse
from stadion.postings import AccountChange, Amounts
from stadion.sports import SportType, WearUnit
from stadion.values import Value

EASTERNMOST = timedelta(hours=14)  # where a calendar day begins first
NEVER = datetime.min.replace(tzinfo=UTC)
THRESHOLDS = (50, 80, 100)
TOLD_THRESHOLDS = {80, 100}  # half-way is a fact for others, not news for the athlete

MEASURE = {WearUnit.KM: "distance_m", WearUnit.HOURS: "time_s", WearUnit.SESSIONS: "sessions"}
PER_UNIT = {WearUnit.KM: 1000, WearUnit.HOURS: 3600, WearUnit.SESSIONS: 1}


class GearStatus(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"


class Component(Value):
    """A part with a life of its own, e.g. a bike's chain. It wears with its gear from `installed_at` on."""

    component_id: str
    name: str
    unit: WearUnit
    limit: float
    initial_use: float = 0
    installed_at: AwareDatetime


class Gear(Value):
    gear_id: str
    user_id: str
    revision: int = 1
    category: GearCategory
    brand: str | None = None
    model: str | None = None
    nickname: str | None = None
    purchased_on: date | None = None
    used_since: date | None = None
    initial_use: float = 0
    limit: float
    status: GearStatus = GearStatus.ACTIVE
    archived_at: AwareDatetime | None = None
    default_for: dict[SportType, AwareDatetime] = Field(
        default_factory=dict,
        description="sport -> the moment from whose day on, of the athlete, this gear is its default",
    )
    default_given: dict[SportType, AwareDatetime] = Field(
        default_factory=dict, description="sport -> the moment at which the athlete made it the default"
    )
    components: list[Component] = Field(default_factory=list)
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @property
    def unit(self) -> WearUnit:
        return CATEGORIES[self.category].unit

    @property
    def name(self) -> str:
        return self.given_name or unnamed(self.category)

    @property
    def given_name(self) -> str:
        return self.nickname or " ".join(filter(None, [self.brand, self.model]))

    def changed(self, now: datetime, **fields: Any) -> "Gear":
        return Gear.model_validate({**self.model_dump(), **fields, "revision": self.revision + 1, "updated_at": now})

    def in_use_at(self, moment: datetime) -> bool:
        return self.archived_at is None or moment < self.archived_at

    def default_from(self, sport_type: SportType, time_zone: str) -> date | None:
        """The athlete's day from which on it is a default of the sport: that of its first use, or of the word."""
        since = self.default_for.get(sport_type)
        if since is None:
            return None
        is_of_its_use = since < self.default_given.get(sport_type, since)
        return (since + EASTERNMOST).astimezone(UTC).date() if is_of_its_use else local_date(since, time_zone)

    def default_since(self, given: datetime) -> datetime:
        """From when a new default counts: old workouts uploaded later still find the shoes they were run in."""
        begun = self.used_since or self.purchased_on
        if begun is None:
            return given
        return min(given, datetime.combine(begun, datetime.min.time(), tzinfo=UTC) - EASTERNMOST)

    def defaults(self, sports: Iterable[SportType], now: datetime) -> dict[str, dict[SportType, datetime]]:
        """The fields of a default for `sports` alone. A sport that was one already keeps its date."""
        return {
            "default_for": {sport: self.default_for.get(sport) or self.default_since(now) for sport in sports},
            "default_given": {sport: self.default_given.get(sport) or now for sport in sports},
        }


class Owner(WithReader, WithPurchases):
    """Whose gear it is."""


class Purchase(Value):
    """What is known of an order; its messages come in any order, and more than once."""

    partner_id: str
    order_id: str
    revision: int = 0
    is_completed: bool = False
    pieces: dict[str, str] = Field(default_factory=dict, description="gear id -> SKU, of what the athlete still has")
    returned: dict[str, dict[str, int]] = Field(default_factory=dict, description="order version -> SKU -> pieces")


# --- use ------------------------------------------------------------------------------------------------------------


def account(gear_id: str, component_id: str | None = None) -> str:
    return f"GEAR#{gear_id}" if component_id is None else f"GEAR#{gear_id}#COMPONENT#{component_id}"


def default_gear(gears: Iterable[Gear], workout: WorkoutFacts) -> list[str]:
    """The athlete's last word before the workout started; for older workouts, the default that was new last.

    The first word of the athlete's day counts from the beginning of that day, a further one from its moment on."""
    sport_type, day = workout.sport_type, local_date(workout.started_at, workout.time_zone)
    candidates = [
        gear
        for gear in gears
        if gear.in_use_at(workout.started_at)
        for first in [gear.default_from(sport_type, workout.time_zone)]
        if first is not None and first <= day
    ]
    words = {one.gear_id: one.default_given.get(sport_type, one.default_for[sport_type]) for one in candidates}
    first_word = min((word for word in words.values() if local_date(word, workout.time_zone) == day), default=NEVER)

    def precedence(gear: Gear) -> tuple[datetime, datetime, str]:
        word = words[gear.gear_id]
        is_said = word <= max(workout.started_at, first_word)
        return word if is_said else NEVER, gear.default_for[sport_type], gear.gear_id

    return [max(candidates, key=precedence).gear_id] if candidates else []


def worn_gear(workout: WorkoutFacts, gears: Mapping[str, Gear]) -> list[str]:
    """The gear that was named, or the default of the sport."""
    if workout.gear_chosen:
        return list(dict.fromkeys(workout.gear_ids))
    return default_gear(gears.values(), workout)


def contribution(workout: WorkoutFacts, worn: Iterable[str], gears: Mapping[str, Gear]) -> dict[str, Amounts]:
    """What a workout adds to each piece of gear and to each of its components. Unknown gear is counted as well:
    it may be added later, when the phone is online again. A flagged workout wears nothing."""
    if not workout.counts_for(WorkoutUse.WEAR):
        return {}
    amounts = use_of(workout)
    accounts: dict[str, Amounts] = {}
    for gear_id in worn:
        accounts[account(gear_id)] = amounts
        gear = gears.get(gear_id)
        for component in gear.components if gear is not None else []:
            if component.installed_at <= workout.started_at:
                accounts[account(gear_id, component.component_id)] = amounts
    return accounts


def use_of(workout: WorkoutFacts) -> Amounts:
    """Whole metres, seconds and sessions, in all and by calendar month (UTC) for the rate of use."""
    totals = {
        "distance_m": round(workout.distance_m or 0),
        "time_s": round(workout.moving_time_s),
        "sessions": 1,
    }
    month = f"{workout.started_at.astimezone(UTC):%Y-%m}"
    return totals | {f"{measure}@{month}": amount for measure, amount in totals.items()}


def used(totals: Amounts, unit: WearUnit, initial_use: float) -> float:
    """In the unit of wear."""
    return round(initial_use + totals.get(MEASURE[unit], 0) / PER_UNIT[unit], 3)


# --- wear -----------------------------------------------------------------------------------------------------------


class GearWear(Value):
    """How far a piece (or a component) is through its life."""

    unit: WearUnit
    used: float
    limit: float
    percent: float
    worn_out_on: date | None = Field(default=None, description="forecast from the last three months; null when unknown")


def wear(
    totals: Amounts, *, unit: WearUnit, initial_use: float, limit: float, since: date | None, today: date
) -> GearWear:
    so_far = used(totals, unit, initial_use)
    return GearWear(
        unit=unit,
        used=so_far,
        limit=limit,
        percent=round(100 * so_far / limit, 1),
        worn_out_on=_worn_out_on(totals, unit, limit - so_far, since, today),
    )


@dataclass(frozen=True)
class UsedGear:
    """A piece of gear with what it and its components were used for."""

    gear: Gear
    totals: Mapping[str, Amounts]
    """By account."""

    @property
    def use(self) -> Amounts:
        return self.totals.get(account(self.gear.gear_id), {})

    def wear(self, today: date) -> GearWear:
        gear = self.gear
        since = gear.used_since or gear.purchased_on or (gear.created_at.date() if not gear.initial_use else None)
        return wear(self.use, unit=gear.unit, initial_use=gear.initial_use, limit=gear.limit, since=since, today=today)

    def component_wear(self, component: Component, today: date) -> GearWear:
        return wear(
            self.totals.get(account(self.gear.gear_id, component.component_id), {}),
            unit=component.unit,
            initial_use=component.initial_use,
            limit=component.limit,
            since=component.installed_at.date(),
            today=today,
        )


def _worn_out_on(totals: Amounts, unit: WearUnit, left: float, since: date | None, today: date) -> date | None:
    """`left` divided by the mean daily use since the first of the month before last (or the start of use)."""
    if left <= 0:
        return today
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    first = (first - timedelta(days=1)).replace(day=1)
    months = {f"{MEASURE[unit]}@{moment:%Y-%m}" for moment in _months(first, today)}
    recent = sum(totals.get(month, 0) for month in months) / PER_UNIT[unit]
    if recent <= 0:
        return None
    begun = max(first, since) if since is not None and since <= today else first
    per_day = recent / max(1, (today - begun).days + 1)
    days = left / per_day
    return today + timedelta(days=round(days)) if days < 3650 else None


def _months(first: date, last: date) -> list[date]:
    months = [first]
    while months[-1].strftime("%Y-%m") < last.strftime("%Y-%m"):
        months.append((months[-1] + timedelta(days=31)).replace(day=1))
    return months


def highest_reached(percent: float) -> int:
    """The highest threshold at or below `percent`; 0 when none."""
    return max((threshold for threshold in THRESHOLDS if percent >= threshold), default=0)


def silent_notes(totals: Amounts, notes: Mapping[str, Any], piece: "Gear | Component") -> dict[str, Any]:
    """Notes after the athlete set or changed limit or initial use: what was reached by that is no news."""
    return {**notes, "reached": _reached(totals, piece)}


def _reached(totals: Amounts, piece: "Gear | Component") -> int:
    return highest_reached(100 * used(totals, piece.unit, piece.initial_use) / piece.limit)


def crossings(
    change: AccountChange, gear: Gear, component: Component | None
) -> tuple[list[GearWearReached], dict[str, Any]]:
    """The thresholds that a movement crossed upward, and the notes that remember it.

    `reached` is the highest threshold that was told. A fall below it (a corrected or deleted workout) and what was
    reached in silence are seen by what was used before, so that only a real re-crossing is news again.
    """
    piece = component or gear
    told, stood, now = (
        int(change.notes.get("reached", 0)),
        _reached(change.before, piece),
        _reached(change.after, piece),
    )
    before = min(told, stood)
    counts = {int(key): value for key, value in change.notes.get("crossed", {}).items()}
    crossed = [threshold for threshold in THRESHOLDS if before < threshold <= now]
    counts |= {threshold: counts.get(threshold, 0) + 1 for threshold in crossed}
    notes = {**change.notes, "reached": now, "crossed": {str(key): value for key, value in counts.items()}}
    return [_wear_reached(gear, component, threshold, counts[threshold], change) for threshold in crossed], notes


def _wear_reached(
    gear: Gear, component: Component | None, threshold: int, crossing: int, change: AccountChange
) -> GearWearReached:
    piece = component or gear
    return GearWearReached(
        gear_id=gear.gear_id,
        component_id=component.component_id if component else None,
        name=f"{gear.name}: {component.name}" if component else gear.name,
        category=gear.category.value,
        threshold_percent=threshold,
        used=used(change.after, piece.unit, piece.initial_use),
        limit=piece.limit,
        unit=piece.unit,
        crossing=crossing,
    )


def news_of(reached: Iterable[GearWearReached]) -> list[NotificationRequested]:
    """One message for each piece that is worth one: of several thresholds at once, the highest."""
    highest: dict[tuple[str, str | None], GearWearReached] = {}
    for news in reached:
        if news.threshold_percent in TOLD_THRESHOLDS:
            highest[news.gear_id, news.component_id] = news
    return [_message(news) for news in highest.values()]


def unnamed(category: str) -> str:
    """What events call a piece that nobody named."""
    return category.replace("_", " ")


def _name_told(reached: GearWearReached) -> str | Mapping[str, str]:
    """Of a piece that nobody named, what its category is called in each language."""
    piece, colon, part = reached.name.partition(": ")
    if piece != unnamed(reached.category):
        return reached.name
    return {language: f"{name}{colon}{part}" for language, name in category_name(reached.category).items()}


def _message(reached: GearWearReached) -> NotificationRequested:
    part = reached.component_id or "whole"
    return NotificationRequested(
        request_id=f"gear-wear:{reached.gear_id}:{part}:{reached.threshold_percent}:{reached.crossing}",
        template="gear_wear" if reached.threshold_percent < 100 else "gear_worn_out",
        values={
            "name": _name_told(reached),
            "percent": reached.threshold_percent,
            "used": round(reached.used),
            "limit": round(reached.limit),
            "unit": reached.unit.value,
        },
        about={"gear_id": reached.gear_id},
    )
