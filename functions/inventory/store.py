"""The inventory table. Access patterns stand in README.md; nothing outside this module knows the keys."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from inventory.domain import Component, Gear, Purchase, Status, account, silent_notes
from inventory.errors import GearIdTakenError, GearNotFoundError
from stadion import pagination
from stadion.consents import Consent, heard
from stadion.dynamo import Item, Transaction, absent, page_of, put_over
from stadion.errors import StaleVersionError
from stadion.events.accounts import ConsentChanged, ConsentKind
from stadion.events.envelope import Event
from stadion.events.outbox import outbox_items
from stadion.idempotency import IdempotencyKey, remember
from stadion.ledger import Ledger, account_item, account_sk, totals_of
from stadion.observability import correlation_id
from stadion.postings import Amounts


def ledger(user_id: str) -> Ledger:
    return Ledger(pk=_user(user_id))


def get(user_id: str, gear_id: str) -> Gear:
    item = Item.find(_user(user_id), _sk(gear_id))
    if item is None:
        raise GearNotFoundError
    return _gear(item)


def all_items(user_id: str) -> dict[str, Item]:
    """Gear id -> item, of everything the athlete has."""
    found = Item.query(_user(user_id), Item.sk.startswith("GEAR#"), consistent_read=True)
    return {item.sk.removeprefix("GEAR#"): item for item in found}


def some_items(user_id: str, gear_ids: Iterable[str]) -> dict[str, Item]:
    keys = [(_user(user_id), _sk(gear_id)) for gear_id in dict.fromkeys(gear_ids)]
    found = Item.batch_get(keys, consistent_read=True) if keys else []
    return {item.sk.removeprefix("GEAR#"): item for item in found}


def gear_of(item: Item) -> Gear:
    return _gear(item)


def page(user_id: str, status: Status | None, *, limit: int, cursor: str | None) -> pagination.Page[Gear]:
    """In the order in which the gear was named (its ids are time-ordered)."""
    scope = pagination.fingerprint("gear", user_id, status)
    where = None if status is None else Item.kind == f"gear_{status.value}"
    return page_of(_user(user_id), "GEAR#", scope=scope, limit=limit, cursor=cursor, where=where).of(_gear)


def totals(user_id: str, gears: Iterable[Gear]) -> dict[str, Amounts]:
    return ledger(user_id).accounts(name for gear in gears for name in accounts_of(gear))


def accounts_of(gear: Gear) -> list[str]:
    return [account(gear.gear_id), *(account(gear.gear_id, part.component_id) for part in gear.components)]


def add(gear: Gear, events: list[Event], *, key: IdempotencyKey | None, answer: dict[str, Any], now: datetime) -> None:
    transaction = Transaction()
    remember(transaction, key, status=201, answer=answer, now=now)
    transaction.put(_item(gear), absent(), refused=lambda _: GearIdTakenError())
    _note_silently(transaction, gear, gear, *gear.components)
    _publish(transaction, gear.user_id, events, now)
    transaction.commit()


def revise(
    old: Gear,
    new: Gear,
    events: list[Event],
    now: datetime,
    *,
    remeasured: Iterable[Gear | Component] = (),
    key: IdempotencyKey | None = None,
    answer: dict[str, Any] | None = None,
) -> None:
    transaction = Transaction()
    remember(transaction, key, status=201, answer=answer or {}, now=now)
    unchanged = Item.revision == old.revision
    transaction.put(_item(new), unchanged, refused=lambda _: StaleVersionError())
    _note_silently(transaction, new, *remeasured)
    _publish(transaction, new.user_id, events, now)
    transaction.commit()


def remove(gear: Gear) -> None:
    transaction = Transaction()
    item = Item(pk=_user(gear.user_id), sk=_sk(gear.gear_id))
    transaction.delete(item, Item.revision == gear.revision, refused=lambda _: StaleVersionError())
    transaction.commit()


# --- purchases ------------------------------------------------------------------------------------------------------


def purchase(user_id: str, partner_id: str, order_id: str) -> Purchase:
    """An order of which nothing came yet is empty."""
    item = Item.find(_user(user_id), _purchase_sk(partner_id, order_id))
    return Purchase.model_validate(item.body) if item else Purchase(partner_id=partner_id, order_id=order_id)


def know_consent(user_id: str, consent: ConsentChanged) -> bool:
    stored = Item.find(_user(user_id), _consent_sk(consent.kind))
    known = _consent(stored)
    new = heard(known, consent)
    if new == known:
        return False
    body = {"granted": new.granted}
    item = Item(pk=_user(user_id), sk=_consent_sk(consent.kind), kind="consent", revision=new.revision, body=body)
    transaction = Transaction()
    put_over(transaction, stored, item)
    transaction.commit()
    return True


def may_add_purchases(user_id: str) -> bool:
    known = _consent(Item.find(_user(user_id), _consent_sk(ConsentKind.PURCHASES)))
    return known is not None and known.granted


def _consent(item: Item | None) -> Consent | None:
    return Consent(granted=item.body["granted"], revision=int(item.revision)) if item is not None else None


class PurchaseChange:
    """What becomes of an order's gear, in one transaction with what is known of the order."""

    def __init__(self, user_id: str, before: Purchase, after: Purchase, now: datetime) -> None:
        self._user_id = user_id
        self._now = now
        self._transaction = Transaction()
        unchanged = Item.revision == before.revision if before.revision else absent()
        self._transaction.put(self._item(after), unchanged)

    def add(self, gear: Gear, events: list[Event]) -> None:
        self._transaction.put(_item(gear), absent())
        _publish(self._transaction, self._user_id, events, self._now)

    def take(self, gear_id: str, retire: Callable[[Gear, datetime], tuple[Gear, list[Event]]], now: datetime) -> bool:
        """Away without a trace when it was never used; with what it was used for, it is retired instead (True)."""
        stored = Item.find(_user(self._user_id), _sk(gear_id))
        if stored is None:  # the athlete deleted it
            return False
        unchanged = Item.revision == stored.revision
        use = Item.find(_user(self._user_id), account_sk(account(gear_id)))
        if totals_of(use)[0].get("sessions", 0) == 0:
            self._transaction.delete(stored, unchanged)
            self._check_unused(gear_id, use)
            return False
        gear = _gear(stored)
        if gear.status is Status.ACTIVE:
            new, events = retire(gear, now)
            self._transaction.put(_item(new), unchanged)
            _publish(self._transaction, self._user_id, events, now)
        return True

    def commit(self) -> None:
        self._transaction.commit()

    def _check_unused(self, gear_id: str, use: Item | None) -> None:
        unused = Item(pk=_user(self._user_id), sk=account_sk(account(gear_id)))
        condition = absent() if use is None else Item.revision == use.revision
        self._transaction.check(unused, condition)

    def _item(self, one: Purchase) -> Item:
        return Item(
            pk=_user(self._user_id),
            sk=_purchase_sk(one.partner_id, one.order_id),
            kind="purchase",
            revision=one.revision,
            body=one.model_dump(mode="json"),
        )


def _purchase_sk(partner_id: str, order_id: str) -> str:
    return f"PURCHASE#{partner_id}#{order_id}"


def _consent_sk(kind: ConsentKind) -> str:
    return f"CONSENT#{kind.value}"


def _note_silently(transaction: Transaction, gear: Gear, *pieces: Gear | Component) -> None:
    """Sets what is reached already, so that only use, and not an edit, makes news."""
    names = {account(gear.gear_id, getattr(piece, "component_id", None)): piece for piece in pieces}
    keys = [(_user(gear.user_id), account_sk(name)) for name in names]
    stored = {item.sk: item for item in Item.batch_get(keys, consistent_read=True)} if keys else {}
    for name, piece in names.items():
        item = stored.get(account_sk(name))
        amounts, notes = totals_of(item)
        new = account_item(_user(gear.user_id), name, item, amounts, silent_notes(amounts, notes, piece))
        put_over(transaction, item, new)


def _publish(transaction: Transaction, user_id: str, events: list[Event], now: datetime) -> None:
    for item in outbox_items(events, user_id=user_id, correlation_id=correlation_id(), now=now):
        transaction.put(item)


def _user(user_id: str) -> str:
    return f"USER#{user_id}"


def _sk(gear_id: str) -> str:
    return f"GEAR#{gear_id}"


def _item(gear: Gear) -> Item:
    return Item(
        pk=_user(gear.user_id),
        sk=_sk(gear.gear_id),
        kind=f"gear_{gear.status.value}",
        revision=gear.revision,
        body=gear.model_dump(mode="json", exclude_none=True),
    )


def _gear(item: Item) -> Gear:
    return Gear.model_validate(item.body)
