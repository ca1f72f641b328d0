"""Whom a run is for: athletes page by page, each in an arm or left out for a reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from promos.athletes import segment_store
from promos.athletes import store as athletes
from promos.campaigns.plan.values import HOLD_OUT, CampaignCap, CampaignPlan
from promos.campaigns.run import store as runs
from promos.campaigns.run.assignment import arm_of
from promos.facts import Athlete
from promos.offers import store
from promos.offers.domain import Promo, Switch, checks
from promos.sellers import partner_store
from promos.targeting import Needs, Segments, needs
from promos.verdicts import judge
from stadion.clock import local_date

PAGE = 50
BATCH = 100
"""Athletes in a batch, or a page more."""
LOOKED_AT_ONCE = 1000
"""In one step, when few of them fit."""


@dataclass(frozen=True)
class Question:
    """All that is asked of an athlete, read once for many."""

    campaign_id: str
    plan: CampaignPlan
    promos: Mapping[str, Promo]
    rules: Segments
    wanted: Needs
    closed: frozenset[str] = frozenset()
    """Promos whose partners may redeem nothing now."""

    @classmethod
    def of(cls, campaign_id: str, plan: CampaignPlan) -> "Question":
        rules = segment_store.rules()
        promos = store.promos_by_id(variant.promo_id for variant in plan.variants)
        wanted = needs(plan.audience, rules)
        for promo in promos.values():
            wanted |= needs(promo.targeting, rules)
        closed = frozenset(name for name, promo in promos.items() if not partner_store.is_redeemed(promo.partners))
        return cls(campaign_id, plan, promos, rules, wanted, closed)

    @property
    def with_drafts_active(self) -> "Question":
        promos = {
            name: promo.model_copy(update={"switch": Switch.ON}) if promo.switch is Switch.DRAFT else promo
            for name, promo in self.promos.items()
        }
        return replace(self, promos=promos)


@dataclass
class Selection:
    """A page of athletes, sorted into arms."""

    members: list[tuple[str, str]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    looked_at: int = 0
    cursor: str | None = None

    @property
    def by_arm(self) -> dict[str, int]:
        return dict(Counter(arm for _, arm in self.members))


def look(
    question: Question, *, cursor: str | None, now: datetime, offers_left: int | None, page: int = PAGE
) -> Selection:
    """One page. Whoever may not have every variant's promo is left out of all arms alike, the held-out ones too; and so
    is whoever comes after the last offer. Who comes when has nothing to do with their arm, so that of the held-out as
    many come before it as were planned, on average."""
    found = Selection()
    listed = athletes.page(limit=page, cursor=cursor)
    for user_id, known in listed.items:
        found.looked_at += 1
        reason = _left_out(question, user_id, known, now)
        arm = arm_of(question.campaign_id, question.plan, user_id)
        if reason is None and offers_left is not None:
            reason = "no_offer_left" if offers_left <= 0 else None
            offers_left -= reason is None and arm != HOLD_OUT
        if reason is None:
            found.members.append((user_id, arm))
        else:
            found.left_out[reason] += 1
    found.cursor = listed.next_cursor
    return found


def _left_out(question: Question, user_id: str, known: Athlete, now: datetime) -> str | None:
    if not known.may_be_marketed():
        return "no_consent"  # asked first: nothing has to be read for it
    facts = athletes.facts(user_id, known, question.wanted, local_date(now, known.time_zone))
    plan = question.plan
    if plan.audience is not None and not judge(plan.audience, facts, question.rules).passed:
        return "not_in_audience"
    for variant in plan.variants:
        promo = question.promos.get(variant.promo_id)
        if promo is None:
            return "promo_is_gone"
        found = checks(promo, facts, question.rules, now=now, is_redeemed=promo.promo_id not in question.closed)
        failed = next((check.name for check in found if not check.passed), None)
        if failed is not None:
            return f"promo_{failed}"
    if _has_used_up(user_id, question.promos.values()):
        return "promo_limit"
    return "capped" if plan.cap is not None and _is_capped(question, user_id, plan.cap, now) else None


def _has_used_up(user_id: str, promos: Iterable[Promo]) -> bool:
    """One of them, as often as one may: asked last, since it has to be read."""
    limits = {promo.promo_id: promo.limits.per_user for promo in promos if promo.limits.per_user is not None}
    used = store.uses_of(user_id, limits)
    return any(used[promo_id] >= limit for promo_id, limit in limits.items())


def _is_capped(question: Question, user_id: str, cap: CampaignCap, now: datetime) -> bool:
    """An earlier run of the campaign counts for whoever it chose, also if it gave them nothing: else none but its
    held-out would be left."""
    since = now - timedelta(days=cap.days)
    got: list[str] = []
    for offer in store.OFFERS.every(user_id, newest_first=True, consistent=False):
        if offer.issued_at < since:
            break
        got += [offer.run_id] if offer.campaign_id is not None else []
    if len(got) < cap.offers and question.plan.recurs:
        got += runs.withheld_since(user_id, question.campaign_id, since) - set(got)
    return len(got) >= cap.offers
