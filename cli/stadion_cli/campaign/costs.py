"""What a run of a campaign may cost, before anything is sent. Pure: an estimate out of the plan's expectations."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, Final

HOLD_OUT: Final = "hold-out"
REST: Final = "rest"
USUAL_CHANNELS: Final = ("inbox", "push", "email")
"""Of an offer, where the plan names none."""
BATCH: Final = 100
POWER: Final = 0.8


@dataclass(frozen=True)
class Cost:
    """In the smallest unit of the plan's currency."""

    fixed: int
    messages: dict[str, int]
    """Channel -> cost."""
    discounts: dict[str, int]
    """Promo -> cost."""
    doubts: list[str] = field(default_factory=list)
    """What the estimate does not know, or where a budget ends it."""

    @property
    def total(self) -> int:
        return self.fixed + sum(self.messages.values()) + sum(self.discounts.values())


def told(by_arm: Mapping[str, int]) -> int:
    """Athletes who are not held out."""
    return sum(number for arm, number in by_arm.items() if arm != HOLD_OUT)


def batches(by_arm: Mapping[str, int]) -> int:
    """About: a batch ends with the page that fills it."""
    return math.ceil(sum(by_arm.values()) / BATCH)


def minutes(plan: Mapping[str, Any], athletes: int) -> int:
    pace: int = plan["athletes_per_minute"]
    return math.ceil(athletes / pace)


def estimate(plan: Mapping[str, Any], by_arm: Mapping[str, int], promos: Mapping[str, Mapping[str, Any]]) -> Cost:
    """`promos` by id, those of the plan's variants."""
    costs, athletes = plan["costs"], told(by_arm)
    channels = plan.get("channels") or USUAL_CHANNELS
    prices = {channel: costs["per_thousand_minor"].get(channel, 0) for channel in channels}
    messages = {channel: math.ceil(athletes * price / 1000) for channel, price in prices.items() if price}
    doubts: list[str] = []
    discounts = {
        promo_id: _bounded(promos[promo_id], orders, plan, doubts)
        for promo_id, orders in _orders_by_promo(plan, by_arm, promos, doubts).items()
    }
    return Cost(costs["fixed_minor"], messages, discounts, doubts)


def per_order(promo: Mapping[str, Any], order_minor: int) -> int:
    """What an order of the expected size takes off; 0: its size is not known."""
    discount = promo["discount"]
    if 0 < order_minor < discount.get("least_order_minor", 0):
        return 0
    if discount["kind"] == "percent":
        off = order_minor * int(discount["percent"]) // 100
        return min(off, discount.get("most_minor") or off)
    if discount["kind"] == "amount":
        off = int(discount["amount_minor"])
        return min(off, order_minor) if order_minor else off
    return int(discount.get("cost_minor", 0))


def _orders_by_promo(
    plan: Mapping[str, Any],
    by_arm: Mapping[str, int],
    promos: Mapping[str, Mapping[str, Any]],
    doubts: list[str],
) -> dict[str, float]:
    """Variants may share a promo, and with it its budget. The rest is reckoned with the dearest one."""
    share = plan["costs"]["expected_conversion_percent"] / 100
    order = plan["costs"]["expected_order_minor"]
    found: dict[str, float] = {}
    for variant in plan["variants"]:
        promo_id = variant["promo_id"]
        found[promo_id] = found.get(promo_id, 0) + by_arm.get(variant["name"], 0) * share
    if by_arm.get(REST):
        dearest = max(found, key=lambda promo_id: per_order(promos[promo_id], order))
        found[dearest] += by_arm[REST] * share
        if len(found) > 1:
            doubts.append(f"The rest is reckoned with {dearest}, the dearest promo: who wins is not known yet.")
    if not order:
        doubts.append("The plan does not say costs.expected_order_minor: percentages are reckoned as nothing.")
    return found


def _bounded(promo: Mapping[str, Any], orders: float, plan: Mapping[str, Any], doubts: list[str]) -> int:
    """By what is left of the promo's budget."""
    each, budget = per_order(promo, plan["costs"]["expected_order_minor"]), promo.get("budget") or {}
    least = promo["discount"].get("least_order_minor", 0)
    if 0 < plan["costs"]["expected_order_minor"] < least:
        doubts.append(f"An order of the expected size is too small for {promo['promo_id']}: it takes nothing off.")
    uses, money = budget.get("redemptions_left"), budget.get("discount_left_minor")
    expected = math.ceil((orders if uses is None else min(orders, uses)) * each)
    found = expected if money is None else min(expected, int(money))
    if found < math.ceil(orders * each):
        doubts.append(f"The budget of {promo['promo_id']} ends before everybody expected has ordered.")
    return found


def could_show(plan: Mapping[str, Any], by_arm: Mapping[str, int]) -> float | None:
    """The difference of shares that the test would find four times of five, if as many order as the plan expects.

    Of the two smallest variants, or of the only one and the hold-out; None where one is empty, or judged otherwise.
    """
    experiment = plan["experiment"]
    names = [variant["name"] for variant in plan["variants"]]
    compared = names if len(names) > 1 else [*names, HOLD_OUT]
    smaller = sorted(by_arm.get(name, 0) for name in compared)[:2]
    if experiment["metric"] != "orders" or experiment["method"] != "fixed_horizon" or not all(smaller):
        return None
    share = plan["costs"]["expected_conversion_percent"] / 100
    alpha = (1 - experiment["confidence"]) / max(1, len(names) - 1)
    quantiles = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(POWER)
    return quantiles * math.sqrt(share * (1 - share) * sum(1 / athletes for athletes in smaller))


def promo_ids(plan: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(variant["promo_id"] for variant in plan["variants"]))


def add_up(pages: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The pages of a preview."""
    looked_at, by_arm, left_out, sms = 0, Counter[str](), Counter[str](), []
    for page in pages:
        sms = page["sms"]
        looked_at += page["looked_at"]
        by_arm.update(page["by_arm"])
        left_out.update(page["left_out"])
    return {"looked_at": looked_at, "by_arm": dict(by_arm), "left_out": dict(left_out), "sms": sms}


def bounded(seen: Mapping[str, Any], most_offers: int | None) -> dict[str, Any]:
    """With no more offers than the plan allows: who comes later is left out of all arms alike, the hold-out too."""
    whole, athletes = sum(seen["by_arm"].values()), told(seen["by_arm"])
    if most_offers is None or athletes <= most_offers:
        return dict(seen)
    by_arm = {arm: number * most_offers // athletes for arm, number in seen["by_arm"].items()}
    left_out = {**seen["left_out"], "no_offer_left": whole - sum(by_arm.values())}
    return {**seen, "by_arm": by_arm, "left_out": left_out}


def as_facts(plan: Mapping[str, Any], seen: Mapping[str, Any], cost: Cost) -> dict[str, Any]:
    """For scripts."""
    athletes = told(seen["by_arm"])
    return {
        **seen,
        "told": athletes,
        "could_show": could_show(plan, seen["by_arm"]),
        "batches": batches(seen["by_arm"]),
        "minutes_to_send": minutes(plan, athletes),
        "currency": plan["currency"],
        "estimate": {
            "fixed_minor": cost.fixed,
            "messages_minor": cost.messages,
            "discounts_minor": cost.discounts,
            "total_minor": cost.total,
            "doubts": cost.doubts,
        },
    }
