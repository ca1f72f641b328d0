"""Promos, budgets, offers and codes in the promos table. Their keys stand in README.md."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from promos.athletes import segment_store
from promos.athletes.segment_store import Asked
from promos.athletes.store import ATHLETES
from promos.budget import Left
from promos.errors import CodeTakenError, OfferNotFoundError, PromoIdTakenError, PromoNotFoundError
from promos.facts import Athlete
from promos.offers import budget_store
from promos.offers.domain import Code, Offer, Promo, Switch
from stadion import codes, pagination
from stadion.change import Change, Refusal
from stadion.dynamo import Item, absent
from stadion.errors import StaleVersionError
from stadion.events.envelope import Event
from stadion.idempotency import IdempotencyKey
from stadion.records import Index, Place, Records, Stored, counters, fetch, partition
from stadion.retry import WriteConflictError
from stadion.values import Value

LISTED = "PROMOS"
KEPT_FOR = timedelta(days=400)
"""Offers and codes, after they have expired."""


class _Claim(Value):
    """Which offer a run gave an athlete."""

    offer_id: str
    offer_expires_at: datetime | None = Field(default=None, exclude=True)


class _Told(Value):
    """That a message about an offer was asked for."""

    expires_at: datetime


_MOMENTS = ("expires_at", "issued_at", "taken_back_at")


def _code_body(code: Code) -> dict[str, Any]:
    known = {name: moment for name in _MOMENTS if (moment := getattr(code, name)) is not None}
    return vars(code) | {name: moment.isoformat() for name, moment in known.items()}


def _code(item: Item) -> Code:
    moments = {name: item.body.get(name) for name in _MOMENTS}
    known = {name: datetime.fromisoformat(moment) for name, moment in moments.items() if moment is not None}
    return Code(**(dict(item.body) | known))


PROMOS = Records(
    Promo,
    kind="promo",
    pk="PROMO#{promo_id}",
    sk="PROMO",
    own_revision=True,
    index=Index(LISTED, "{promo_id}"),
    dump=Promo.stored,
    missing=PromoNotFoundError,
)
"""Admins, on the revision; everything, with its budget in one query."""
OFFERS = Records(
    Offer,
    kind=lambda offer: "offer_open" if offer.is_open else "offer_closed",
    pk="USER#{user_id}",
    sk="OFFER#{offer_id}",
    own_revision=True,
    kept_for=KEPT_FOR,
    kept_since="expires_at",
    missing=OfferNotFoundError,
)
"""Time-ordered ids: issuing, the athlete, checkouts, on the revision; the app, newest first."""
CLAIMS = Records(
    _Claim,
    kind="issued",
    pk="USER#{user_id}",
    sk="ISSUED#{promo_id}#{run_id}",
    kept_for=KEPT_FOR,
    kept_since="offer_expires_at",
)
"""Which offer a run gave, if absent: nobody gets two."""
TOLD = Records(
    _Told,
    kind="told",
    pk="USER#{user_id}",
    sk="TOLD#{offer_id}#{template}",
    kept_for=KEPT_FOR,
    kept_since="expires_at",
    dump=lambda _: None,
)
"""That a message about an offer was asked for: with the offer, or steps of workflows, if absent."""
CODES = Records(
    Code,
    kind="code",
    pk="CODE#{key}",
    sk="CODE",
    kept_for=KEPT_FOR,
    kept_since="over_at",
    dump=_code_body,
    load=_code,
)
"""`key`: the code without hyphens; with them, if it was issued before that was so. Issuing, checkouts, on the
revision."""
USES = counters("USER#{user_id}", "USES#{limit}", kind="uses")
"""Orders of an athlete that hold or used a promo, in all (`<promo_id>`) and of a period (`<promo_id>#<first
day>`): checkouts; issuing."""


# --- promos ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stock:
    """A promo and what is left of its budget."""

    promo: Promo
    shards: list[Left]

    @property
    def uses_left(self) -> int:
        return sum(shard.uses for shard in self.shards)

    @property
    def minor_left(self) -> int:
        return sum(shard.minor for shard in self.shards)


def get(promo_id: str) -> Promo:
    return PROMOS.get(promo_id)


def promos_by_id(promo_ids: Iterable[str]) -> dict[str, Promo]:
    return {promo.promo_id: promo for promo in PROMOS.some((promo_id,) for promo_id in promo_ids)}


def athlete_and_promos(user_id: str, promo_ids: Iterable[str]) -> tuple[Athlete, dict[str, Promo]]:
    """In one request."""
    athlete, promos = ATHLETES.at(user_id), [PROMOS.at(promo_id) for promo_id in promo_ids]
    found = fetch(athlete, *promos)
    known = (found[place].value for place in promos)
    return found[athlete].value or Athlete(), {promo.promo_id: promo for promo in known if promo is not None}


def stock(promo_id: str) -> Stock:
    """The promo and its budget, in one consistent query."""
    place = PROMOS.at(promo_id)
    found = partition(place.pk, ("BUDGET#", place.sk), item_type=budget_store.BudgetItem)
    promo = next(iter(found.values(PROMOS)), None)
    if promo is None:
        raise PromoNotFoundError
    return Stock(promo, [share for share in found.values(budget_store.SHARES) if share.sk != place.sk])


def page(*, limit: int, cursor: str | None) -> pagination.Page[Promo]:
    """By name; from an index, so a moment late."""
    return PROMOS.listed_page(LISTED, scope=("index", LISTED), limit=limit, cursor=cursor)


def create(
    promo: Promo,
    *,
    uses: int,
    minor: int,
    key: IdempotencyKey | None,
    answer: Mapping[str, Any],
    now: datetime,
    asked: Stored[Asked] | None = None,
) -> None:
    with Change(None, now, key) as change:
        change.remember(status=201, answer=answer)
        change.put(PROMOS, promo, refused=lambda _: PromoIdTakenError(pointer="#/promo_id"))
        budget_store.open_budget(change, budget_of_promo(promo.promo_id), uses=uses, minor=minor, is_open=False)
        if promo.codes.shared is not None:
            code = _shared_code(promo)
            add_code(change, code, refused=lambda _: CodeTakenError(pointer="#/codes/shared"))
            if promo.codes.most_uses is not None:
                budget_store.open_budget(change, CODES.of(code).pk, uses=promo.codes.most_uses, minor=0, is_open=True)
        _note_asking(change, asked, promo)


def replace_draft(
    stock: Stock, new: Promo, *, uses: int, minor: int, now: datetime, asked: Stored[Asked] | None
) -> None:
    """With its budget and its shared code, in one transaction; nobody holds anything of a draft."""
    with Change(None, now) as change:
        change.replace(PROMOS.seen(stock.promo), new, refused=StaleVersionError)
        budget_store.open_anew(
            change, budget_of_promo(new.promo_id), stock.shards, uses=uses, minor=minor, is_open=False
        )
        _replace_shared_code(change, stock.promo, new)
        _note_asking(change, asked, new)


def _replace_shared_code(change: Change, old: Promo, new: Promo) -> None:
    before = code_of(old.codes.shared) if old.codes.shared is not None else None
    code = _shared_code(new) if new.codes.shared is not None else None
    is_same = before is not None and code is not None and before.place == CODES.of(code)
    if before is not None and not is_same:
        _remove_code(change, before.place)
    if code is None:
        return
    if before is not None and is_same:
        change.replace(before, code)
    else:
        add_code(change, code, refused=lambda _: CodeTakenError(pointer="#/codes/shared"))
    budget = CODES.of(code).pk
    budget_store.open_anew(
        change, budget, budget_store.shares(budget), uses=new.codes.most_uses or 0, minor=0, is_open=True
    )


def _shared_code(promo: Promo) -> Code:
    shared = promo.codes.shared or ""
    return Code(code=shared, promo_id=promo.promo_id, expires_at=promo.ends_at, is_single=False)


def _remove_code(change: Change, code: Place[Code]) -> None:
    change.delete(code)
    for left in budget_store.shares(code.pk):
        change.delete(budget_store.SHARES.at(code.pk, left.sk))


def _note_asking(change: Change, asked: Stored[Asked] | None, promo: Promo) -> None:
    """None: it asks for no segment."""
    if asked is not None:
        segment_store.note(change, asked, f"promos/{promo.promo_id}")


def revise(
    old: Promo,
    new: Promo,
    changes: Mapping[str, tuple[int, int]],
    now: datetime,
    *,
    asked: Stored[Asked] | None = None,
) -> None:
    """`changes`: shard -> what is added to its (uses, money), negative to take; in the transaction of the edit.

    `WriteConflictError` when what is to be taken is not there any more: look again.
    """
    with Change(None, now) as change:
        change.replace(PROMOS.seen(old), new, refused=StaleVersionError)
        _note_asking(change, asked, new)
        for sk, (uses, minor) in changes.items():
            place = (budget_of_promo(new.promo_id), sk)
            budget_store.revise(change, *place, uses=uses, minor=minor, is_open=new.switch is Switch.ON)
        if new.codes.shared is not None and new.ends_at != old.ends_at:
            code = code_of(new.codes.shared)
            if code.value is not None:
                change.replace(code, replace(code.value, expires_at=new.ends_at))


def remove(promo: Promo, shards: Iterable[Left], now: datetime) -> None:
    """A draft, with its budget and its shared code; nobody holds anything of it."""
    with Change(None, now) as change:
        change.delete(PROMOS.seen(promo), refused=StaleVersionError)
        for shard in shards:
            change.delete(budget_store.SHARES.at(budget_of_promo(promo.promo_id), shard.sk))
        if promo.codes.shared is not None:
            _remove_code(change, code_of(promo.codes.shared).place)


# --- budgets --------------------------------------------------------------------------------------------------------


def budget_of_promo(promo_id: str) -> str:
    return PROMOS.at(promo_id).pk


# --- offers ---------------------------------------------------------------------------------------------------------


class AlreadyIssuedError(Exception):
    """This run has given the athlete an offer of the promo before. Control flow."""

    def __init__(self, offer_id: str) -> None:
        super().__init__(offer_id)
        self.offer_id = offer_id


class CodeCollisionError(Exception):
    """Somebody has this very code: make another one. Control flow."""


def offer(user_id: str, offer_id: str) -> Offer:
    return OFFERS.get(user_id, offer_id)


def offer_and_athlete(user_id: str, offer_id: str) -> tuple[Offer, Athlete]:
    """In one request; `OfferNotFoundError`."""
    offer_, athlete = OFFERS.at(user_id, offer_id), ATHLETES.at(user_id)
    found = fetch(offer_, athlete)
    known = found[offer_].value
    if known is None:
        raise OfferNotFoundError
    return known, found[athlete].value or Athlete()


def offers(user_id: str, *, open_at: datetime | None, limit: int, cursor: str | None) -> pagination.Page[Offer]:
    """Newest first; with `open_at` only those that are neither used, dismissed nor expired at that time."""
    where = None
    if open_at is not None:
        where = (Item.kind == "offer_open") & (Item.expires_at > int((open_at + KEPT_FOR).timestamp()))
    scope = ("offers", user_id, open_at is not None)
    return OFFERS.page(user_id, scope=scope, limit=limit, cursor=cursor, newest_first=True, where=where)


@dataclass(frozen=True)
class Standing:
    """What an offer of a promo to an athlete hangs on, but for the rules of its targeting; one request."""

    promo: Promo
    athlete: Stored[Athlete]
    used: int
    """Orders of the athlete that hold or used the promo."""


def standing(user_id: str, promo_id: str, run_id: str | None = None) -> Standing:
    """`PromoNotFoundError`; `AlreadyIssuedError` when the run gave the athlete an offer of the promo before."""
    promo, athlete, claim = PROMOS.at(promo_id), ATHLETES.at(user_id), CLAIMS.at(user_id, promo_id, run_id or "")
    uses = USES.at(user_id, promo_id)
    found = fetch(promo, athlete, uses, claim)
    before, known, used = found[claim].value, found[promo].value, found[uses].value
    if before is not None:
        raise AlreadyIssuedError(before.offer_id)
    if known is None:
        raise PromoNotFoundError
    return Standing(known, found[athlete], used.n if used is not None else 0)


def uses_of(user_id: str, promo_ids: Iterable[str]) -> dict[str, int]:
    """Promo -> orders of the athlete that hold or used it."""
    places = {promo_id: USES.at(user_id, promo_id) for promo_id in promo_ids}
    found = fetch(*places.values())
    return {promo_id: used.n if (used := found[place].value) is not None else 0 for promo_id, place in places.items()}


def last_offer_of(user_id: str, promo_id: str, by: datetime) -> Offer | None:
    """The athlete's newest offer of this promo, of those issued by then (ids are time-ordered)."""
    for offer_id in sorted((claim.offer_id for claim in CLAIMS.every(user_id, promo_id)), reverse=True):
        found = OFFERS.find(user_id, offer_id)
        if found is not None and found.issued_at <= by:
            return found
    return None


def issue(
    new: Offer,
    code: Code | None,
    athlete: Stored[Athlete],
    events: list[Event],
    now: datetime,
    *,
    told: str | None = None,
    also: Callable[[Change, Offer], None] | None = None,
) -> None:
    """One transaction: the claim of the run, the offer, its code, the news, the consent that still stands, and what is
    `also` to be written with it.

    With `told` the news ask for this message, which is noted, so that nobody asks for it again.
    """
    with Change(new.user_id, now) as change:
        claim = _Claim(offer_id=new.offer_id, offer_expires_at=new.expires_at)
        change.put(CLAIMS.at(new.user_id, new.promo_id, new.run_id), claim, refused=_issued_before)
        if athlete.value is not None:
            change.check(athlete)
        if code is not None:
            add_code(change, code, refused=CodeCollisionError)
        change.put(OFFERS, new)
        if told is not None:
            note_told(change, new, told, new=False)
        if also is not None:
            also(change, new)
        change.publish(*events)


def _issued_before(item: Item | None) -> Exception:
    return AlreadyIssuedError(CLAIMS.value(item).offer_id) if item is not None else WriteConflictError()


def note(old: Offer, new: Offer, events: list[Event], now: datetime) -> None:
    with Change(new.user_id, now) as change:
        change.replace(OFFERS.seen(old), new)
        change.publish(*events)


def take_back(change: Change, old: Offer, at: datetime | None) -> None:
    """The offer and its personal code, or with None: both are good again. `WriteConflictError` in the end when somebody
    used them meanwhile."""
    change.replace(OFFERS.seen(old), old.taken_back(at))
    code = code_of(old.code)
    if code.value is not None and code.value.offer_id == old.offer_id:
        change.replace(code, replace(code.value, taken_back_at=at))


def note_told(
    change: Change, offer: Offer, template: str, *, new: bool = True, refused: Refusal = WriteConflictError
) -> None:
    """That this message about the offer was asked for."""
    told = TOLD.at(offer.user_id, offer.offer_id, template)
    change.put(told, _Told(expires_at=offer.expires_at), new=new, refused=refused)


# --- codes ----------------------------------------------------------------------------------------------------------


def code_of(typed: str) -> Stored[Code]:
    """By how people type it, with its hyphens or without them."""
    found = CODES.read(codes.key(typed))
    if found.value is None and codes.normal(typed) != codes.key(typed):
        before = CODES.read(codes.normal(typed))
        return before if before.value is not None else found
    return found


def add_code(change: Change, code: Code, *, refused: Refusal) -> None:
    change.replace(CODES.of(code).nothing(), code, refused=refused)
    if code.key != code.code and not code.is_single:
        change.require(CODES.at(code.code), absent(), refused=refused)
