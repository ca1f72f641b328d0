"""Requests and responses of the gear API."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from inventory.categories import Category, Kind
from inventory.domain import Status, Wear
from stadion.fields import LINE, Amount, Moment
from stadion.http import RequestModel
from stadion.ids import ClientId
from stadion.sports import SportType, WearUnit

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


class NewGear(RequestModel):
    gear_id: ClientId | None = Field(default=None, description="chosen by the client, so that it works offline")
    category: Category = Field(examples=["running_shoes"])
    brand: Words | None = Field(default=None, examples=["Kiprun"])
    model: Words | None = Field(default=None, examples=["KD900"])
    nickname: Words | None = None
    purchased_on: date | None = None
    used_since: date | None = None
    initial_use: InitialUse = Field(default=0, examples=[640])
    limit: Limit | None = Field(default=None, description="the category's usual one when left out")
    default_for: list[SportType] = Field(default_factory=list, max_length=60, examples=[["Run"]])
    components: list[NewComponent] = Field(default_factory=list, max_length=20)


class GearPatch(RequestModel):
    """RFC 7396 merge patch: what is absent stays, null removes."""

    brand: Words | None = None
    model: Words | None = None
    nickname: Words | None = None
    purchased_on: date | None = None
    used_since: date | None = None
    initial_use: InitialUse | None = None
    limit: Limit | None = Field(default=None, description="null: back to the category's usual one")
    status: Status | None = None
    default_for: list[SportType] | None = Field(default=None, max_length=60)


class ComponentPatch(RequestModel):
    name: Words | None = None
    limit: Limit | None = None
    initial_use: InitialUse | None = None


class ComponentResponse(BaseModel):
    component_id: str
    name: str
    installed_at: AwareDatetime
    initial_use: float
    wear: Wear


class GearResponse(BaseModel):
    gear_id: str
    revision: int
    kind: Kind
    category: Category
    name: str
    brand: str | None = None
    model: str | None = None
    nickname: str | None = None
    purchased_on: date | None = None
    used_since: date | None = None
    initial_use: float
    status: Status
    default_for: list[SportType]
    wear: Wear
    distance_m: int = Field(description="recorded with this gear in Stadion")
    time_s: int
    sessions: int
    components: list[ComponentResponse]
    created_at: AwareDatetime
    updated_at: AwareDatetime


class CategoryResponse(BaseModel):
    category: Category
    kind: Kind
    unit: WearUnit
    limit: float
