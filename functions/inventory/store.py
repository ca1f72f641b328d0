"""The inventory table. Its keys stand in README.md; nothing outside this module knows them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from inventory.domain import Component, Gear, GearStatus, Owner, Purchase, account, silent_notes
from inventory.errors import GearIdTakenError, GearNotFoundError
from stadion import pagination
from stadion.change import Change
from stadion.dynamo import Item
from stadion.errors import StaleVersionError
from stadion.events.envelope import Event
from stadion.idempotency import IdempotencyKey
from stadion.ledger import NOTHING, Account, Ledger
from stadion.postings import Amounts
from stadion.records import Records, Stored, fetch
from stadion.units import Reader

GEAR = Records(
    Gear,
    kind=lambda gear: f"gear_{gear.status.value}",
    pk="USER#{user_id}",
    sk="GEAR#{gear_id}",
    own_revision=True,
    missing=GearNotFoundError,
)
"""With its components: every edit, on its revision; all of it for the default of a sport."""
PURCHASES = Records(
    Purchase, kind="purchase", pk="USER#{user_id}", sk="PURCHASE#{partner_id}#{order_id}", own_revision=True, nulls=True
)
"""An order's pieces and returns: the store's events, on its revision."""


OWNERS = Records(
    Owner,
    kind="consent",
    pk="USER#{user_id}",
    sk="CONSENT#purchases",
    load=lambda item: Owner() if "granted" in item.body else Owner.model_validate(item.body),
)
"""Language, units and, by partner, the consent `purchases`: `on_account_events`, by the revisions; asked by a completed
order and by what words an answer. What was stored until 2026-12 names no partner, and counts for nobody."""


def ledger(user_id: str) -> Ledger:
    return Ledger(pk=f"USER#{user_id}")


# --- gear -----------------------------------------------------------------------------------------------------------


def get(user_id: str, gear_id: str) -> Gear:
    return GEAR.get(user_id, gear_id)


def all_gear(user_id: str) -> dict[str, Stored[Gear]]:
    """Gear id -> what is stored, of everything the athlete has."""
    return {gear.gear_id: stored for stored in GEAR.each(user_id) if (gear := stored.value) is not None}


def some_gear(user_id: str, gear_ids: Iterable[str]) -> dict[str, Stored[Gear]]:
    places = {gear_id: GEAR.at(user_id, gear_id) for gear_id in gear_ids}
    found = fetch(*places.values())
    return {gear_id: found[place] for gear_id, place in places.items() if found[place].value is not None}


def page(user_id: str, status: GearStatus | None, *, limit: int, cursor: str | None) -> pagination.Page[Gear]:
    """In the order in which the gear was named (its ids are time-ordered)."""
    where = None if status is None else Item.kind == f"gear_{status.value}"
    return GEAR.page(user_id, scope=("gear", user_id, status), limit=limit, cursor=cursor, where=where)


def totals(user_id: str, gears: Iterable[Gear]) -> dict[str, Amounts]:
    return ledger(user_id).accounts(name for gear in gears for name in accounts_of(gear))


def accounts_of(gear: Gear) -> list[str]:
    return [account(gear.gear_id), *(account(gear.gear_id, part.component_id) for part in gear.components)]


def add(
    gear: Gear, events: list[Event], *, key: IdempotencyKey | None, answer: Mapping[str, Any], now: datetime
) -> None:
    with Change(gear.user_id, now, key) as change:
        change.remember(status=201, answer=answer)
        change.put(GEAR, gear, refused=GearIdTakenError)
        _note_silently(change, gear, gear, *gear.components)
        change.publish(*events)


def revise(
    old: Gear,
    new: Gear,
    events: list[Event],
    now: datetime,
    *,
    remeasured: Iterable[Gear | Component] = (),
    key: IdempotencyKey | None = None,
    answer: Mapping[str, Any] | None = None,
) -> None:
    with Change(new.user_id, now, key) as change:
        change.remember(status=201, answer=answer or {})
        change.replace(GEAR.seen(old), new, refused=StaleVersionError)
        _note_silently(change, new, *remeasured)
        change.publish(*events)


def remove(gear: Gear, now: datetime) -> None:
    with Change(gear.user_id, now) as change:
        change.delete(GEAR.seen(gear), refused=StaleVersionError)


def _note_silently(change: Change, gear: Gear, *pieces: Gear | Component) -> None:
    """Sets what is reached already, so that only use, and not an edit, makes news."""
    names = {account(gear.gear_id, getattr(piece, "component_id", None)): piece for piece in pieces}
    for name, stored in ledger(gear.user_id).read_some(names).items():
        known = stored.value or NOTHING
        change.replace(stored, Account(known.totals, silent_notes(known.totals, known.notes, names[name])))


# --- purchases ------------------------------------------------------------------------------------------------------


def purchase(user_id: str, partner_id: str, order_id: str) -> Stored[Purchase]:
    return PURCHASES.read(user_id, partner_id, order_id)


def take(
    change: Change, user_id: str, gear_id: str, retire: Callable[[Gear, datetime], tuple[Gear, list[Event]]]
) -> bool:
    """Away without a trace when it was never used; with what it was used for, it is retired instead (True)."""
    stored = GEAR.read(user_id, gear_id)
    if stored.value is None:  # the athlete deleted it
        return False
    use = ledger(user_id).read(account(gear_id))
    if (use.value or NOTHING).totals.get("sessions", 0) == 0:
        change.delete(stored)
        change.check(use)
        return False
    if stored.value.status is GearStatus.ACTIVE:
        new, events = retire(stored.value, change.now)
        change.replace(stored, new)
        change.publish(*events)
    return True


def reader_of(user_id: str) -> Reader:
    return (OWNERS.find(user_id) or Owner()).reader


def may_add_purchases(user_id: str, partner_id: str) -> bool:
    owner = OWNERS.find(user_id)
    return owner is not None and owner.may_add_purchases(partner_id)
