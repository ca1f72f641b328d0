"""Offers: a promo in the hands of one athlete. Issuing, showing, and what the athlete does with it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from promos.athletes import segment_store
from promos.athletes import store as athletes
from promos.errors import (
    CodePatternError,
    NotEligibleError,
    OfferIsOverError,
    OfferNotFoundError,
    PromoNotFoundError,
)
from promos.facts import Athlete, Piece, ProductCopy
from promos.offers import funnel_store, store
from promos.offers.domain import Check, Code, HeldOffer, Issue, Offer, OfferStatus, Promo, checks, expiry
from promos.offers.funnel_store import FunnelCell
from promos.offers.links import tagged
from promos.offers.message_service import Wanted, message
from promos.offers.store import AlreadyIssuedError, CodeCollisionError, Standing
from promos.patterns import MAX_LENGTH, MIN_RANDOM, code_of
from promos.sellers import partner_store
from promos.sellers import service as sellers
from promos.targeting import Segments, needs
from stadion import ids, pagination
from stadion.change import Change
from stadion.clock import local_date
from stadion.events import promos as promo_events
from stadion.events.accounts import ConsentKind
from stadion.events.envelope import Event
from stadion.events.promos import PromoClicked, PromoDismissed, PromoIssued, PromoViewed
from stadion.i18n import Language
from stadion.postings import Posting
from stadion.retry import WriteConflictError, retry_on_conflict

# --- issuing --------------------------------------------------------------------------------------------------------


def issue(
    promo_id: str,
    new: Issue,
    *,
    language: Language,
    now: datetime,
    about: ProductCopy | None = None,
    tell: Wanted | None = None,
    also: Callable[[Change, Offer], None] | None = None,
) -> tuple[Offer, bool]:
    """The offer, and whether it is new: the same run gives an athlete one offer of a promo, however often it is asked.

    Consent and rules are asked here and now, and the transaction holds only while the consent that was read stands.
    A new offer, the request to `tell` of it and what is `also` to be written are one transaction.
    """
    try:
        offer = retry_on_conflict(lambda: _issue(promo_id, new, language, now, about, tell, also))
    except AlreadyIssuedError as before:
        return store.offer(new.user_id, before.offer_id), False
    return offer, True


def _issue(
    promo_id: str,
    new: Issue,
    language: Language,
    now: datetime,
    about: ProductCopy | None,
    tell: Wanted | None,
    also: Callable[[Change, Offer], None] | None,
) -> Offer:
    standing = store.standing(new.user_id, promo_id, new.run_id)
    promo = standing.promo
    found = _checks(standing, new.user_id, channel=new.channel, now=now, is_earned=new.earned_by is not None)
    if not all(check.passed for check in found):
        refused = [check.told(language) for check in found if not check.passed]
        raise NotEligibleError(extensions={"checks": refused})
    offer = Offer(
        offer_id=ids.new_id(),
        user_id=new.user_id,
        promo_id=promo_id,
        run_id=new.run_id,
        campaign_id=new.campaign_id,
        variant=new.variant,
        code=_new_code(promo),
        is_personal=promo.codes.pattern is not None,
        issued_at=now,
        expires_at=expiry(promo, now),
        link=about.deeplink if about is not None else None,
        seller=about.partner_id if about is not None else None,
        reward=new.reward,
        earned_by=new.earned_by,
    )
    code = _personal_code(offer) if offer.is_personal else None
    issued = {"code": offer.code, "is_personal": offer.is_personal, "expires_at": offer.expires_at}
    news: list[Event] = [PromoIssued(offer=offer.facts(), partners=promo.partners, **issued)]
    news += [message(offer, promo, tell, standing.athlete.value)] if tell is not None else []
    try:
        told = tell.template if tell is not None else None
        store.issue(offer, code, standing.athlete, news, now, told=told, also=also)
    except CodeCollisionError as error:
        raise WriteConflictError from error
    return offer


def _new_code(promo: Promo) -> str:
    if promo.codes.shared is not None:
        return promo.codes.shared
    if promo.codes.pattern is None:
        raise CodePatternError(least=MIN_RANDOM, most=MAX_LENGTH)
    return code_of(promo.codes.pattern)


def _personal_code(offer: Offer) -> Code:
    return Code(
        code=offer.code,
        promo_id=offer.promo_id,
        expires_at=offer.expires_at,
        is_single=True,
        offer_id=offer.offer_id,
        user_id=offer.user_id,
        issued_at=offer.issued_at,
    )


def explain(promo_id: str, user_id: str, now: datetime) -> list[Check]:
    """Every question on the way to an offer, and the rule that decided it. The athlete's values are not told."""
    return _checks(store.standing(user_id, promo_id), user_id, channel=None, now=now)


def _checks(
    standing: Standing, user_id: str, *, channel: ConsentKind | None, now: datetime, is_earned: bool = False
) -> list[Check]:
    promo, known = standing.promo, standing.athlete.value or Athlete()
    rules: Segments = segment_store.rules() if promo.targeting else {}
    today = local_date(now, known.time_zone)
    facts = athletes.facts(user_id, known, needs(promo.targeting, rules), today)
    is_redeemed = partner_store.is_redeemed(promo.partners)
    return checks(
        promo,
        facts,
        rules,
        now=now,
        used=standing.used,
        channel=channel,
        is_redeemed=is_redeemed,
        is_earned=is_earned,
    )


def offer_for_worn_gear(
    promo_id: str,
    user_id: str,
    piece: Piece,
    *,
    run_id: str,
    now: datetime,
    language: Language = Language.EN,
    channel: ConsentKind | None = None,
) -> tuple[Offer, ProductCopy] | None:
    """An offer of this promo about the product that replaces a worn piece; None when nothing that is sold does.

    What the event tells of the piece is completed by what is known of it. `NotEligibleError` when the athlete may not
    have the promo. Repeated for the same `run_id` (one per crossing) it is the same offer.
    """
    known = athletes.piece(user_id, piece.gear_id)
    whole = piece.merged(known) if known is not None else piece
    if whole.category is None or whole.retired:
        return None
    promo = store.get(promo_id)
    product = sellers.replacement(whole, promo.partners, currency=promo.currency)
    if product is None:
        return None
    new = Issue(user_id=user_id, run_id=run_id, channel=channel)
    issued, _ = issue(promo_id, new, language=language, now=now, about=product)
    return issued, product


# --- the athlete's side ---------------------------------------------------------------------------------------------


def mine(
    user_id: str, *, only_active: bool, limit: int, cursor: str | None, now: datetime
) -> pagination.Page[HeldOffer]:
    """Newest first. A page may be shorter than asked for: offers of promos that are paused or over fall out of it."""
    page = store.offers(user_id, open_at=now if only_active else None, limit=limit, cursor=cursor)
    known, promos = store.athlete_and_promos(user_id, (offer.promo_id for offer in page.items))
    held = [HeldOffer(offer, promos[offer.promo_id], known) for offer in page.items if offer.promo_id in promos]
    kept = [one for one in held if one.offer.status(one.promo, now) is OfferStatus.ACTIVE or not only_active]
    return pagination.Page(kept, page.next_cursor)


def show(user_id: str, offer_id: str) -> HeldOffer:
    offer = store.offer(user_id, offer_id)
    known, promos = store.athlete_and_promos(user_id, [offer.promo_id])
    if offer.promo_id not in promos:
        raise OfferNotFoundError
    return HeldOffer(offer, promos[offer.promo_id], known)


def view(user_id: str, offer_id: str, now: datetime) -> None:
    """Of whoever does not agree to be counted it leaves no trace."""
    offer, known = store.offer_and_athlete(user_id, offer_id)
    if known.may_be_counted:
        _note(user_id, offer_id, lambda one: one.viewed(now), now, seen=offer)


def click(user_id: str, offer_id: str, now: datetime) -> str:
    """Where to go. An offer that is over leads nowhere; of whoever does not agree to be counted it leaves no trace."""
    offer = store.offer(user_id, offer_id)
    known, promos = store.athlete_and_promos(user_id, [offer.promo_id])
    if offer.promo_id not in promos:
        raise PromoNotFoundError
    promo = promos[offer.promo_id]
    if offer.status(promo, now) is not OfferStatus.ACTIVE:
        raise OfferIsOverError
    if known.may_be_counted:
        _note(user_id, offer_id, lambda one: one.clicked(now), now, seen=offer)
    return tagged(sellers.where_to(offer.link, offer.seller, promo.partners, promo.link), offer)


def dismiss(user_id: str, offer_id: str, now: datetime) -> None:
    _note(user_id, offer_id, lambda offer: offer.dismissed(now), now)


def _note(
    user_id: str, offer_id: str, change: Callable[[Offer], Offer], now: datetime, *, seen: Offer | None = None
) -> None:
    """Each step once, with the event that says so; a step that was made before changes nothing."""
    looks = [seen] if seen is not None else []

    def once() -> None:
        before = looks.pop() if looks else store.offer(user_id, offer_id)
        after = change(before)
        if after != before:
            store.note(before, after, _news(before, after), now)

    retry_on_conflict(once)


def _news(before: Offer, after: Offer) -> list[Event]:
    steps: list[tuple[Any, Any, type[PromoViewed | PromoClicked | PromoDismissed]]] = [
        (before.viewed_at, after.viewed_at, PromoViewed),
        (before.clicked_at, after.clicked_at, PromoClicked),
        (before.dismissed_at, after.dismissed_at, PromoDismissed),
    ]
    return [event(offer=after.facts()) for was, is_now, event in steps if was is None and is_now is not None]


# --- the funnel -----------------------------------------------------------------------------------------------------


STEPS = ("issued", "viewed", "clicked", "dismissed", "redeemed", "reversed")
STEPS_OF_MONEY = ("issued", "redeemed", "reversed")


def count_in_funnel(user_id: str, facts: promo_events.Offer, now: datetime) -> str:
    """Posts where the offer stands now, so that news in any order and number end in the same counts.

    Of whoever does not agree to be counted, only what is money: what was given and used."""
    try:
        offer, known = store.offer_and_athlete(user_id, facts.offer_id)
    except OfferNotFoundError:
        return "gone"
    run_id = offer.run_id if offer.campaign_id else ""

    def account(moment: datetime) -> str:
        return FunnelCell(moment.date().isoformat(), offer.campaign_id or "", offer.variant or "", run_id).account

    contribution: dict[str, dict[str, int]] = {}
    for step in STEPS if known.may_be_counted else STEPS_OF_MONEY:
        moment = getattr(offer, f"{step}_at")
        if moment is not None:
            contribution.setdefault(account(moment), {})[step] = 1
    if offer.redeemed_at is not None:
        day = contribution[account(offer.redeemed_at)]
        day |= {name: getattr(offer, name) for name in ("redemptions", "discount_minor", "revenue_minor")} | offer.money
    return funnel_store.post(offer.promo_id, Posting(f"OFFER#{offer.offer_id}", offer.revision, contribution), now)


def count_walk_in(facts: promo_events.Offer, version: int, amounts: dict[str, int], day: str, now: datetime) -> str:
    """A shared code without an offer; version 2, without amounts, when the order came back."""
    contribution = {FunnelCell(day).account: amounts} if amounts else {}
    return funnel_store.post(facts.promo_id, Posting(facts.offer_id, version, contribution), now)
