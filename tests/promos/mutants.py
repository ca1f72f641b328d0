"""The safeguards of promos that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

REDEMPTION = (
    "tests/promos/checkout/unit/test_redemption_model.py",
    "tests/promos/checkout/unit/test_redemption_interleavings.py",
)
PROMOS = tuple(f"tests/promos/{wing}/integration" for wing in ("athletes", "offers", "checkout"))

MUTANTS: Final = (
    Mutant(
        "a budget is taken from that is not there",
        "promos.offers.budget_store:_enough",
        "BudgetItem.minor >= minor if minor > 0 else None,",
        "",
        (*REDEMPTION, *PROMOS),
    ),
    Mutant(
        "a promo that was closed still gives",
        "promos.offers.budget_store:move",
        "if what.while_open and (what.uses > 0 or what.minor > 0):",
        "if False:",
        (*REDEMPTION, *PROMOS),
    ),
    Mutant(
        "an athlete uses a promo more often than they may",
        "promos.checkout.store:_count_uses",
        "absent() | (Item.revision < limit)",
        "absent() | (Item.revision <= limit)",
        PROMOS,
    ),
    Mutant(
        "a debt of one shard lets the others give what is not there",
        "promos.budget:plan",
        "if uses_missing or minor_missing:",
        "if False:",
        ("tests/promos/unit/test_rules_of_promos.py",),
    ),
    Mutant(
        "an athlete gets one promo's offer twice",
        "promos.offers.store:issue",
        "claim, refused=_issued_before)",
        "claim, new=False)",
        PROMOS,
    ),
    Mutant(
        "an offer goes out after the consent was withdrawn",
        "promos.offers.store:issue",
        "change.check(athlete)",
        "pass",
        ("tests/promos/offers/integration/test_issuing.py",),
    ),
    Mutant(
        "a reservation that holds is given back",
        "promos.checkout.service:_give_back",
        " or known.reserved_until > now",
        "",
        (*REDEMPTION, *PROMOS),
    ),
    Mutant(
        "two executions drive one run",
        "promos.campaigns.run.service:_open_run",
        "if timer.is_running(run.execution):",
        "if False:",
        ("tests/promos/campaigns/unit/test_claim_interleavings.py",),
    ),
    Mutant(
        "a view is counted of whom did not agree to be counted",
        "promos.offers.service:view",
        "if known.may_be_counted:",
        "if True:",
        ("tests/promos/offers/integration/test_counting.py",),
    ),
    Mutant(
        "what nobody told of an athlete is not so",
        "promos.verdicts:_known",
        "return None if value is None else fits(value)",
        "return value is not None and fits(value)",
        ("tests/promos/unit/test_targeting.py",),
    ),
    Mutant(
        "a segment goes while a promo begins to ask for it",
        "promos.athletes.segment_store:note",
        "change.replace(seen, Asked(recent=recent[-RECENT:]))",
        "pass",
        ("tests/promos/athletes/integration/test_used_segments.py",),
    ),
    Mutant(
        "the hold-out goes on after the last offer",
        "promos.campaigns.run.audience:look",
        "if offers_left <= 0 else None",
        "if offers_left <= 0 and arm != HOLD_OUT else None",
        ("tests/promos/campaigns/unit/test_alike.py",),
    ),
    Mutant(
        "who has used a promo up is chosen",
        "promos.campaigns.run.audience:_has_used_up",
        "return any(used[promo_id] >= limit",
        "return any(used[promo_id] > limit",
        ("tests/promos/campaigns/integration/test_campaigns.py",),
    ),
    Mutant(
        "a cap sees offers alone, and not what a run withheld",
        "promos.campaigns.run.audience:_is_capped",
        "if len(got) < cap.offers and question.plan.recurs:",
        "if False:",
        ("tests/promos/campaigns/integration/workflow/test_recurring.py",),
    ),
    Mutant(
        "a step that comes too late changes a run that was ended",
        "promos.campaigns.run.store:change_run",
        "stored if stored.is_over else how(stored)",
        "how(stored)",
        ("tests/promos/campaigns/integration/workflow/test_late_steps.py",),
    ),
    Mutant(
        "a promo ends before the last run",
        "promos.campaigns.plan.domain:last_instant",
        "if schedule.until is None:",
        "if True:",
        ("tests/promos/campaigns/integration/test_campaigns.py",),
    ),
    Mutant(
        "what ends at midnight is good on that day, too",
        "promos.offers.message_service:last_good_day",
        " - timedelta(microseconds=1)",
        "",
        ("tests/promos/offers/integration/test_promos.py",),
    ),
    Mutant(
        "a promo that is shortened leaves its offers as they were",
        "promos.offers.domain:Offer.ends_at",
        "min(self.expires_at, promo.ends_at)",
        "self.expires_at",
        ("tests/promos/wear_offers/integration/test_wear_offer.py",),
    ),
    Mutant(
        "what came back is taken off at list prices",
        "stadion.paid:Paid.kept_minor",
        "shipping + int((self.total_minor - shipping) * self._share_kept(self._costs()))",
        "self.total_minor - sum(one.returned * one.price_minor for one in self.lines)",
        ("tests/promos/unit/test_paid.py",),
    ),
    Mutant(
        "a return is known by its time",
        "promos.facts:Order.with_news",
        "str(news.version) if news.version > 1 else by_time",
        "by_time",
        ("tests/promos/unit/test_paid.py", "tests/promos/athletes/integration/test_returns.py"),
    ),
    Mutant(
        "who paid nothing has not ordered",
        "promos.campaigns.experiment.measures:sums_of",
        "<= until and paid.is_kept]",
        "<= until and paid.kept_minor]",
        ("tests/promos/campaigns/unit/test_plans.py",),
    ),
    Mutant(
        "two currencies are added",
        "promos.campaigns.experiment.measures:sums_of",
        "for paid in kept if paid.currency == run.plan.currency)",
        "for paid in kept)",
        ("tests/promos/campaigns/unit/test_plans.py",),
    ),
    Mutant(
        "older news of a reward overrule newer ones",
        "promos.rewards.domain:Entitlement.told",
        "if news.heard <= self.heard:",
        "if False:",
        ("tests/promos/rewards/integration",),
    ),
    Mutant(
        "an offer that is issued while another delivery issued it is a second one",
        "promos.rewards.service:_refused",
        "stored.value is None or not stored.value.is_waiting",
        "stored.value is None",
        ("tests/promos/rewards/integration",),
    ),
)
