"""Promos and offers: states, times, places, money. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from promos.budget import UNLIMITED
from promos.facts import Athlete, Facts
from promos.targeting import Segments, TargetingRule
from promos.values import (
    DAYS,
    CodePlan,
    Discount,
    DiscountKind,
    LimitPeriod,
    PromoLimits,
    PromoPlace,
    PromoProduct,
    PromoStacking,
    PromoWindow,
    StackingMode,
    Words,
)
from promos.verdicts import Verdict, judge
from stadion import codes
from stadion.events import promos as promo_events
from stadion.events.accounts import ConsentKind
from stadion.i18n import Language, Text
from stadion.values import Value

MAX_DECIDED = 20


class Switch(StrEnum):
    """What people decided. The rest of the status follows from the clock."""

    DRAFT = "draft"
    ON = "on"
    PAUSED = "paused"
    ENDED = "ended"


class PromoStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class OfferStatus(StrEnum):
    ACTIVE = "active"
    USED = "used"
    DISMISSED = "dismissed"
    EXPIRED = "expired"
    PAUSED = "paused"
    ENDED = "ended"
    TAKEN_BACK = "taken_back"


class PromoAction(StrEnum):
    ACTIVATE = "activate"
    PAUSE = "pause"
    END = "end"


TRANSITIONS: dict[PromoAction, tuple[frozenset[PromoStatus], Switch]] = {
    PromoAction.ACTIVATE: (frozenset({PromoStatus.DRAFT, PromoStatus.PAUSED}), Switch.ON),
    PromoAction.PAUSE: (frozenset({PromoStatus.SCHEDULED, PromoStatus.ACTIVE}), Switch.PAUSED),
    PromoAction.END: (frozenset(PromoStatus) - {PromoStatus.ENDED}, Switch.ENDED),
}
"""Action -> from which status, and what is decided by it. Ended is the end."""
DONE_ALREADY: dict[PromoAction, frozenset[PromoStatus]] = {
    PromoAction.ACTIVATE: frozenset({PromoStatus.SCHEDULED, PromoStatus.ACTIVE}),
    PromoAction.PAUSE: frozenset({PromoStatus.PAUSED}),
    PromoAction.END: frozenset({PromoStatus.ENDED}),
}


class Decided(Value):
    """When people decided what, and what held until then."""

    at: AwareDatetime
    before: Switch
    after: Switch


class Promo(Value):
    promo_id: str
    revision: int = 1
    switch: Switch = Switch.DRAFT
    decided: list[Decided] = Field(default_factory=list)
    """The last of them: an order that was sold before a pause was sold by an active promo, however late its news."""
    name: str
    title: Words
    text: Words
    terms: Words | None = None
    discount: Discount
    currency: str | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    time_zone: str
    places: list[PromoPlace] = Field(default_factory=list)
    windows: list[PromoWindow] = Field(default_factory=list)
    targeting: TargetingRule | None = None
    partners: list[str] = Field(default_factory=list)
    """Who may redeem it, and whose products a worn piece leads to; none named: all partners who may redeem codes."""
    link: str
    products: list[PromoProduct] = Field(default_factory=list)
    codes: CodePlan
    limits: PromoLimits
    stacking: PromoStacking
    created_at: AwareDatetime
    updated_at: AwareDatetime

    def is_for(self, partner_id: str) -> bool:
        """Whether the partner may redeem it."""
        return not self.partners or partner_id in self.partners

    def status(self, now: datetime) -> PromoStatus:
        switch = self._switch_at(now)
        if switch is Switch.ENDED or (switch is not Switch.DRAFT and now >= self.ends_at):
            return PromoStatus.ENDED
        if switch is Switch.ON:
            return PromoStatus.SCHEDULED if now < self.starts_at else PromoStatus.ACTIVE
        return PromoStatus(switch.value)

    def switched(self, decided: Switch, now: datetime) -> "Promo":
        known = [*self.decided, Decided(at=now, before=self.switch, after=decided)]
        return self.model_copy(update={"switch": decided, "decided": known[-MAX_DECIDED:]})

    def _switch_at(self, moment: datetime) -> Switch:
        later = next((one for one in self.decided if one.at > moment), None)
        return later.before if later is not None else self.switch

    def stored(self) -> dict[str, Any]:
        body: dict[str, Any] = self.model_dump(mode="json", by_alias=True, exclude={"targeting"})
        return body | {"targeting": self.targeting.stored() if self.targeting else None}


def whole_budget(limits: PromoLimits) -> tuple[int, int]:
    """Redemptions and money, before anything was taken."""
    return limits.redemptions or UNLIMITED, limits.discount_minor or UNLIMITED


@dataclass(frozen=True)
class Budget:
    """What is left of a promo's limits, and what was taken: redeemed and reserved. None: no limit.

    An overrun is what orders that were sold already gave past the limit.
    """

    redemptions_left: int | None
    redemptions_used: int
    discount_left_minor: int | None
    discount_used_minor: int
    overrun_redemptions: int = 0
    overrun_minor: int = 0

    @classmethod
    def of(cls, limits: PromoLimits, uses_left: int, minor_left: int) -> "Budget":
        uses, minor = whole_budget(limits)
        return cls(
            redemptions_left=max(0, uses_left) if limits.redemptions is not None else None,
            redemptions_used=uses - uses_left,
            discount_left_minor=max(0, minor_left) if limits.discount_minor is not None else None,
            discount_used_minor=minor - minor_left,
            overrun_redemptions=max(0, -uses_left),
            overrun_minor=max(0, -minor_left),
        )


@dataclass(frozen=True)
class BudgetedPromo:
    promo: Promo
    budget: Budget


@dataclass(frozen=True)
class Issue:
    """Whom a promo is to be issued to, and in which run: the same run gives an athlete one offer of it."""

    user_id: str
    run_id: str = "direct"
    campaign_id: str | None = None
    variant: str | None = None
    channel: ConsentKind | None = None
    """Whose consent must stand; None: any for marketing."""
    reward: str | None = None
    earned_by: str | None = None
    """For what it was earned. What was earned is no marketing, and asks for no consent to it."""


class OrderMoney(Value):
    """What one order gave and paid with an offer's code; of what came back it counts nothing."""

    currency: str
    discount_minor: int
    cost_minor: int = 0
    """Of a gift or a delivery."""
    revenue_minor: int


class Offer(Value):
    """A promo in the hands of one athlete."""

    offer_id: str
    user_id: str
    promo_id: str
    run_id: str
    campaign_id: str | None = None
    variant: str | None = None
    code: str
    is_personal: bool
    revision: int = 1
    issued_at: AwareDatetime
    expires_at: AwareDatetime
    viewed_at: AwareDatetime | None = None
    clicked_at: AwareDatetime | None = None
    dismissed_at: AwareDatetime | None = None
    redeemed_at: AwareDatetime | None = None
    reversed_at: AwareDatetime | None = None
    redemptions: int = 0
    discount_minor: int = 0
    revenue_minor: int = 0
    """Of orders that were redeemed before 2026-12, in the promo's currency."""
    orders: dict[str, OrderMoney] = Field(default_factory=dict)
    """By `<partner>#<order>`: whatever is told again or anew of an order takes the place of what was known."""
    link: str | None = None
    """Of the product that it is about; the promo's own when there is none."""
    seller: str | None = None
    """The partner whose product that is; None in what was stored before 2026-12."""
    reward: str | None = None
    earned_by: str | None = None
    """Of a reward: the very reason."""
    taken_back_at: AwareDatetime | None = None
    """While the reason of a reward is gone."""

    @property
    def is_open(self) -> bool:
        return self.dismissed_at is None and self.taken_back_at is None and not self._is_used

    def facts(self) -> promo_events.Offer:
        """What other services may know."""
        return promo_events.Offer(
            offer_id=self.offer_id, promo_id=self.promo_id, campaign_id=self.campaign_id, variant=self.variant
        )

    def ends_at(self, promo: Promo) -> datetime:
        """A promo that was shortened since ends its offers, too."""
        return min(self.expires_at, promo.ends_at)

    @property
    def _is_used(self) -> bool:
        return self.is_personal and self.redemptions > 0

    def status(self, promo: Promo, now: datetime) -> OfferStatus:
        """What the athlete did with it, then the time, then what became of its promo."""
        if self._is_used:
            return OfferStatus.USED
        if self.taken_back_at is not None:
            return OfferStatus.TAKEN_BACK
        if self.dismissed_at is not None:
            return OfferStatus.DISMISSED
        if self.expires_at <= now:
            return OfferStatus.EXPIRED
        status = promo.status(now)
        over = status in {PromoStatus.PAUSED, PromoStatus.ENDED}
        return OfferStatus(status.value) if over else OfferStatus.ACTIVE

    def viewed(self, now: datetime) -> "Offer":
        return self._noted(viewed_at=self.viewed_at or now)

    def clicked(self, now: datetime) -> "Offer":
        """Who clicked came by a link, perhaps, and has seen no offer in the app: only what was told is noted."""
        return self._noted(clicked_at=self.clicked_at or now)

    def dismissed(self, now: datetime) -> "Offer":
        return self._noted(dismissed_at=self.dismissed_at or now)

    def taken_back(self, now: datetime | None) -> "Offer":
        """Or, with None, good again. What was used stays used."""
        return self._noted(taken_back_at=now)

    def reversed(self, now: datetime, *, discount_minor: int, revenue_minor: int) -> "Offer":
        """Of an order that was redeemed before orders were kept by their source."""
        left = self.redemptions - 1
        return self._noted(
            redeemed_at=self.redeemed_at if left else None,
            reversed_at=now,
            redemptions=left,
            discount_minor=self.discount_minor - discount_minor,
            revenue_minor=self.revenue_minor - revenue_minor,
        )

    def settled(self, source: str, money: OrderMoney, now: datetime) -> "Offer":
        """An order (`<partner>#<order>`) that used the code, as it stands now; the same again changes nothing.

        A used code is no impression and no click: those are what the app told.
        """
        return self._with_orders({**self.orders, source: money}, self._unsourced(source), now)

    def unsettled(self, source: str, now: datetime) -> "Offer":
        """The order came back as a whole, or uses the code no more."""
        orders = {name: money for name, money in self.orders.items() if name != source}
        after = self._with_orders(orders, self._unsourced(source), now)
        return after._noted(reversed_at=now) if after is not self else self

    def _unsourced(self, source: str) -> int:
        """Redemptions from before orders were kept by their source. That of a personal code was this order's."""
        unsourced = self.redemptions - len(self.orders)
        return 0 if self.is_personal and source not in self.orders else unsourced

    def _with_orders(self, orders: dict[str, OrderMoney], unsourced: int, now: datetime) -> "Offer":
        redemptions = unsourced + len(orders)
        return self._noted(
            orders=orders,
            redemptions=redemptions,
            redeemed_at=(self.redeemed_at or now) if redemptions else None,
            **({} if unsourced else {"discount_minor": 0, "revenue_minor": 0}),
        )

    @property
    def money(self) -> dict[str, int]:
        """`discount.<currency>`, `cost.<currency>` and `revenue.<currency>`, each over all orders of that currency."""
        found: Counter[str] = Counter()
        for one in self.orders.values():
            found[f"discount.{one.currency}"] += one.discount_minor
            found[f"cost.{one.currency}"] += one.cost_minor
            found[f"revenue.{one.currency}"] += one.revenue_minor
        return {name: minor for name, minor in found.items() if minor}

    def discount_in(self, currency: str) -> int:
        return self.discount_minor + self.money.get(f"discount.{currency}", 0)

    def cost_in(self, currency: str) -> int:
        return self.money.get(f"cost.{currency}", 0)

    def _noted(self, **fields: Any) -> "Offer":
        changed = {name: value for name, value in fields.items() if getattr(self, name) != value}
        return self.model_copy(update={**changed, "revision": self.revision + 1}) if changed else self


@dataclass(frozen=True)
class HeldOffer:
    """An offer with its promo, and who holds it."""

    offer: Offer
    promo: Promo
    athlete: Athlete


@dataclass(frozen=True)
class FunnelSum:
    """Step -> offers, or money: of all, or of one variant or day."""

    amounts: Mapping[str, int]
    campaign_id: str | None = None
    variant: str | None = None
    day: str | None = None


@dataclass(frozen=True)
class Funnel:
    total: FunnelSum
    by_variant: list[FunnelSum] = field(default_factory=list)
    by_day: list[FunnelSum] = field(default_factory=list)


@dataclass(frozen=True)
class Code:
    """A code that was issued. Of a single-use code it says who holds it."""

    code: str
    promo_id: str
    expires_at: datetime
    is_single: bool
    offer_id: str | None = None
    user_id: str | None = None
    state: str = "free"
    partner_id: str | None = None
    order_id: str | None = None
    issued_at: datetime | None = None
    """None of a shared code, and of those issued before this was kept."""
    taken_back_at: datetime | None = None
    """Since then no other cart may have it."""

    @property
    def key(self) -> str:
        """By which it is found: two codes that differ only in hyphens are one."""
        return codes.key(self.code)

    @property
    def over_at(self) -> datetime | None:
        """None: as long as its promo is there."""
        return self.expires_at if self.is_single else None


WALK_IN = "walk-in:"


def walk_in(partner_id: str, order_id: str, code: str) -> str:
    """In place of an offer's id, for a shared code that was used without an offer."""
    return f"{WALK_IN}{partner_id}:{order_id}:{code}"


# --- times and places -----------------------------------------------------------------------------------------------


def is_open_at(windows: Sequence[PromoWindow], now: datetime, time_zone: str) -> bool:
    """Whether the athlete's clock stands in one of the windows; without windows it is always open."""
    local = now.astimezone(ZoneInfo(time_zone))
    return not windows or any(_covers(window, local) for window in windows)


def _covers(window: PromoWindow, local: datetime) -> bool:
    clock, today = local.time(), DAYS[local.weekday()]
    yesterday = DAYS[(local.weekday() - 1) % 7]
    if window.opens < window.closes:
        return today in window.days and window.opens <= clock < window.closes
    return (today in window.days and clock >= window.opens) or (
        yesterday in window.days and clock < window.closes and window.closes != time(0)
    )


def period_key(period: LimitPeriod, now: datetime, time_zone: str) -> str:
    day = now.astimezone(ZoneInfo(time_zone)).date()
    return first_day(period, day).isoformat()


def first_day(period: LimitPeriod, day: date) -> date:
    if period is LimitPeriod.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if period is LimitPeriod.WEEK else day


def is_in(places: Sequence[PromoPlace], athlete: Athlete) -> bool:
    return not places or any(_fits(place, athlete) for place in places)


def _fits(place: PromoPlace, athlete: Athlete) -> bool:
    city = (athlete.city or "").casefold()
    return (
        place.country in {None, athlete.country}
        and place.region in {None, athlete.region}
        and (place.city is None or place.city.casefold() == city)
    )


# --- who may have it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """One question on the way to an offer, and the rule that decided it."""

    name: str
    passed: bool
    pointer: str
    said: Text

    def told(self, language: Language) -> dict[str, Any]:
        return {
            "check": self.name,
            "passed": self.passed,
            "decided_by": self.pointer,
            "detail": self.said.say(language),
        }


IS_ACTIVE = Text(en="The promo is active.", ru="Промо активно.")
REDEEMED = Text(
    en="A partner whom it names is enabled and may redeem codes.",
    ru="Партнёр, которого оно называет, включён и может погашать коды.",
)
CONSENTS = Text(en="A consent to marketing is granted.", ru="Дано согласие на рекламу.")
PLACES = Text(en="Lives in one of the promo's places.", ru="Живёт в одном из мест промо.")
EVERYBODY = Text(en="It is for everybody.", ru="Оно для всех.")
USED_UP = Text(en="Has used it less often than the limit per athlete.", ru="Использовано меньше раз, чем можно одному.")


def checks(
    promo: Promo,
    facts: Facts,
    segments: Segments,
    *,
    now: datetime,
    used: int = 0,
    channel: ConsentKind | None = None,
    is_redeemed: bool = True,
    is_earned: bool = False,
) -> list[Check]:
    """All of them, in the order in which they are asked; an offer needs every one. `is_earned`: it is a reward, which
    asks for no consent to marketing.

    `is_redeemed`: by one of the partners whom the promo names; asked of no other promo."""
    verdict = judge(promo.targeting, facts, segments, "#/targeting") if promo.targeting else None
    decisive = verdict.decided_by if verdict else Verdict(True, "#/targeting", EVERYBODY)
    left = promo.limits.per_user is None or used < promo.limits.per_user
    return [
        Check("status", promo.status(now) is PromoStatus.ACTIVE, "#/status", IS_ACTIVE),
        *([Check("partners", is_redeemed, "#/partners", REDEEMED)] if promo.partners else []),
        *([] if is_earned else [Check("consent", facts.athlete.may_be_marketed(channel), "#/consent", CONSENTS)]),
        Check("place", is_in(promo.places, facts.athlete), "#/places", PLACES),
        Check("targeting", verdict is None or verdict.passed, decisive.pointer, decisive.said),
        Check("limit", left, "#/limits/per_user", USED_UP),
    ]


def expiry(promo: Promo, now: datetime) -> datetime:
    days = promo.codes.valid_for_days
    return promo.ends_at if days is None else min(promo.ends_at, now + timedelta(days=days))


# --- money ----------------------------------------------------------------------------------------------------------


def discount_of(discount: Discount, amount_minor: int) -> int:
    """What the order gets, never more than it costs. Halves of the smallest unit are for the athlete."""
    if discount.kind is DiscountKind.PERCENT:
        off = -(-amount_minor * (discount.percent or 0) // 100)
        return min(off, amount_minor, discount.most_minor or off)
    if discount.kind is DiscountKind.AMOUNT:
        return min(discount.amount_minor or 0, amount_minor)
    return 0


def may_stack(one: PromoStacking, other: PromoStacking) -> bool:
    if StackingMode.EXCLUSIVE in {one.mode, other.mode}:
        return False
    return StackingMode.ANY in {one.mode, other.mode} or bool(set(one.groups) & set(other.groups))
