"""Promos, budgets, offers and codes in the promos table. Access patterns stand in README.md."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from promos.athletes.store import of_item
from promos.budget import Left, Take, shard_count, split
from promos.errors import CodeTakenError, OfferNotFoundError, PromoIdTakenError, PromoNotFoundError
from promos.facts import Athlete
from promos.keys import code_pk, promo_pk, user_pk, uses_sk
from promos.offers.domain import Code, Offer, Promo, Switch
from stadion import pagination
from stadion.dynamo import Item, Transaction, absent, next_revision, page_of, put_over
from stadion.errors import StaleVersionError
from stadion.events.envelope import NOBODY, Event
from stadion.events.outbox import outbox_items
from stadion.idempotency import IdempotencyKey, remember
from stadion.observability import correlation_id
from stadion.retry import WriteConflictError

PROMOS = "PROMOS"
KEPT_FOR = timedelta(days=400)
"""Offers and codes, after they have expired."""


class BudgetItem(Item):
    """What is left in a shard of a budget. `is_open`: whether anything may be taken at all."""

    uses = NumberAttribute(null=True)
    minor = NumberAttribute(null=True)
    is_open = BooleanAttribute(null=True)


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
    item = Item.find(promo_pk(promo_id), "PROMO")
    if item is None:
        raise PromoNotFoundError
    return Promo.model_validate(item.body)


def promos_by_id(promo_ids: Iterable[str]) -> dict[str, Promo]:
    keys = [(promo_pk(promo_id), "PROMO") for promo_id in dict.fromkeys(promo_ids)]
    found = Item.batch_get(keys, consistent_read=True) if keys else []
    return {item.body["promo_id"]: Promo.model_validate(item.body) for item in found}


def athlete_and_promos(user_id: str, promo_ids: Iterable[str]) -> tuple[Athlete, dict[str, Promo]]:
    """In one request."""
    keys = [(user_pk(user_id), "ATHLETE"), *((promo_pk(name), "PROMO") for name in dict.fromkeys(promo_ids))]
    found = {item.sk + item.pk: item for item in Item.batch_get(keys, consistent_read=True)}
    known = of_item(found.pop("ATHLETE" + user_pk(user_id), None))
    promos = [Promo.model_validate(item.body) for item in found.values()]
    return known, {promo.promo_id: promo for promo in promos}


def stock(promo_id: str) -> Stock:
    """The promo and its budget, in one consistent query."""
    found = list(BudgetItem.query(promo_pk(promo_id), Item.sk.between("BUDGET#", "PROMO"), consistent_read=True))
    promo = next((Promo.model_validate(item.body) for item in found if item.sk == "PROMO"), None)
    if promo is None:
        raise PromoNotFoundError
    return Stock(promo, [left_of(item) for item in found if item.sk != "PROMO"])


def page(*, limit: int, cursor: str | None) -> pagination.Page[Promo]:
    """By name; from an index, so a moment late."""
    return index_page(PROMOS, limit=limit, cursor=cursor).of(lambda item: Promo.model_validate(item.body))


def create(
    promo: Promo,
    *,
    uses: int,
    minor: int,
    key: IdempotencyKey | None,
    answer: dict[str, Any],
    now: datetime,
) -> None:
    transaction = Transaction()
    remember(transaction, key, status=201, answer=answer, now=now)
    transaction.put(_promo_item(promo), absent(), refused=lambda _: PromoIdTakenError(pointer="#/promo_id"))
    open_budget(transaction, promo_pk(promo.promo_id), uses=uses, minor=minor, is_open=False)
    if promo.codes.shared is not None:
        code = Code(code=promo.codes.shared, promo_id=promo.promo_id, expires_at=promo.ends_at, is_single=False)
        put_new_code(transaction, code, refused=lambda _: CodeTakenError(pointer="#/codes/shared"))
        if promo.codes.most_uses is not None:
            open_budget(transaction, code_pk(code.code), uses=promo.codes.most_uses, minor=0, is_open=True)
    transaction.commit()


def revise(old: Promo, new: Promo, changes: Mapping[str, tuple[int, int]]) -> None:
    """`changes`: shard -> what is added to its (uses, money), negative to take; in the transaction of the edit.

    `WriteConflictError` when what is to be taken is not there any more: look again.
    """
    transaction = Transaction()
    unchanged = Item.revision == old.revision
    transaction.put(_promo_item(new), unchanged, refused=lambda _: StaleVersionError())
    is_open = new.switch is Switch.ON
    for sk, (uses, minor) in changes.items():
        shard = BudgetItem(pk=promo_pk(new.promo_id), sk=sk)
        actions: list[Action] = [
            BudgetItem.is_open.set(is_open),
            BudgetItem.uses.add(uses),
            BudgetItem.minor.add(minor),
        ]
        enough = (BudgetItem.uses >= max(0, -uses)) & (BudgetItem.minor >= max(0, -minor))
        transaction.update(shard, actions, enough)
    if new.codes.shared is not None and new.ends_at != old.ends_at:
        code = code_of(new.codes.shared)
        if code is not None:
            put_code(transaction, code, code.item, expires_at=new.ends_at)
    transaction.commit()


def remove(promo: Promo, shards: Iterable[Left]) -> None:
    """A draft, with its budget and its shared code; nobody holds anything of it."""
    transaction = Transaction()
    item = Item(pk=promo_pk(promo.promo_id), sk="PROMO")
    transaction.delete(item, Item.revision == promo.revision, refused=lambda _: StaleVersionError())
    for shard in shards:
        transaction.delete(Item(pk=promo_pk(promo.promo_id), sk=shard.sk))
    if promo.codes.shared is not None:
        transaction.delete(Item(pk=code_pk(promo.codes.shared), sk="CODE"))
        for left in budget_of(code_pk(promo.codes.shared)):
            transaction.delete(Item(pk=code_pk(promo.codes.shared), sk=left.sk))
    transaction.commit()


# --- budgets --------------------------------------------------------------------------------------------------------


def open_budget(
    transaction: Transaction, pk: str, *, uses: int, minor: int, is_open: bool, prefix: str = "BUDGET#"
) -> None:
    for item in new_budget(pk, uses=uses, minor=minor, is_open=is_open, prefix=prefix):
        transaction.put(item, absent())


def new_budget(pk: str, *, uses: int, minor: int, is_open: bool, prefix: str) -> list[BudgetItem]:
    count = shard_count(uses)
    shares = zip(split(uses, count), split(minor, count), strict=True)
    return [
        BudgetItem(pk=pk, sk=f"{prefix}{number}", kind="budget", uses=share, minor=money, is_open=is_open)
        for number, (share, money) in enumerate(shares)
    ]


def budget_of(pk: str, prefix: str = "BUDGET#") -> list[Left]:
    return [left_of(item) for item in BudgetItem.query(pk, Item.sk.startswith(prefix), consistent_read=True)]


def left_of(item: BudgetItem) -> Left:
    return Left(item.sk, int(item.uses or 0), int(item.minor or 0))


def take(transaction: Transaction, pk: str, takes: Iterable[Take]) -> None:
    """`WriteConflictError` when somebody else took it meanwhile, or the promo was closed: look again."""
    for one in takes:
        shard = BudgetItem(pk=pk, sk=one.sk)
        actions: list[Action] = [BudgetItem.uses.add(-one.uses), BudgetItem.minor.add(-one.minor)]
        enough: Condition = (
            (BudgetItem.is_open == True)  # noqa: E712 - a condition of DynamoDB
            & (BudgetItem.uses >= one.uses)
            & (BudgetItem.minor >= one.minor)
        )
        transaction.update(shard, actions, enough)


def give_back(transaction: Transaction, pk: str, takes: Iterable[Take]) -> None:
    for one in takes:
        shard = BudgetItem(pk=pk, sk=one.sk)
        transaction.update(shard, [BudgetItem.uses.add(one.uses), BudgetItem.minor.add(one.minor)])


# --- offers ---------------------------------------------------------------------------------------------------------


class AlreadyIssuedError(Exception):
    """This run has given the athlete an offer of the promo before. Control flow."""

    def __init__(self, offer_id: str) -> None:
        super().__init__(offer_id)
        self.offer_id = offer_id


class CodeCollisionError(Exception):
    """Somebody has this very code: make another one. Control flow."""


def offer(user_id: str, offer_id: str) -> Offer:
    item = Item.find(user_pk(user_id), f"OFFER#{offer_id}")
    if item is None:
        raise OfferNotFoundError
    return Offer.model_validate(item.body)


def offers(user_id: str, *, open_at: datetime | None, limit: int, cursor: str | None) -> pagination.Page[Offer]:
    """Newest first; with `open_at` only those that are neither used, dismissed nor expired at that time."""
    scope = pagination.fingerprint("offers", user_id, open_at is not None)
    where = None
    if open_at is not None:
        where = (Item.kind == "offer_open") & (Item.expires_at > int((open_at + KEPT_FOR).timestamp()))
    found = page_of(user_pk(user_id), "OFFER#", scope=scope, limit=limit, cursor=cursor, newest_first=True, where=where)
    return found.of(lambda item: Offer.model_validate(item.body))


@dataclass(frozen=True)
class Standing:
    """What an offer of a promo to an athlete hangs on, but for the rules of its targeting; one request."""

    promo: Promo
    athlete: Item | None
    used: int
    """Orders of the athlete that hold or used the promo."""


def standing(user_id: str, promo_id: str, run_id: str | None = None) -> Standing:
    """`PromoNotFoundError`; `AlreadyIssuedError` when the run gave the athlete an offer of the promo before."""
    claim, uses = _issued_sk(promo_id, run_id or ""), uses_sk(promo_id)
    keys = [(promo_pk(promo_id), "PROMO"), *((user_pk(user_id), sk) for sk in ("ATHLETE", uses, claim))]
    found = {item.sk: item for item in Item.batch_get(keys, consistent_read=True)}
    if claim in found:
        raise AlreadyIssuedError(found[claim].body["offer_id"])
    if "PROMO" not in found:
        raise PromoNotFoundError
    used = int(found[uses].revision or 0) if uses in found else 0
    return Standing(Promo.model_validate(found["PROMO"].body), found.get("ATHLETE"), used)


def last_offer_of(user_id: str, promo_id: str) -> Offer | None:
    """The athlete's newest offer of this promo (ids are time-ordered)."""
    prefix = f"ISSUED#{promo_id}#"
    claims = Item.query(user_pk(user_id), Item.sk.startswith(prefix), consistent_read=True)
    newest = max((claim.body["offer_id"] for claim in claims), default=None)
    return offer(user_id, newest) if newest is not None else None


def issue(
    new: Offer,
    code: Code | None,
    athlete: Item | None,
    events: list[Event],
    now: datetime,
    *,
    told: str | None = None,
) -> None:
    """One transaction: the claim of the run, the offer, its code, the news, and the consent that still stands.

    With `told` the news ask for this message, which is noted, so that nobody asks for it again.
    """
    transaction = Transaction()
    claim = Item(
        pk=user_pk(new.user_id),
        sk=_issued_sk(new.promo_id, new.run_id),
        kind="issued",
        body={"offer_id": new.offer_id},
        expires_at=kept_until(new.expires_at),
    )
    transaction.put(claim, absent(), refused=_issued_before)
    if athlete is not None:
        transaction.check(athlete, Item.revision == athlete.revision)
    if code is not None:
        put_new_code(transaction, code, refused=lambda _: CodeCollisionError())
    transaction.put(offer_item(new), absent())
    if told is not None:
        transaction.put(told_item(new, told))
    publish(transaction, new.user_id, events, now)
    transaction.commit()


def _issued_before(raw: dict[str, dict[str, Any]] | None) -> Exception:
    return AlreadyIssuedError(Item.of_raw(raw).body["offer_id"]) if raw else WriteConflictError()


def note(old: Offer, new: Offer, events: list[Event], now: datetime) -> None:
    transaction = Transaction()
    put_offer(transaction, old, new)
    publish(transaction, new.user_id, events, now)
    transaction.commit()


def put_offer(transaction: Transaction, old: Offer, new: Offer) -> None:
    transaction.put(offer_item(new), Item.revision == old.revision)


def offer_item(new: Offer) -> Item:
    return Item(
        pk=user_pk(new.user_id),
        sk=f"OFFER#{new.offer_id}",
        kind="offer_open" if new.is_open else "offer_closed",
        revision=new.revision,
        body=new.model_dump(mode="json", exclude_none=True),
        expires_at=kept_until(new.expires_at),
    )


def told_item(offer: Offer, template: str) -> Item:
    """The note that this message about the offer was asked for."""
    return Item(
        pk=user_pk(offer.user_id),
        sk=f"TOLD#{offer.offer_id}#{template}",
        kind="told",
        expires_at=kept_until(offer.expires_at),
    )


# --- codes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StoredCode(Code):
    item: Item | None = None
    """To rely on in a transaction."""


def code_of(code: str) -> StoredCode | None:
    item = Item.find(code_pk(code), "CODE")
    if item is None:
        return None
    body = dict(item.body)
    return StoredCode(**(body | {"expires_at": datetime.fromisoformat(body["expires_at"]), "item": item}))


def put_new_code(transaction: Transaction, code: Code, *, refused: Any) -> None:
    transaction.put(_code_item(code, 1), absent(), refused=refused)


def put_code(transaction: Transaction, code: Code, stored: Item | None, **fields: Any) -> None:
    """Only if nobody else changed it since it was read."""
    revision = next_revision(stored)
    new = Code(**({name: getattr(code, name) for name in _CODE_FIELDS} | fields))
    put_over(transaction, stored, _code_item(new, revision))


_CODE_FIELDS = (
    "code",
    "promo_id",
    "expires_at",
    "is_single",
    "offer_id",
    "user_id",
    "state",
    "partner_id",
    "order_id",
)


def _code_item(code: Code, revision: int) -> Item:
    body = {name: getattr(code, name) for name in _CODE_FIELDS} | {"expires_at": code.expires_at.isoformat()}
    return Item(
        pk=code_pk(code.code),
        sk="CODE",
        kind="code",
        revision=revision,
        body=body,
        expires_at=kept_until(code.expires_at) if code.is_single else None,
    )


def _issued_sk(promo_id: str, run_id: str) -> str:
    return f"ISSUED#{promo_id}#{run_id}"


def kept_until(moment: datetime) -> int:
    return int((moment + KEPT_FOR).timestamp())


def _promo_item(promo: Promo) -> Item:
    return Item(
        pk=promo_pk(promo.promo_id),
        sk="PROMO",
        gsi1pk=PROMOS,
        gsi1sk=promo.promo_id,
        kind="promo",
        revision=promo.revision,
        body=promo.stored(),
    )


def index_page(partition: str, *, limit: int, cursor: str | None) -> pagination.Page[Item]:
    scope = pagination.fingerprint("index", partition)
    found = Item.by_gsi1.query(
        partition, limit=limit, last_evaluated_key=pagination.decode(cursor, scope, gsi1pk=partition)
    )
    items = list(found)
    position = found.last_evaluated_key
    return pagination.Page(items, pagination.encode(position, scope) if position else None)


def publish(transaction: Transaction, user_id: str | None, events: list[Event], now: datetime) -> None:
    for item in outbox_items(events, user_id=user_id or NOBODY, correlation_id=correlation_id(), now=now):
        transaction.put(item)
