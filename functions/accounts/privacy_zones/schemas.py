"""Requests and responses of privacy zones."""

from typing import Annotated, Self

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import AfterValidator, BaseModel, Field, Strict

from accounts.privacy_zones.domain import Zone, ZoneRadius
from stadion.fields import LINE
from stadion.http import RequestModel

ZoneId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["home"], description="chosen by the client")]
Degrees = Annotated[float, Strict(), AfterValidator(lambda value: round(value, 7))]


class PrivacyZonePut(RequestModel):
    """A circle in which nobody but the athlete is seen."""

    lat: Degrees = Field(ge=-90, le=90, examples=[55.7512])
    lon: Degrees = Field(ge=-180, le=180, examples=[37.6184])
    radius_m: ZoneRadius = Field(examples=[400])
    label: Annotated[str, Field(min_length=1, max_length=60, pattern=LINE, examples=["Home"])] | None = None

    def zone(self, zone_id: str) -> Zone:
        return Zone(zone_id=zone_id, **self.model_dump())


class PrivacyZoneResponse(BaseModel):
    """As the athlete set it. What others miss is a circle of the same size, whose centre lies 0.5 to 0.8 of the radius
    away."""

    zone_id: str
    lat: float
    lon: float
    radius_m: float
    label: str | None

    @classmethod
    def of(cls, zone: Zone) -> Self:
        return cls(**zone.model_dump())
