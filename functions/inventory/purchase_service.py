"""Use cases: what an athlete bought becomes gear, if they agreed to that, and what they gave back is theirs no more."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from inventory import store
from inventory.categories import CATEGORIES
from inventory.domain import Gear, GearStatus, Purchase, account
from stadion.categories import GearCategory
from stadion.change import Change
from stadion.events.envelope import Event
from stadion.events.inventory import GearAdded, GearRetired
from stadion.events.partners import OrderCompleted, OrderLine, OrderReturned
from stadion.retry import retry_on_conflict

MAX_PIECES = 20
"""Of one order: nobody buys more shoes at once, and a club's order is not one athlete's gear."""
MAX_MODEL = 100


def buy(user_id: str, order: OrderCompleted, *, now: datetime) -> str:
    return retry_on_conflict(lambda: _buy(user_id, order, now))


def give_back(user_id: str, order: OrderReturned, *, now: datetime) -> str:
    return retry_on_conflict(lambda: _give_back(user_id, order, now))


def _buy(user_id: str, order: OrderCompleted, now: datetime) -> str:
    stored = store.purchase(user_id, order.partner_id, order.order_id)
    before = stored.value or Purchase(partner_id=order.partner_id, order_id=order.order_id)
    if before.is_completed:
        return "repeated"
    if not store.may_add_purchases(user_id, order.partner_id):
        return "without_consent"
    gears = list(_pieces(user_id, order, _came_back(before), now))[:MAX_PIECES]
    pieces = {gear.gear_id: sku for gear, sku in gears}
    after = before.model_copy(update={"is_completed": True, "pieces": pieces, "revision": before.revision + 1})
    with Change(user_id, now) as change:
        change.replace(stored, after)
        for gear, _ in gears:
            change.put(store.GEAR, gear)
            change.publish(_added(gear))
    return "added" if gears else "nothing_wears"


def _pieces(user_id: str, order: OrderCompleted, back: Counter[str], now: datetime) -> Iterator[tuple[Gear, str]]:
    for line in order.lines:
        category = _category(line)
        if category is None:
            continue
        for number in range(line.quantity - back[line.sku]):
            yield _gear(user_id, order, line, category, number, now), line.sku


def _category(line: OrderLine) -> GearCategory | None:
    """None for what does not wear, and for what the store calls by a name that we do not know."""
    return GearCategory(line.wear_category) if line.wear_category in set(GearCategory) else None


def _gear(
    user_id: str, order: OrderCompleted, line: OrderLine, category: GearCategory, number: int, now: datetime
) -> Gear:
    name = f"{user_id}/{order.partner_id}/{order.order_id}/{line.sku}/{number}"
    return Gear(
        gear_id=str(uuid5(NAMESPACE_URL, name)),
        user_id=user_id,
        category=category,
        brand=line.brand,
        model=_model(line),
        purchased_on=order.completed_at.date(),
        limit=CATEGORIES[category].limit,
        created_at=now,
        updated_at=now,
    )


def _model(line: OrderLine) -> str | None:
    """None of what the catalogue does not know: then the gear is called by its category."""
    if line.name is None:
        return None
    return (line.name.removeprefix(line.brand or "").strip() or line.name)[:MAX_MODEL]


def _give_back(user_id: str, order: OrderReturned, now: datetime) -> str:
    stored = store.purchase(user_id, order.partner_id, order.order_id)
    before = stored.value or Purchase(partner_id=order.partner_id, order_id=order.order_id)
    if str(order.order_version) in before.returned:
        return "repeated"
    if not before.revision and not store.may_add_purchases(user_id, order.partner_id):
        return "without_consent"
    came_back = {line.sku: line.quantity for line in order.lines}
    given = _given(user_id, before, came_back) if before.is_completed else []
    pieces = {gear_id: sku for gear_id, sku in before.pieces.items() if gear_id not in given}
    returned = {**before.returned, str(order.order_version): came_back}
    after = before.model_copy(update={"pieces": pieces, "returned": returned, "revision": before.revision + 1})
    with Change(user_id, now) as change:
        change.replace(stored, after)
        kept = [store.take(change, user_id, gear_id, _archived) for gear_id in given]
    return "archived" if any(kept) else "removed" if given else "kept"


def _given(user_id: str, purchase: Purchase, came_back: dict[str, int]) -> list[str]:
    """Which pieces they were: those that nobody used, before those that somebody did."""
    used = store.ledger(user_id).accounts(account(gear_id) for gear_id in purchase.pieces)
    found = []
    for sku, quantity in came_back.items():
        of_it = [gear_id for gear_id, its in purchase.pieces.items() if its == sku]
        of_it.sort(key=lambda gear_id: used.get(account(gear_id), {}).get("sessions", 0))
        found += of_it[:quantity]
    return found


def _archived(gear: Gear, now: datetime) -> tuple[Gear, list[Event]]:
    fields = {"status": GearStatus.ARCHIVED, "archived_at": gear.archived_at or now}
    return gear.changed(now, **fields), [GearRetired(gear_id=gear.gear_id, category=gear.category.value)]


def _came_back(purchase: Purchase) -> Counter[str]:
    back: Counter[str] = Counter()
    for quantities in purchase.returned.values():
        back.update(quantities)
    return back


def _added(gear: Gear) -> GearAdded:
    return GearAdded(gear_id=gear.gear_id, category=gear.category.value, brand=gear.brand, model=gear.model)
