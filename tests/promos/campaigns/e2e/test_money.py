"""What a campaign says of money, over webhooks: a known case, and everything against a plain recomputation."""

import json
import random
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from scipy import stats

from promos.campaigns.plan.values import CampaignPlan
from promos.campaigns.run.assignment import arm_of
from stadion_cli.base.signed import call
from stadion_cli.base.target import Target
from tests.kit.command_line import told
from tests.kit.crowds import Crowd
from tests.kit.links import plant
from tests.kit.partners import Partner, make
from tests.kit.promos import a_promo, launched
from tests.kit.size import SEED, sized
from tests.kit.stack import DeployedStack, eventually, everything, settle
from tests.kit.store import completed, returned
from tests.kit.workflows import executions, taken_up

pytestmark = pytest.mark.long
MACHINE = "stadion-promo-campaign"
HOLD_OUT = "hold-out"
ATHLETES = sized(small=60, large=2000)
CITIES = Crowd(uuid4().hex[:8])


@pytest.fixture(scope="module")
def admin(stack: DeployedStack) -> Target:
    return Target(stack.aws, stack.outputs)


@pytest.fixture(scope="module")
def store(stack: DeployedStack) -> Partner:
    return make(stack)


def plan(crowd: Crowd, weights: dict[str, int], promos: dict[str, str], **fields: Any) -> dict[str, Any]:
    return {
        "name": "Money",
        "time_zone": "UTC",
        "schedule": {
            "at": (datetime.now(UTC) + timedelta(seconds=10)).replace(tzinfo=None).isoformat(timespec="seconds")
        },
        "audience": {"profile": {"cities": [crowd.city]}},
        "hold_out_percent": 10,
        "variants": [{"name": name, "promo_id": promos[name], "weight": weight} for name, weight in weights.items()],
        "experiment": {"for_hours": 1, "look_every_hours": 1, "method": "fixed_horizon", "metric": "orders"},
        "athletes_per_minute": 100_000,
        "channels": ["inbox"],
        "currency": "EUR",
        **fields,
    }


class Sent:
    """A campaign whose messages are out, and which waits for its look in an hour, unless the test ends it."""

    def __init__(self, stack: DeployedStack, admin: Target, campaign_id: str, said: dict[str, Any]) -> None:
        self.stack, self.admin, self.campaign_id = stack, admin, campaign_id
        address = f"/v1/admin/campaigns/{campaign_id}"
        call(admin, "PUT", address, said)
        told(stack, "campaign", "schedule", campaign_id)
        self.run_id = eventually(lambda: begun(call(admin, "GET", address)), every_s=0.5)
        self.address = f"{address}/runs/{self.run_id}"
        eventually(lambda: self.run()["state"] == "measuring", every_s=0.2)
        self.execution = executions(stack, MACHINE, self.run_id)[0]
        self.at = datetime.fromisoformat(self.run()["sent_at"]) + timedelta(seconds=1)

    def run(self) -> Any:
        return call(self.admin, "GET", self.address)

    def codes(self) -> dict[str, str]:
        found = everything(self.stack, self.run_id, self.stack.tables["promos"])
        offers = [item for (_, _, sk), item in found.items() if sk.startswith("OFFER#")]
        bodies = [body_of(one) for one in offers]
        return {body["user_id"]: body["code"] for body in bodies}

    def ended(self) -> Any:
        settle(self.stack)
        taken_up(self.stack, self.execution, wait_scale=0)
        eventually(lambda: self.run()["state"] == "ended", every_s=0.2)
        return told(self.stack, "campaign", "report", self.campaign_id)


def begun(campaign: Any) -> Any:
    """The run's name, or the reason why there will be none."""
    assert campaign["status"] in {"scheduled", "running"}, campaign
    return campaign["run_id"]


def body_of(item: str) -> dict[str, Any]:
    return dict(json.loads(json.loads(item)["body"]["S"]))


def athletes(campaign_id: str, said: dict[str, Any], wanted: dict[str, int]) -> dict[str, list[str]]:
    """By arm, as many as are wanted of each."""
    found: dict[str, list[str]] = {arm: [] for arm in wanted}
    parsed = CampaignPlan.model_validate(said)
    while any(len(found[arm]) < number for arm, number in wanted.items()):
        user_id = str(uuid4())
        arm = arm_of(campaign_id, parsed, user_id)
        if arm in wanted and len(found[arm]) < wanted[arm]:
            found[arm].append(user_id)
    return found


# --- a known case ---------------------------------------------------------------------------------------------------

PAIR = [
    {"sku": "A", "quantity": 1, "price_minor": 10_000, "name": "A"},
    {"sku": "B", "quantity": 1, "price_minor": 10_000, "name": "B"},
]


def test_the_product_itself_counts_and_decides_as_the_case_says(
    stack: DeployedStack, admin: Target, store: Partner
) -> None:
    name = uuid4().hex[:8]
    crowd, campaign_id = Crowd(name), f"decides-{name}"
    promos = {"a": f"half-{name}", "b": f"fifth-{name}", "c": f"gift-{name}"}
    for promo_id, percent in zip(promos.values(), (50, 20, 100), strict=True):
        launched(admin, a_promo(promo_id, percent=percent))
    said = plan(crowd, {"a": 64, "b": 112, "c": 58}, promos)
    arms = athletes(campaign_id, said, {"a": 64, "b": 112, "c": 58, HOLD_OUT: 26})
    crowd.arrive(stack, [user_id for users in arms.values() for user_id in users])
    plant(stack, store.partner_id, [user_id for users in arms.values() for user_id in users])
    sent = Sent(stack, admin, campaign_id, plan(crowd, {"a": 64, "b": 112, "c": 58}, promos))
    codes = sent.codes()

    def bought(user_id: str, order_id: str, total: int, lines: Any = PAIR) -> None:
        price = sum(line["price_minor"] for line in lines)
        fields = {"total_minor": total, "discount_minor": price - total, "currency": "EUR", "code": codes[user_id]}
        named = store.name_of(user_id)
        body = completed(order_id, athlete=named, lines=lines, completed_at=sent.at.isoformat(), **fields)
        assert store.tell(body).status_code == 200

    def came_back(order_id: str, version: int, sku: str) -> None:
        body = returned(order_id, version=version, lines=[{"sku": sku, "quantity": 1}])
        assert store.tell(body).status_code == 200

    for user_id in arms["a"][:18]:
        bought(user_id, f"o-{user_id}", 10_000)
    came_back(f"o-{arms['a'][0]}", 2, "B")
    for user_id in arms["b"][:16]:
        bought(user_id, f"o-{user_id}", 16_000)
    came_back(f"o-{arms['b'][0]}", 3, "B")
    came_back(f"o-{arms['b'][0]}", 2, "A")
    for user_id in arms["c"][:6]:
        bought(user_id, f"o-{user_id}", 0)
    report = sent.ended()

    counted = {arm["name"]: (arm["athletes"], arm["orderers"]) for arm in report["arms"]}
    assert counted == {"a": (64, 18), "b": (112, 15), "c": (58, 6), HOLD_OUT: (26, 0)}
    assert (report["decision"]["verdict"], report["decision"]["winner"]) == ("winner", "a")
    p_values = {one["versus"]: one["p_value"] for one in report["comparisons"] if one["decides"]}
    for versus, figure in (("b", 0.01601), ("c", 0.01362)):
        table = [[18, 64 - 18], [counted[versus][1], counted[versus][0] - counted[versus][1]]]
        assert p_values[versus] == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-9)
        assert p_values[versus] == pytest.approx(figure, abs=5e-6)
    used = {arm["name"]: arm["redeemed"] for arm in report["arms"]}
    assert used == {"a": 18, "b": 15, "c": 6, HOLD_OUT: 0}


# --- everything against a recomputation -----------------------------------------------------------------------------


@dataclass
class Bought:
    """An order as the store knows it."""

    order_id: str
    user_id: str | None
    currency: str
    lines: list[dict[str, Any]]
    codes: list[tuple[str, str]]
    """(promo, code)."""
    discount: int = 0
    shipping: int = 0
    returns: dict[int, dict[str, int]] = field(default_factory=dict)

    @property
    def goods(self) -> int:
        return sum(line["quantity"] * line["price_minor"] for line in self.lines)

    @property
    def total(self) -> int:
        return self.goods - self.discount + self.shipping

    @property
    def back(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for quantities in self.returns.values():
            found.update(quantities)
        return found

    @property
    def is_kept(self) -> bool:
        return any(line["quantity"] > self.back[line["sku"]] for line in self.lines)

    @property
    def share_kept(self) -> Fraction:
        kept = sum((line["quantity"] - self.back[line["sku"]]) * line["price_minor"] for line in self.lines)
        return Fraction(kept, self.goods)

    @property
    def kept(self) -> int:
        return self.shipping + int((self.total - self.shipping) * self.share_kept) if self.is_kept else 0

    def given(self, percents: dict[str, int]) -> dict[str, int]:
        """Promo -> what its code gave, before anything came back."""
        left, rest, found = self.goods, self.discount, {}
        for promo, _ in self.codes:
            found[promo] = min(-(-left * percents[promo] // 100), rest)
            left, rest = left - found[promo], rest - found[promo]
        return found

    def revenue(self, percents: dict[str, int]) -> dict[str, int]:
        """Promo -> its share of what was kept, by what each gave; the first gets what does not divide."""
        given = self.given(percents)
        weights = list(given.values()) if any(given.values()) else [1] * len(given)
        parts = [self.kept * weight // sum(weights) for weight in weights]
        order = sorted(range(len(parts)), key=lambda at: (-(self.kept * weights[at] % sum(weights)), at))
        for at in order[: self.kept - sum(parts)]:
            parts[at] += 1
        return dict(zip(given, parts, strict=True))


def test_report_funnel_budgets_spend_and_segments_are_a_plain_recomputation(
    stack: DeployedStack, admin: Target, store: Partner
) -> None:
    name = uuid4().hex[:8]
    crowd, campaign_id = Crowd(name), f"counts-{name}"
    fifth, third, extra = f"fifth-{name}", f"third-{name}", f"extra-{name}"
    percents, any_code = {fifth: 20, third: 30, extra: 10}, {"stacking": {"mode": "any"}}
    launched(admin, a_promo(fifth, percent=20, **any_code))
    launched(admin, a_promo(third, percent=30, currency="EUR", limits={"discount_minor": ATHLETES * 2_000}, **any_code))
    shared = {"codes": {"shared": f"EXTRA{name}"}, "limits": {"discount_minor": ATHLETES * 60, "per_user": None}}
    launched(admin, a_promo(extra, percent=10, currency="EUR", **shared, **any_code))
    promos = {"a": fifth, "b": third}
    said = plan(crowd, {"a": 1, "b": 1}, promos)
    arms = athletes(campaign_id, said, {"a": ATHLETES * 9 // 20, "b": ATHLETES * 9 // 20, HOLD_OUT: ATHLETES // 10})
    crowd.arrive(stack, [user_id for users in arms.values() for user_id in users])
    plant(stack, store.partner_id, [user_id for users in arms.values() for user_id in users])
    sent = Sent(stack, admin, campaign_id, plan(crowd, {"a": 1, "b": 1}, promos))
    codes = sent.codes()
    orders = list(bought_by(arms, codes, promos, (extra, f"EXTRA{name}".upper()), percents))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: shop(store, one, sent.at, percents), orders))
    report = sent.ended()

    for arm in report["arms"]:
        its = [one for one in orders if one.user_id in arms[arm["name"]]]
        kept = [one for one in its if one.is_kept]
        assert arm["orders"] == len(kept)
        assert arm["orderers"] == len({one.user_id for one in kept})
        assert arm["revenue_minor"] == sum(one.kept for one in kept if one.currency == "EUR")
        promo, its_codes = promos.get(arm["name"]), {codes.get(user_id) for user_id in arms[arm["name"]]}
        its_code = [one for one in orders if promo and one.codes and one.codes[0][1] in its_codes]
        assert arm["redeemed"] == sum(one.is_kept for one in its_code)
        assert arm["discount_minor"] == sum(
            int(one.given(percents)[promo] * one.share_kept) for one in its_code if one.currency == "EUR"
        )
    assert report["total"]["spend_minor"] == sum(arm["spend_minor"] for arm in report["arms"])

    for promo in percents:
        using = [one for one in orders if promo in dict(one.codes)]
        kept = [one for one in using if one.is_kept]
        funnel = call(admin, "GET", f"/v1/admin/promos/{promo}/funnel")["total"]
        money = {row["currency"]: (row["discount_minor"], row["revenue_minor"]) for row in funnel["money"]}
        assert money == {
            currency: (
                sum(int(one.given(percents)[promo] * one.share_kept) for one in kept if one.currency == currency),
                sum(one.revenue(percents)[promo] for one in kept if one.currency == currency),
            )
            for currency in sorted({one.currency for one in kept})
        }
        budget = call(admin, "GET", f"/v1/admin/promos/{promo}")["budget"]
        assert budget["redemptions_used"] == len(kept)
        if promo != fifth:
            used = sum(int(one.given(percents)[promo] * one.share_kept) for one in kept)
            assert budget["discount_used_minor"] == used
            limit = {third: ATHLETES * 2_000, extra: ATHLETES * 60}[promo]
            assert budget["overrun_minor"] == max(0, used - limit)
    assert call(admin, "GET", f"/v1/admin/promos/{extra}")["budget"]["overrun_minor"] > 0, "the case was made"

    for currency, least in (("EUR", 12_000), ("RUB", 12_000)):
        rule = {"purchases": {"measure": "spent_minor", "currency": currency, "at_least": least}}
        both = {"all": [{"profile": {"cities": [crowd.city]}}, rule]}
        segment = f"/v1/admin/promos/segments/spent-{currency.lower()}-{name}"
        call(admin, "PUT", segment, {"rule": both}, if_match="*")
        spent: Counter[str] = Counter()
        for one in orders:
            if one.user_id is not None and one.currency == currency:
                spent[one.user_id] += one.kept
        assert members(admin, segment) == sum(minor >= least for minor in spent.values())


def bought_by(
    arms: dict[str, list[str]],
    codes: dict[str, str],
    promos: dict[str, str],
    extra: tuple[str, str],
    percents: dict[str, int],
) -> Iterable[Bought]:
    """Two in three order: with a code, two or none, as guests, in two currencies; some of it comes back."""
    chance, number = random.Random(SEED), 0
    for arm, users in arms.items():
        for user_id in users:
            if chance.random() < 0.33:
                continue
            number += 1
            currency = "RUB" if arm == "a" and chance.random() < 0.3 else "EUR"
            used = [(promos[arm], codes[user_id])] if arm in promos and chance.random() < 0.8 else []
            used += [extra] if currency == "EUR" and chance.random() < 0.4 else []
            lines = [
                {"sku": sku, "quantity": chance.randint(1, 3), "price_minor": chance.choice([999, 3_333, 10_000])}
                for sku in "AB"[: chance.randint(1, 2)]
            ]
            is_guest = bool(used) and chance.random() < 0.15
            one = Bought(f"o-{number}-{user_id[:8]}", None if is_guest else user_id, currency, lines, used)
            full = Bought("", None, currency, lines, used, discount=one.goods).given(percents)
            one.discount = max(0, sum(full.values()) + chance.choice([0, 0, 0, 500, -300] if used else [0, 500]))
            one.discount = min(one.discount, one.goods)
            one.shipping = chance.choice([0, 0, 499])
            left = {line["sku"]: line["quantity"] for line in lines}
            for version in range(2, 2 + chance.choice([0, 0, 0, 1, 2])):
                back = {sku: chance.randint(0, most) for sku, most in left.items()}
                back = {sku: quantity for sku, quantity in back.items() if quantity}
                if back:
                    one.returns[version] = back
                    left = {sku: most - back.get(sku, 0) for sku, most in left.items()}
            yield one


def shop(store: Partner, one: Bought, at: datetime, percents: dict[str, int]) -> None:
    """Half of them by the till first; messages come twice, and returns before what they are of."""
    chance = random.Random(one.order_id)
    named = store.name_of(one.user_id) if one.user_id is not None else None
    if named is not None and chance.random() < 0.5:
        cart = {"order_id": one.order_id, "athlete_id": named, "amount_minor": one.goods, "currency": one.currency}
        for _, code in one.codes:
            held = store.send("POST", f"/partner/v1/codes/{code}/reserve", cart)
            assert held.status_code == 200 or held.json()["code"] == "limit_reached", held.text
            if held.status_code == 200 and chance.random() < 0.5:
                assert store.send("POST", f"/partner/v1/codes/{code}/redeem", cart).status_code == 200
    messages = [
        completed(
            one.order_id,
            athlete=named,
            code=None,
            codes=[code for _, code in one.codes],
            lines=one.lines,
            total_minor=one.total,
            discount_minor=one.discount,
            shipping_minor=one.shipping,
            currency=one.currency,
            completed_at=at.isoformat(),
        )
    ]
    for version, back in one.returns.items():
        lines = [{"sku": sku, "quantity": quantity} for sku, quantity in back.items()]
        messages.append(returned(one.order_id, version=version, lines=lines))
    messages += chance.choices(messages, k=1)
    chance.shuffle(messages)
    for body in messages:
        answer = store.tell(body)
        assert answer.status_code == 200, answer.text


def members(admin: Target, segment: str) -> int:
    found, cursor = 0, None
    while True:
        query = f"?cursor={cursor}" if cursor else ""
        page = call(admin, "GET", f"{segment}/count{query}")
        found, cursor = found + page["matched"], page["next_cursor"]
        if cursor is None:
            return found
