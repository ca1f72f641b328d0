"""Use cases of those who make promos."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from promos.athletes import segment_store
from promos.athletes.segment_store import Asked
from promos.budget import plan, split
from promos.errors import (
    BudgetIsUsedError,
    CodePatternError,
    CurrencyMissingError,
    PromoDatesError,
    PromoIsLiveError,
    PromoNotDraftError,
    PromoStatusError,
    RuleError,
    SharedCodeError,
)
from promos.offers import funnel_store, store
from promos.offers.domain import (
    DONE_ALREADY,
    TRANSITIONS,
    Budget,
    BudgetedPromo,
    Funnel,
    FunnelSum,
    Promo,
    PromoAction,
    PromoStatus,
    whole_budget,
)
from promos.patterns import MAX_LENGTH, MIN_RANDOM, PatternError, check
from promos.sellers import partner_store
from promos.targeting import Problem, TargetingRule, asked_segments, phrased, problems_of
from promos.values import CodePlan, PromoLimits
from promos.vocabulary import unknown_words
from stadion import codes
from stadion.errors import FieldRequiredError, StaleVersionError
from stadion.i18n import Text
from stadion.idempotency import IdempotencyKey, recall
from stadion.records import Stored
from stadion.retry import retry_on_conflict

PROMISED = {"discount", "currency", "starts_at", "time_zone", "stacking"}
"""Fixed once the promo has left its draft."""
LEAST_SHARED = 3
NO_PARTNER = Text(
    en="No partner {partner} may redeem codes: stadion partner list.",
    ru="Партнёра {partner}, который может погашать коды, нет: stadion partner list.",
)
MAY_BE_NULL = {"terms", "currency", "targeting"}
Answer = Callable[[BudgetedPromo], Mapping[str, Any]]
"""What a client is told, for its idempotency key."""


def create(draft: Promo, *, key: IdempotencyKey | None, answer: Answer, now: datetime) -> BudgetedPromo:
    recall(key, now)
    promo = draft.model_copy(update={"codes": _codes(draft.codes)})
    _check(promo, now)
    uses, minor = whole_budget(promo.limits)
    created = BudgetedPromo(promo, Budget.of(promo.limits, uses, minor))

    refuse_problems(_unknown_partners(promo.partners))

    def once() -> None:
        asked = _check_rules(promo)
        store.create(promo, uses=uses, minor=minor, key=key, answer=answer(created), now=now, asked=asked)

    retry_on_conflict(once)
    return created


def replace(old: Promo, draft: Promo, now: datetime) -> BudgetedPromo:
    """A draft by another one of the same name, in one step."""
    status = old.status(now)
    if status is not PromoStatus.DRAFT:
        raise PromoNotDraftError(status=status.value)
    kept = {"revision": old.revision + 1, "created_at": old.created_at, "codes": _codes(draft.codes)}
    new = draft.model_copy(update=kept)
    _check(new, now)
    refuse_problems(_unknown_partners(new.partners))
    uses, minor = whole_budget(new.limits)

    def once() -> None:
        stock = store.stock(old.promo_id)
        if stock.promo.revision != old.revision:
            raise StaleVersionError
        store.replace_draft(stock, new, uses=uses, minor=minor, now=now, asked=_check_rules(new))

    retry_on_conflict(once)
    return BudgetedPromo(new, Budget.of(new.limits, uses, minor))


def show(promo_id: str) -> BudgetedPromo:
    stock = store.stock(promo_id)
    return BudgetedPromo(stock.promo, Budget.of(stock.promo.limits, stock.uses_left, stock.minor_left))


def change(old: Promo, changes: Mapping[str, Any], now: datetime) -> BudgetedPromo:
    """`changes`: the fields that were named, with their new values; of the limits those that were."""
    status = old.status(now)
    if status is PromoStatus.ENDED:
        raise PromoStatusError(status=status.value, action="change")
    fields = dict(changes)
    for name, value in fields.items():
        if value is None and name not in MAY_BE_NULL:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
        if name in PROMISED and status is not PromoStatus.DRAFT and value != getattr(old, name):
            raise PromoIsLiveError(pointer=f"#/{name}", field=name)
    if "limits" in fields:
        fields["limits"] = _limits(old.limits, fields["limits"])
    new = old.model_copy(update={**fields, "revision": old.revision + 1, "updated_at": now})
    _check(new, now)
    refuse_problems(_unknown_partners(fields.get("partners", [])))
    return _revised(old, new, now, asks_anew="targeting" in fields)


def switch(old: Promo, action: PromoAction, now: datetime) -> BudgetedPromo:
    """A second time the same action changes nothing."""
    status = old.status(now)
    if status in DONE_ALREADY[action]:
        return show(old.promo_id)
    allowed, decided = TRANSITIONS[action]
    if status not in allowed:
        raise PromoStatusError(status=status.value, action=action.value)
    new = old.switched(decided, now).model_copy(update={"revision": old.revision + 1, "updated_at": now})
    if action is PromoAction.ACTIVATE:
        _check(new, now)
    return _revised(old, new, now, asks_anew=action is PromoAction.ACTIVATE)


def remove(promo: Promo, now: datetime) -> None:
    status = promo.status(now)
    if status is not PromoStatus.DRAFT:
        raise PromoStatusError(status=status.value, action="delete")
    store.remove(promo, store.stock(promo.promo_id).shards, now)


def validate(draft: Promo, now: datetime) -> list[Problem]:
    """Everything that creating it would refuse, all at once."""
    found: list[Problem] = []
    for verify in (lambda: _codes(draft.codes), lambda: _check_dates(draft, now), lambda: _check_currency(draft)):
        try:
            verify()
        except (CodePatternError, SharedCodeError, PromoDatesError, CurrencyMissingError) as error:
            found.append(Problem(error.pointer or "#", error.code, phrased(error.explanation, **error.values)))
    found += _unknown_partners(draft.partners)
    if draft.targeting is not None:
        found += _rule_problems(draft.targeting)
    return found


def funnel(promo_id: str) -> tuple[Promo, Funnel]:
    promo = store.get(promo_id)
    rows = list(funnel_store.totals(promo_id).items())
    variants = sorted({(cell.campaign_id, cell.variant) for cell, _ in rows})
    days = sorted({cell.day for cell, _ in rows})
    return promo, Funnel(
        total=_sum([amounts for _, amounts in rows]),
        by_variant=[
            _sum(
                [amounts for cell, amounts in rows if (cell.campaign_id, cell.variant) == both],
                campaign_id=both[0] or None,
                variant=both[1] or None,
            )
            for both in variants
        ],
        by_day=[_sum([amounts for cell, amounts in rows if cell.day == day], day=day) for day in days],
    )


def _sum(found: list[dict[str, int]], **names: str | None) -> FunnelSum:
    total: dict[str, int] = {}
    for amounts in found:
        for name, amount in amounts.items():
            total[name] = total.get(name, 0) + amount
    return FunnelSum(total, **names)


# --- the rules of a promo -------------------------------------------------------------------------------------------


def _codes(plan: CodePlan) -> CodePlan:
    """As they are kept: as people read them to one another."""
    try:
        if plan.pattern is not None:
            return plan.model_copy(update={"pattern": check(plan.pattern)})
    except PatternError as error:
        raise CodePatternError(pointer="#/codes/pattern", least=MIN_RANDOM, most=MAX_LENGTH) from error
    shared = codes.normal(plan.shared or "")
    if len(codes.key(shared)) < LEAST_SHARED or not codes.is_code(shared):
        raise SharedCodeError(pointer="#/codes/shared", least=LEAST_SHARED)
    return plan.model_copy(update={"shared": shared})


def _check(promo: Promo, now: datetime) -> None:
    _check_dates(promo, now)
    _check_currency(promo)


def _check_dates(promo: Promo, now: datetime) -> None:
    if not promo.starts_at < promo.ends_at or promo.ends_at <= now:
        raise PromoDatesError(pointer="#/ends_at")


def _check_currency(promo: Promo) -> None:
    if promo.currency is None and (promo.discount.speaks_of_money or promo.limits.discount_minor is not None):
        raise CurrencyMissingError(pointer="#/currency")


def _check_rules(promo: Promo) -> Stored[Asked] | None:
    """Under which its segments are there; None when it asks for none."""
    if promo.targeting is None:
        return None
    asked = segment_store.asked()
    refuse_problems(_rule_problems(promo.targeting))
    return asked if asked_segments(promo.targeting) else None


def _rule_problems(rule: TargetingRule) -> list[Problem]:
    found = problems_of(rule, segment_store.rules(), pointer="#/targeting")
    return found + unknown_words(rule, pointer="#/targeting")


def _unknown_partners(named: Sequence[str]) -> list[Problem]:
    """At which nobody could redeem anything."""
    known = partner_store.known() if named else {}
    return [
        Problem(f"#/partners/{number}", "unknown_partner", phrased(NO_PARTNER, partner=partner))
        for number, partner in enumerate(named)
        if partner not in known or not known[partner].redeems
    ]


def refuse_problems(problems: list[Problem]) -> None:
    if problems:
        first, *others = problems
        raise RuleError(first.text, pointer=first.pointer, others=[(one.pointer, one.text) for one in others])


def _limits(old: PromoLimits, changes: Mapping[str, Any]) -> PromoLimits:
    fields = {**old.model_dump(), **changes}
    for name in ("per_period", "per_user_per_period"):
        if old.period is None and fields[name] is not None:
            raise PromoIsLiveError(pointer=f"#/limits/{name}", field="period")
    if fields["per_period"] is None and fields["per_user_per_period"] is None:
        fields["period"] = None
    return PromoLimits(**fields)


def _revised(old: Promo, new: Promo, now: datetime, *, asks_anew: bool) -> BudgetedPromo:
    def once() -> None:
        asked = _check_rules(new) if asks_anew else None
        store.revise(old, new, _budget_changes(old, new), now, asked=asked)

    retry_on_conflict(once)
    return show(new.promo_id)


def _budget_changes(old: Promo, new: Promo) -> dict[str, tuple[int, int]]:
    """What each shard gains or loses, so that what is left moves by the difference of the limits."""
    stock = store.stock(old.promo_id)
    if stock.promo.revision != old.revision:
        raise StaleVersionError
    uses, minor = (
        after - before for before, after in zip(whole_budget(old.limits), whole_budget(new.limits), strict=True)
    )
    takes = plan(stock.shards, uses=max(0, -uses), minor=max(0, -minor))
    if takes is None:
        raise BudgetIsUsedError(pointer="#/limits")
    lost = {one.sk: one for one in takes}
    parts = len(stock.shards)
    gained = zip(stock.shards, split(max(0, uses), parts), split(max(0, minor), parts), strict=True)
    return {
        shard.sk: (
            more_uses - (lost[shard.sk].uses if shard.sk in lost else 0),
            more_minor - (lost[shard.sk].minor if shard.sk in lost else 0),
        )
        for shard, more_uses, more_minor in gained
    }
