"""An earned reward is one offer: given, taken back and given again as its reason comes and goes. Safe to repeat, in any
order of the news."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from promos.errors import NotEligibleError, PromoNotFoundError, RewardCodesError
from promos.offers import service as offer_service
from promos.offers import store as offer_store
from promos.offers.domain import Issue, Offer, Promo
from promos.rewards import store
from promos.rewards.domain import NO_RULE, PROMO_GONE, SHARED_CODE, Entitlement, Step, next_step
from stadion.change import Change
from stadion.i18n import Language
from stadion.observability import count
from stadion.records import Stored
from stadion.retry import retry_on_conflict

AT_ONCE: Final = 25
"""Who waited, in one call."""


class _OvertakenError(Exception):
    """Other news came, or another delivery of the same, while the offer was made. Control flow."""


def set_rule(reward: str, promo_id: str | None, now: datetime) -> Mapping[str, str]:
    """`PromoNotFoundError`, `RewardCodesError`; None takes the rule away."""
    if promo_id is not None and not _is_personal(offer_store.get(promo_id)):
        raise RewardCodesError(pointer="#/promo_id")
    return store.change(reward, promo_id, now)


def know(news: Entitlement, now: datetime) -> str:
    """What became of it. Older news are settled too: a delivery that crashed in between is mended so."""

    def hear() -> None:
        stored = store.EARNED.read(news.user_id, news.earned_by)
        told = stored.value.told(news) if stored.value is not None else news
        if told != stored.value:
            with Change(news.user_id, now) as change:
                change.replace(stored, told)

    retry_on_conflict(hear)
    return settle(news.user_id, news.earned_by, now)


def settle(user_id: str, earned_by: str, now: datetime) -> str:
    """Brings the offer in line with what was heard."""
    return retry_on_conflict(lambda: _settle(user_id, earned_by, now))


@dataclass(frozen=True)
class Issued:
    """What one call did for those who wait."""

    issued: int
    waiting: int
    next_cursor: str | None


def issue_waiting(reward: str, *, cursor: str | None, now: datetime) -> Issued:
    """A page of them; who is refused waits on, and says why."""
    page = store.waiting(reward, limit=AT_ONCE, cursor=cursor)
    became = [settle(one.user_id, one.earned_by, now) for one in page.items]
    return Issued(became.count(Step.ISSUE), sum(word == "waiting" for word in became), page.next_cursor)


def _settle(user_id: str, earned_by: str, now: datetime) -> str:
    stored, known = store.EARNED.existing(user_id, earned_by)
    offer = offer_store.OFFERS.find(user_id, known.offer_id) if known.offer_id is not None else None
    step = next_step(known, offer)
    if step is Step.ISSUE:
        return _issue(stored, known, now)
    if offer is not None and step is not Step.NOTHING:
        with Change(user_id, now) as change:
            change.check(stored)
            offer_store.take_back(change, offer, None if known.holds else now)
    return step.value


def _issue(stored: Stored[Entitlement], known: Entitlement, now: datetime) -> str:
    promo_id = store.rules().get(known.reward)
    why = [NO_RULE] if promo_id is None else _refused(promo_id, known, now)
    if not why:
        return Step.ISSUE.value
    count("RewardsWaiting")
    if why != known.why:
        with Change(known.user_id, now) as change:
            change.replace(stored, known.model_copy(update={"why": why}))
    return "waiting"


def _refused(promo_id: str, known: Entitlement, now: datetime) -> list[str]:
    """Why the promo is not for the athlete; empty when they have an offer of it now."""

    def also(change: Change, offer: Offer) -> None:
        """The offer and the note of it are one transaction: nobody gets two, whatever the rule says meanwhile."""
        stored = store.EARNED.read(known.user_id, known.earned_by)
        if stored.value is None or not stored.value.is_waiting:
            raise _OvertakenError
        given = {"offer_id": offer.offer_id, "promo_id": offer.promo_id, "why": []}
        change.replace(stored, stored.value.model_copy(update=given))

    run_id = f"reward/{known.earned_by}"  # no admin's run is called so: a `Label` has no slash
    new = Issue(known.user_id, run_id=run_id, reward=known.reward, earned_by=known.earned_by)
    try:
        if not _is_personal(offer_store.get(promo_id)):
            return [SHARED_CODE]
        offer_service.issue(promo_id, new, language=Language.EN, now=now, also=also)
    except PromoNotFoundError:
        return [PROMO_GONE]
    except NotEligibleError as error:
        return [str(check["check"]) for check in (error.extensions or {}).get("checks", [])]
    except _OvertakenError:
        settle(known.user_id, known.earned_by, now)
    return []


def _is_personal(promo: Promo) -> bool:
    return promo.codes.pattern is not None
