"""Use cases of those who make promos."""

from datetime import datetime
from typing import Any

from promos.athletes import segment_store
from promos.budget import UNLIMITED, plan, split
from promos.errors import (
    BudgetIsUsedError,
    CodePatternError,
    CurrencyMissingError,
    PromoDatesError,
    PromoIsLiveError,
    PromoStatusError,
    RuleError,
)
from promos.offers import funnel_store, store
from promos.offers.domain import DONE_ALREADY, TRANSITIONS, Action, Promo, PromoStatus
from promos.offers.schemas import (
    BudgetLeft,
    FunnelResponse,
    FunnelRow,
    NewPromo,
    PromoPatch,
    PromoResponse,
    RuleProblem,
    Validity,
)
from promos.patterns import MAX_LENGTH, MIN_RANDOM, PatternError, check, normal
from promos.targeting import Problem, problems_of
from promos.values import CodePlan, Limits
from stadion import pagination
from stadion.errors import FieldRequiredError, StaleVersionError
from stadion.i18n import Language
from stadion.idempotency import IdempotencyKey
from stadion.retry import retry_on_conflict

PROMISED = {"discount", "currency", "starts_at", "time_zone", "stacking"}
"""Fixed once the promo has left its draft."""
MAY_BE_NULL = {"terms", "currency", "targeting"}


def create(new: NewPromo, *, key: IdempotencyKey | None, now: datetime) -> PromoResponse:
    promo = Promo(**_values(new) | {"codes": _codes(new.codes), "created_at": now, "updated_at": now})
    _check(promo, now)
    _check_rules(promo)
    uses, minor = _totals(promo.limits)
    answer = representation(promo, now, BudgetLeft(**_budget(promo, uses, minor)))
    store.create(promo, uses=uses, minor=minor, key=key, answer=answer.model_dump(mode="json", by_alias=True), now=now)
    return answer


def show(promo_id: str, now: datetime) -> PromoResponse:
    stock = store.stock(promo_id)
    return representation(stock.promo, now, BudgetLeft(**_budget(stock.promo, stock.uses_left, stock.minor_left)))


def page(now: datetime, *, limit: int, cursor: str | None) -> pagination.Page[PromoResponse]:
    return store.page(limit=limit, cursor=cursor).of(lambda promo: representation(promo, now))


def change(old: Promo, patch: PromoPatch, now: datetime) -> PromoResponse:
    status = old.status(now)
    if status is PromoStatus.ENDED:
        raise PromoStatusError(status=status.value, action="change")
    fields = {name: getattr(patch, name) for name in patch.model_fields_set}
    for name, value in fields.items():
        if value is None and name not in MAY_BE_NULL:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
        if name in PROMISED and status is not PromoStatus.DRAFT and value != getattr(old, name):
            raise PromoIsLiveError(pointer=f"#/{name}", field=name)
    if patch.limits is not None:
        fields["limits"] = _limits(old.limits, patch.limits.model_dump(exclude_unset=True))
    new = old.model_copy(update={**fields, "revision": old.revision + 1, "updated_at": now})
    _check(new, now)
    if "targeting" in fields:
        _check_rules(new)
    return _revised(old, new, now)


def switch(old: Promo, action: Action, now: datetime) -> PromoResponse:
    """A second time the same action changes nothing."""
    status = old.status(now)
    if status in DONE_ALREADY[action]:
        return show(old.promo_id, now)
    allowed, decided = TRANSITIONS[action]
    if status not in allowed:
        raise PromoStatusError(status=status.value, action=action.value)
    new = old.model_copy(update={"switch": decided, "revision": old.revision + 1, "updated_at": now})
    if action is Action.ACTIVATE:
        _check(new, now)
        _check_rules(new)
    return _revised(old, new, now)


def remove(promo: Promo, now: datetime) -> None:
    status = promo.status(now)
    if status is not PromoStatus.DRAFT:
        raise PromoStatusError(status=status.value, action="delete")
    store.remove(promo, store.stock(promo.promo_id).shards, now)


def validate(new: NewPromo, language: Language, now: datetime) -> Validity:
    """Everything that creating it would refuse, all at once."""
    found: list[RuleProblem] = []
    draft = Promo(**_values(new) | {"created_at": now, "updated_at": now})
    for verify in (lambda: _codes(new.codes), lambda: _check_dates(draft, now), lambda: _check_currency(draft)):
        try:
            verify()
        except (CodePatternError, PromoDatesError, CurrencyMissingError) as error:
            pointer = error.pointer or "#"
            found.append(RuleProblem(pointer=pointer, code=error.code, detail=error.detail(language)))
    if draft.targeting is not None:
        rules = segment_store.rules()
        found += [
            RuleProblem(pointer=problem.pointer, code=problem.code, detail=problem.text.say(language))
            for problem in problems_of(draft.targeting, rules, pointer="#/targeting")
        ]
    return Validity(is_valid=not found, problems=found)


def representation(promo: Promo, now: datetime, budget: BudgetLeft | None = None) -> PromoResponse:
    values = {name: getattr(promo, name) for name in PromoResponse.model_fields if hasattr(promo, name)}
    return PromoResponse(**values | {"status": promo.status(now), "budget": budget})


def funnel(promo_id: str) -> FunnelResponse:
    store.get(promo_id)
    rows = list(funnel_store.totals(promo_id).items())
    variants = sorted({(place.campaign_id, place.variant) for place, _ in rows})
    days = sorted({place.day for place, _ in rows})
    return FunnelResponse(
        promo_id=promo_id,
        total=_sum([amounts for _, amounts in rows]),
        by_variant=[
            _sum(
                [amounts for place, amounts in rows if (place.campaign_id, place.variant) == both],
                campaign_id=both[0] or None,
                variant=both[1] or None,
            )
            for both in variants
        ],
        by_day=[_sum([amounts for place, amounts in rows if place.day == day], day=day) for day in days],
    )


def _sum(found: list[dict[str, int]], **names: str | None) -> FunnelRow:
    total: dict[str, int] = {}
    for amounts in found:
        for name, amount in amounts.items():
            total[name] = total.get(name, 0) + amount
    return FunnelRow(**names, **total)


# --- the rules of a promo -------------------------------------------------------------------------------------------


def _values(new: NewPromo) -> dict[str, Any]:
    return {name: getattr(new, name) for name in NewPromo.model_fields}


def _codes(plan: CodePlan) -> CodePlan:
    """As they are kept: upper case."""
    if plan.pattern is None:
        return plan.model_copy(update={"shared": normal(plan.shared or "")})
    try:
        return plan.model_copy(update={"pattern": check(plan.pattern)})
    except PatternError as error:
        raise CodePatternError(pointer="#/codes/pattern", least=MIN_RANDOM, most=MAX_LENGTH) from error


def _check(promo: Promo, now: datetime) -> None:
    _check_dates(promo, now)
    _check_currency(promo)


def _check_dates(promo: Promo, now: datetime) -> None:
    if not promo.starts_at < promo.ends_at or promo.ends_at <= now:
        raise PromoDatesError(pointer="#/ends_at")


def _check_currency(promo: Promo) -> None:
    if promo.currency is None and (promo.discount.speaks_of_money or promo.limits.discount_minor is not None):
        raise CurrencyMissingError(pointer="#/currency")


def _check_rules(promo: Promo) -> None:
    if promo.targeting is None:
        return
    rules = segment_store.rules()
    refuse_problems(problems_of(promo.targeting, rules, pointer="#/targeting"))


def refuse_problems(problems: list[Problem]) -> None:
    if problems:
        raise RuleError(problems[0].text, pointer=problems[0].pointer)


def _limits(old: Limits, patch: dict[str, Any]) -> Limits:
    fields = old.model_dump() | patch
    for name in ("per_period", "per_user_per_period"):
        if old.period is None and fields[name] is not None:
            raise PromoIsLiveError(pointer=f"#/limits/{name}", field="period")
    if fields["per_period"] is None and fields["per_user_per_period"] is None:
        fields["period"] = None
    return Limits(**fields)


def _totals(limits: Limits) -> tuple[int, int]:
    return limits.redemptions or UNLIMITED, limits.discount_minor or UNLIMITED


def _revised(old: Promo, new: Promo, now: datetime) -> PromoResponse:
    retry_on_conflict(lambda: store.revise(old, new, _budget_changes(old, new), now))
    return show(new.promo_id, now)


def _budget_changes(old: Promo, new: Promo) -> dict[str, tuple[int, int]]:
    """What each shard gains or loses, so that what is left moves by the difference of the limits."""
    stock = store.stock(old.promo_id)
    if stock.promo.revision != old.revision:
        raise StaleVersionError
    uses, minor = (after - before for before, after in zip(_totals(old.limits), _totals(new.limits), strict=True))
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


def _budget(promo: Promo, uses_left: int, minor_left: int) -> dict[str, Any]:
    uses, minor = _totals(promo.limits)
    return {
        "redemptions_left": uses_left if promo.limits.redemptions is not None else None,
        "redemptions_used": uses - uses_left,
        "discount_left_minor": minor_left if promo.limits.discount_minor is not None else None,
        "discount_used_minor": minor - minor_left,
    }
