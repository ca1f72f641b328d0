"""What the inventory service tells."""

from pydantic import Field

from stadion.events.envelope import Event
from stadion.events.examples import GEAR, WORKOUT
from stadion.sports import WearUnit


class GearAdded(Event):
    source = "stadion.inventory"
    subject = ("gear_id",)
    gear_id: str = Field(examples=[GEAR])
    category: str = Field(examples=["running_shoes"])
    brand: str | None = Field(default=None, examples=["Kiprun"])
    model: str | None = Field(default=None, examples=["KD900"])


class GearAssigned(Event):
    """Nobody had named the gear of a workout, so the default gear of its sport wore."""

    source = "stadion.inventory"
    subject = ("workout_id",)
    workout_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=1, examples=[1], description="of the workout that was looked at")
    gear_ids: list[str] = Field(examples=[[GEAR]])


class GearWearReached(Event):
    """A threshold was crossed upward. It comes again only after the use had fallen below it."""

    source = "stadion.inventory"
    subject = ("gear_id",)
    gear_id: str = Field(examples=[GEAR])
    component_id: str | None = Field(default=None, examples=[None])
    name: str = Field(examples=["Kiprun KD900"])
    category: str = Field(examples=["running_shoes"])
    threshold_percent: int = Field(examples=[80])
    used: float = Field(examples=[561.2])
    limit: float = Field(examples=[700.0])
    unit: WearUnit = Field(examples=["km"])
    crossing: int = Field(ge=1, examples=[1], description="how many times this threshold has been crossed upward")


class GearRetired(Event):
    source = "stadion.inventory"
    subject = ("gear_id",)
    gear_id: str = Field(examples=[GEAR])
    category: str = Field(examples=["running_shoes"])
