"""Use cases of the athlete's gear."""

from datetime import datetime
from typing import Any

from inventory import store
from inventory.categories import CATEGORIES
from inventory.domain import Component, Gear, Status, account, wear
from inventory.errors import ComponentIdTakenError, ComponentNotFoundError, TooMuchGearError
from inventory.schemas import ComponentPatch, ComponentResponse, GearPatch, GearResponse, NewComponent, NewGear
from stadion import ids, pagination
from stadion.errors import FieldRequiredError, StaleVersionError
from stadion.events.envelope import Event
from stadion.events.inventory import GearAdded, GearRetired
from stadion.idempotency import IdempotencyKey, recall
from stadion.postings import Amounts
from stadion.retry import retry_on_conflict
from stadion.sports import SportType

MAX_COMPONENTS = 20
REQUIRED = {"initial_use", "status", "default_for"}


def add(user_id: str, new: NewGear, *, key: IdempotencyKey | None, now: datetime) -> GearResponse:
    gear = _gear(user_id, new, now)
    answer = representation(gear, {}, now)
    added = GearAdded(gear_id=gear.gear_id, category=gear.category.value, brand=gear.brand, model=gear.model)
    retry_on_conflict(lambda: store.add(gear, [added], key=key, answer=answer.model_dump(mode="json"), now=now))
    return representation(gear, store.totals(user_id, [gear]), now)


def show(gear: Gear, now: datetime) -> GearResponse:
    return representation(gear, store.totals(gear.user_id, [gear]), now)


def locker(
    user_id: str, status: Status | None, *, limit: int, cursor: str | None, now: datetime
) -> pagination.Page[GearResponse]:
    page = store.page(user_id, status, limit=limit, cursor=cursor)
    totals = store.totals(user_id, page.items)
    return pagination.Page([representation(gear, totals, now) for gear in page.items], page.next_cursor)


def change(old: Gear, patch: GearPatch, now: datetime) -> Gear:
    fields = patch.model_dump(exclude_unset=True)
    for name, value in fields.items():
        if value is None and name in REQUIRED:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
    if "limit" in fields and fields["limit"] is None:
        fields["limit"] = CATEGORIES[old.category].limit
    if "default_for" in fields:
        fields |= _defaults(old, fields["default_for"], now)
    retired = fields.get("status") is Status.ARCHIVED and old.status is Status.ACTIVE
    if "status" in fields:
        fields["archived_at"] = (old.archived_at or now) if fields["status"] is Status.ARCHIVED else None
    new = old.changed(now, **fields)
    events: list[Event] = [GearRetired(gear_id=new.gear_id, category=new.category.value)] if retired else []
    remeasured = [new] if (new.limit, new.initial_use) != (old.limit, old.initial_use) else []
    retry_on_conflict(lambda: store.revise(old, new, events, now, remeasured=remeasured))
    return new


def remove(gear: Gear, now: datetime) -> None:
    store.remove(gear, now)


def add_component(
    user_id: str, gear_id: str, new: NewComponent, *, key: IdempotencyKey | None, now: datetime
) -> GearResponse:
    """Needs no version: a component that another device fits meanwhile is not in its way."""
    return retry_on_conflict(lambda: _fit(store.get(user_id, gear_id), new, key, now), also=(StaleVersionError,))


def _fit(old: Gear, new: NewComponent, key: IdempotencyKey | None, now: datetime) -> GearResponse:
    recall(key)
    if len(old.components) >= MAX_COMPONENTS:
        raise TooMuchGearError(most=MAX_COMPONENTS)
    component = _component(old.category, new, now)
    _check_ids([*old.components, component])
    gear = old.changed(now, components=[*old.components, component])
    totals = store.totals(old.user_id, [old])
    answer = representation(gear, totals, now)
    retry_on_conflict(
        lambda: store.revise(old, gear, [], now, remeasured=[component], key=key, answer=answer.model_dump(mode="json"))
    )
    return answer


def change_component(old: Gear, component_id: str, patch: ComponentPatch, now: datetime) -> Gear:
    component = find_component(old, component_id)
    fields = patch.model_dump(exclude_unset=True)
    for name, value in fields.items():
        if value is None:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
    changed = component.model_copy(update=fields)
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


def representation(gear: Gear, totals: dict[str, Amounts], now: datetime) -> GearResponse:
    today = now.date()
    own = totals.get(account(gear.gear_id), {})
    since = gear.used_since or gear.purchased_on or (gear.created_at.date() if not gear.initial_use else None)
    return GearResponse(
        **gear.model_dump(exclude={"components", "default_for", "limit"}),
        kind=CATEGORIES[gear.category].kind,
        name=gear.name,
        default_for=sorted(gear.default_for),
        wear=wear(own, unit=gear.unit, initial_use=gear.initial_use, limit=gear.limit, since=since, today=today),
        distance_m=own.get("distance_m", 0),
        time_s=own.get("time_s", 0),
        sessions=own.get("sessions", 0),
        components=[_part(gear, part, totals, now) for part in gear.components],
    )


def _part(gear: Gear, part: Component, totals: dict[str, Amounts], now: datetime) -> ComponentResponse:
    own = totals.get(account(gear.gear_id, part.component_id), {})
    worn = wear(
        own,
        unit=part.unit,
        initial_use=part.initial_use,
        limit=part.limit,
        since=part.installed_at.date(),
        today=now.date(),
    )
    return ComponentResponse(
        **part.model_dump(include={"component_id", "name", "installed_at", "initial_use"}), wear=worn
    )


def _gear(user_id: str, new: NewGear, now: datetime) -> Gear:
    gear = Gear(
        **new.model_dump(exclude={"gear_id", "limit", "default_for", "components"}),
        gear_id=new.gear_id or ids.new_id(),
        user_id=user_id,
        limit=new.limit or CATEGORIES[new.category].limit,
        components=[_component(new.category, part, now) for part in new.components],
        created_at=now,
        updated_at=now,
    )
    _check_ids(gear.components)
    return gear.model_copy(update=_defaults(gear, new.default_for, now))


def _check_ids(components: list[Component]) -> None:
    if len({part.component_id for part in components}) < len(components):
        raise ComponentIdTakenError


def _defaults(gear: Gear, sports: list[SportType], now: datetime) -> dict[str, dict[SportType, datetime]]:
    """A sport that was a default already keeps its date."""
    return {
        "default_for": {sport: gear.default_for.get(sport) or gear.default_since(now) for sport in sports},
        "default_given": {sport: gear.default_given.get(sport) or now for sport in sports},
    }


def _component(category: Any, new: NewComponent, now: datetime) -> Component:
    return Component(
        component_id=new.component_id or ids.new_id(),
        name=new.name,
        unit=new.unit or CATEGORIES[category].unit,
        limit=new.limit,
        initial_use=new.initial_use,
        installed_at=new.installed_at or now,
    )
