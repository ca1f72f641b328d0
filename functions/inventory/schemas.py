"""Requests and responses of the gear API."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, Field

from inventory.categories import CATEGORIES, CategoryFacts, GearKind
from inventory.domain import Component, Gear, GearStatus, GearWear, UsedGear
from stadion import ids
from stadion.categories import GearCategory
from stadion.category_names import category_name
from stadion.fields import LINE, Amount, Moment
from stadion.http import RequestModel
from stadion.ids import ClientId
from stadion.sports import SportType, WearUnit
from stadion.units import Reader

Words = Annotated[str, Field(min_length=1, max_length=100, pattern=LINE)]
Limit = Annotated[Amount, Field(ge=0.1, le=1_000_000, description="in the category's unit of wear")]
InitialUse = Annotated[Amount, Field(ge=0, le=1_000_000, description="before Stadion, in the category's unit of wear")]


class NewComponent(RequestModel):
    component_id: ClientId | None = None
    name: Words = Field(examples=["Chain"])
    unit: WearUnit | None = Field(default=None, description="the gear's own when left out")
    limit: Limit = Field(examples=[3000])
    initial_use: InitialUse = 0
    installed_at: Moment | None = Field(default=None, description="now when left out")

    def component(self, category: GearCategory, now: datetime) -> Component:
        return Component(
            component_id=self.component_id or ids.new_id(),
            name=self.name,
            unit=self.unit or CATEGORIES[category].unit,
            limit=self.limit,
            initial_use=self.initial_use,
            installed_at=self.installed_at or now,
        )


class NewGear(RequestModel):
    gear_id: ClientId | None = Field(default=None, description="chosen by the client, so that it works offline")
    category: GearCategory = Field(examples=["running_shoes"])
    brand: Words | None = Field(default=None, examples=["Kiprun"])
    model: Words | None = Field(default=None, examples=["KD900"])
    nickname: Words | None = None
    purchased_on: date | None = None
    used_since: date | None = None
    initial_use: InitialUse = Field(default=0, examples=[640])
    limit: Limit | None = Field(default=None, description="the category's usual one when left out")
    default_for: list[SportType] = Field(
        default_factory=list,
        max_length=60,
        examples=[["Run"]],
        description="worn by workouts of these sports that name no gear, from `used_since` or `purchased_on` on, or"
        " else from now on",
    )
    components: list[NewComponent] = Field(default_factory=list, max_length=20)

    def gear(self, user_id: str, now: datetime) -> Gear:
        gear = Gear(
            **self.model_dump(exclude={"gear_id", "limit", "default_for", "components"}),
            gear_id=self.gear_id or ids.new_id(),
            user_id=user_id,
            limit=self.limit or CATEGORIES[self.category].limit,
            components=[component.component(self.category, now) for component in self.components],
            created_at=now,
            updated_at=now,
        )
        return gear.model_copy(update=gear.defaults(self.default_for, now))


class GearPatch(RequestModel):
    """RFC 7396 merge patch: what is absent stays, null removes."""

    brand: Words | None = None
    model: Words | None = None
    nickname: Words | None = None
    purchased_on: date | None = None
    used_since: date | None = None
    initial_use: InitialUse | None = None
    limit: Limit | None = Field(default=None, description="null: back to the category's usual one")
    status: GearStatus | None = None
    default_for: list[SportType] | None = Field(default=None, max_length=60)

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class ComponentPatch(RequestModel):
    name: Words | None = None
    limit: Limit | None = None
    initial_use: InitialUse | None = None

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class ComponentResponse(BaseModel):
    component_id: str
    name: str
    installed_at: AwareDatetime
    initial_use: float
    wear: GearWear

    @classmethod
    def of(cls, component: Component, wear: GearWear) -> Self:
        fields = component.model_dump(include={"component_id", "name", "installed_at", "initial_use"})
        return cls(**fields, wear=wear)


class GearResponse(BaseModel):
    gear_id: str
    revision: int
    kind: GearKind
    category: GearCategory
    name: str = Field(description="the nickname, or else brand and model; without them what the category is called")
    brand: str | None = None
    model: str | None = None
    nickname: str | None = None
    purchased_on: date | None = None
    used_since: date | None = None
    initial_use: float
    status: GearStatus
    default_for: list[SportType]
    wear: GearWear
    distance_m: int = Field(description="recorded with this gear in Stadion")
    time_s: int
    sessions: int
    components: list[ComponentResponse]
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, used: UsedGear, today: date, reader: Reader) -> Self:
        gear, use = used.gear, used.use
        return cls(
            **gear.model_dump(exclude={"components", "default_for", "limit"}),
            kind=CATEGORIES[gear.category].kind,
            name=gear.given_name or category_name(gear.category)[reader.language.value],
            default_for=sorted(gear.default_for),
            wear=used.wear(today),
            distance_m=use.get("distance_m", 0),
            time_s=use.get("time_s", 0),
            sessions=use.get("sessions", 0),
            components=[ComponentResponse.of(part, used.component_wear(part, today)) for part in gear.components],
        )


class GearCategoryResponse(BaseModel):
    category: GearCategory
    kind: GearKind
    unit: WearUnit
    limit: float

    @classmethod
    def of(cls, category: GearCategory, facts: CategoryFacts) -> Self:
        return cls(category=category, kind=facts.kind, unit=facts.unit, limit=facts.limit)
