"""The step that gives the athletes of a batch their offers and asks for their messages; each gets one, ever."""

import math
from collections import Counter
from datetime import datetime

from promos.campaigns.plan.values import HOLD_OUT, REST
from promos.campaigns.run import batch_store as batches
from promos.campaigns.run import service as lifecycle
from promos.campaigns.run import store
from promos.campaigns.run.domain import Phase, Run, RunState
from promos.errors import NotEligibleError, PromoNotFoundError
from promos.offers import message_service as offer_messages
from promos.offers import service as offer_service
from promos.offers.domain import Issue
from promos.offers.message_service import OFFER, AboutOffer, Wanted
from stadion.i18n import Language

AT_ONCE = 2
"""Batches that the state machine has under way at the same time (its MaxConcurrency)."""


class BatchesMissingError(Exception):
    """The map is through, and yet not every batch was sent."""


class PromoIsOffError(Exception):
    """Paused, ended or gone in the middle of a run: the batch is not sent, so that it can be when that is mended."""


def send_batch(run: Run, phase: Phase, key: str, now: datetime) -> int:
    """How many seconds to wait before the next batch, so that messages keep the plan's pace."""
    batch = batches.name_of(key)
    if not run.counts(batch) or store.is_sent(run.run_id, phase, batch):
        return 0
    counts: Counter[str] = Counter()
    members = batches.read(key)
    if phase is Phase.TEST and run.plan.recurs:
        store.note_withheld(run, (user_id for user_id, arm in members if _variant_of(run, phase, arm) is None), now)
    for user_id, arm in members:
        variant = _variant_of(run, phase, arm)
        if variant is not None:
            counts[_offer_or_fail(run, user_id, arm, variant, now)] += 1
    store.note_sent(run.run_id, phase, batch, dict(counts), now)
    return math.ceil(counts["told"] * 60 * AT_ONCE / run.plan.athletes_per_minute)


def finish(run: Run, phase: Phase, now: datetime) -> Run:
    """Every batch of the phase was sent."""

    def once(stored: Run) -> Run:
        if phase is Phase.TEST and stored.state is RunState.SENDING:
            return stored.changed(state=RunState.MEASURING, sent_at=now)
        if phase is Phase.ROLLOUT and stored.state is RunState.ROLLING_OUT:
            return stored.changed(state=RunState.CLOSING, rolled_out_at=now)
        return stored

    return store.change_run(run.campaign_id, run.run_id, once, now)


def _variant_of(run: Run, phase: Phase, arm: str) -> str | None:
    """None: not in this phase, or never."""
    if arm == HOLD_OUT:
        return None
    if arm == REST:
        return run.rollout if phase is Phase.ROLLOUT else None
    return arm if phase is Phase.TEST else None


def _offer_or_fail(run: Run, user_id: str, arm: str, variant: str, now: datetime) -> str:
    try:
        return _offer(run, user_id, arm, variant, now)
    except PromoIsOffError as error:
        cause = f"The promo {error} is not active: mend that, then resume."
        lifecycle.note_failure(run.campaign_id, run.run_id, "PromoIsOff", cause, now)
        raise


def _offer(run: Run, user_id: str, arm: str, variant: str, now: datetime) -> str:
    new = Issue(user_id=user_id, run_id=run.run_id, campaign_id=run.campaign_id, variant=arm)
    wanted = Wanted(OFFER, list(run.plan.channels) if run.plan.channels else None)
    promo_id = run.plan.variant(variant).promo_id
    try:
        issued, is_new = offer_service.issue(promo_id, new, language=Language.EN, now=now, tell=wanted)
    except PromoNotFoundError as error:
        raise PromoIsOffError(promo_id) from error
    except NotEligibleError as error:
        failed = error.extensions["checks"][0]["check"]
        if failed == "status":
            raise PromoIsOffError(promo_id) from error
        return f"not_{failed}"
    if not is_new:  # by somebody who gave it without a word, perhaps
        offer_messages.ask(AboutOffer(user_id=user_id, offer_id=issued.offer_id), wanted, now)
    return "told"
