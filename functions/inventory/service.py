"""Use cases of the athlete's gear."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from inventory import store
from inventory.categories import CATEGORIES
from inventory.domain import Component, Gear, GearStatus, UsedGear
from inventory.errors import ComponentIdTakenError, ComponentNotFoundError, TooMuchGearError
from stadion import pagination
from stadion.errors import FieldRequiredError, StaleVersionError
from stadion.events.envelope import Event
from stadion.events.inventory import GearAdded, GearRetired
from stadion.idempotency import IdempotencyKey, recall
from stadion.retry import retry_on_conflict

MAX_COMPONENTS = 20
REQUIRED = {"initial_use", "status", "default_for"}


Answer = Callable[[UsedGear], Mapping[str, Any]]
"""What a client is told, for its idempotency key."""


def add(gear: Gear, *, key: IdempotencyKey | None, answer: Answer, now: datetime) -> UsedGear:
    _check_ids(gear.components)
    said = answer(UsedGear(gear, {}))
    added = GearAdded(gear_id=gear.gear_id, category=gear.category.value, brand=gear.brand, model=gear.model)
    retry_on_conflict(lambda: store.add(gear, [added], key=key, answer=said, now=now))
    return used(gear)


def used(gear: Gear) -> UsedGear:
    return UsedGear(gear, store.totals(gear.user_id, [gear]))


def locker(user_id: str, status: GearStatus | None, *, limit: int, cursor: str | None) -> pagination.Page[UsedGear]:
    page = store.page(user_id, status, limit=limit, cursor=cursor)
    totals = store.totals(user_id, page.items)
    return page.of(lambda gear: UsedGear(gear, totals))


def change(old: Gear, changes: Mapping[str, Any], now: datetime) -> Gear:
    """`changes`: the fields that the athlete named, with their new values."""
    fields = dict(changes)
    for name, value in fields.items():
        if value is None and name in REQUIRED:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
    if "limit" in fields and fields["limit"] is None:
        fields["limit"] = CATEGORIES[old.category].limit
    if "default_for" in fields:
        fields |= old.defaults(fields["default_for"], now)
    retired = fields.get("status") is GearStatus.ARCHIVED and old.status is GearStatus.ACTIVE
    if "status" in fields:
        fields["archived_at"] = (old.archived_at or now) if fields["status"] is GearStatus.ARCHIVED else None
    new = old.changed(now, **fields)
    events: list[Event] = [GearRetired(gear_id=new.gear_id, category=new.category.value)] if retired else []
    remeasured = [new] if (new.limit, new.initial_use) != (old.limit, old.initial_use) else []
    retry_on_conflict(lambda: store.revise(old, new, events, now, remeasured=remeasured))
    return new


def remove(gear: Gear, now: datetime) -> None:
    store.remove(gear, now)


def add_component(
    user_id: str,
    gear_id: str,
    made_for: Callable[[Gear], Component],
    *,
    key: IdempotencyKey | None,
    answer: Answer,
    now: datetime,
) -> UsedGear:
    """Needs no version: a component that another device fits meanwhile is not in its way."""
    return retry_on_conflict(
        lambda: _fit(store.get(user_id, gear_id), made_for, key, answer, now), also=(StaleVersionError,)
    )


def _fit(
    old: Gear, made_for: Callable[[Gear], Component], key: IdempotencyKey | None, answer: Answer, now: datetime
) -> UsedGear:
    recall(key, now)
    if len(old.components) >= MAX_COMPONENTS:
        raise TooMuchGearError(most=MAX_COMPONENTS)
    component = made_for(old)
    _check_ids([*old.components, component])
    gear = old.changed(now, components=[*old.components, component])
    fitted = UsedGear(gear, store.totals(old.user_id, [old]))
    said = answer(fitted)
    retry_on_conflict(lambda: store.revise(old, gear, [], now, remeasured=[component], key=key, answer=said))
    return fitted


def change_component(old: Gear, component_id: str, changes: Mapping[str, Any], now: datetime) -> Gear:
    component = find_component(old, component_id)
    for name, value in changes.items():
        if value is None:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
    changed = component.model_copy(update=changes)
    others = [changed if part.component_id == component_id else part for part in old.components]
    gear = old.changed(now, components=others)
    retry_on_conflict(lambda: store.revise(old, gear, [], now, remeasured=[changed]))
    return gear


def remove_component(old: Gear, component_id: str, now: datetime) -> Gear:
    find_component(old, component_id)
    kept = [part for part in old.components if part.component_id != component_id]
    gear = old.changed(now, components=kept)
    store.revise(old, gear, [], now)
    return gear


def find_component(gear: Gear, component_id: str) -> Component:
    found = next((part for part in gear.components if part.component_id == component_id), None)
    if found is None:
        raise ComponentNotFoundError
    return found


def _check_ids(components: list[Component]) -> None:
    if len({part.component_id for part in components}) < len(components):
        raise ComponentIdTakenError
