"""Requests and responses of the profile and its privacy."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, model_validator

from accounts.domain import (
    DEFAULT_PRIVACY,
    SHAREABLE,
    FieldVisibility,
    PhysicalData,
    Profile,
    UserRole,
    current,
)
from stadion import clock
from stadion.errors import UnacceptableValueError
from stadion.events.accounts import Gender
from stadion.fields import LINE, Amount
from stadion.http import RequestModel
from stadion.i18n import Language, Text
from stadion.places import Country, Region
from stadion.units import UnitSystem
from stadion.weeks import WeekStart
from stadion.zones import TimeZone


def _birth_date(day: date) -> date:
    today = clock.now().date()
    if day.year < 1900 or (day.year + 13, day.month, day.day) > (today.year, today.month, today.day):
        raise UnacceptableValueError(
            Text(en="Stadion is for people of 13 and older.", ru="Stadion — для тех, кому исполнилось 13 лет.")
        )
    return day


PersonName = Annotated[str, Field(min_length=1, max_length=100, pattern=LINE)]
City = Annotated[str, Field(min_length=1, max_length=100, pattern=LINE, examples=["Moscow"])]
BirthDate = Annotated[date, AfterValidator(_birth_date)]


class SettingsPatch(RequestModel):
    units: UnitSystem | None = None
    time_zone: TimeZone | None = None
    week_start: WeekStart | None = None


class ProfilePatch(RequestModel):
    """RFC 7396 merge patch: what is absent stays, null removes. `settings` and `privacy` merge field by field."""

    display_name: PersonName | None = None
    given_name: PersonName | None = None
    family_name: PersonName | None = None
    birth_date: BirthDate | None = None
    gender: Gender | None = None
    country: Country | None = None
    region: Region | None = None
    city: City | None = None
    language: Language | None = None
    phone: None = Field(default=None, description="null removes the number; POST /v1/me/phone sets one")
    avatar: None = Field(default=None, description="null removes the picture; POST /v1/me/avatar sets one")
    settings: SettingsPatch | None = None
    privacy: dict[str, FieldVisibility] | None = Field(default=None, examples=[{"city": "followers"}])

    @model_validator(mode="after")
    def _known_privacy_fields(self) -> "ProfilePatch":
        unknown = (self.privacy or {}).keys() - set(SHAREABLE)
        if unknown:
            names = ", ".join(sorted(unknown))
            raise UnacceptableValueError(
                Text(en=f"There is no privacy setting for {names}.", ru=f"Нет настройки приватности для {names}.")
            )
        return self

    def changes(self) -> dict[str, Any]:
        """What was sent, by field; null removes."""
        return self.model_dump(exclude_unset=True)


class SettingsResponse(BaseModel):
    units: UnitSystem
    time_zone: str
    week_start: WeekStart


class ProfileResponse(BaseModel):
    user_id: str
    revision: int
    email: str
    display_name: str | None
    given_name: str | None
    family_name: str | None
    birth_date: date | None
    gender: Gender | None
    country: str | None
    region: str | None
    city: str | None
    language: Language
    phone: str | None
    phone_verified: bool = Field(description="a code from it was shown: messages may go there")
    avatar_url: str | None = Field(description="valid for an hour")
    avatar_problem: str | None = Field(default=None, description="why the last picture was refused")
    roles: list[UserRole]
    settings: SettingsResponse
    privacy: dict[str, FieldVisibility]
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, profile: Profile, *, roles: list[UserRole], avatar_url: str | None) -> Self:
        return cls.model_validate(
            {
                **profile.model_dump(),
                "privacy": DEFAULT_PRIVACY | profile.privacy,
                "roles": roles,
                "avatar_url": avatar_url,
            }
        )


class PublicProfile(BaseModel):
    """What the athlete shares with the one who asks; a field that is not shared is left out."""

    user_id: str
    display_name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    language: Language | None = None
    phone: str | None = None
    email: str | None = None
    avatar_url: str | None = None

    @classmethod
    def of(cls, user_id: str, visible: Mapping[str, Any], *, avatar_url: str | None) -> Self:
        """`visible` are the fields of the profile that the one who asks may see."""
        told = {name: value for name, value in visible.items() if name != "avatar"}
        return cls.model_validate({**told, "user_id": user_id, "avatar_url": avatar_url})


class PhysicalDataPut(RequestModel):
    """Measurements of one day; what is left out keeps its last known value."""

    height_cm: Amount | None = Field(default=None, ge=50, le=260)
    mass_kg: Amount | None = Field(default=None, ge=20, le=400)
    resting_heart_rate_bpm: int | None = Field(default=None, ge=20, le=150)
    max_heart_rate_bpm: int | None = Field(default=None, ge=100, le=240)
    threshold_heart_rate_bpm: int | None = Field(default=None, ge=80, le=230)
    ftp_w: int | None = Field(default=None, ge=40, le=700)
    threshold_pace_s_per_km: Amount | None = Field(default=None, ge=100, le=1200)

    @model_validator(mode="after")
    def _something_measured(self) -> "PhysicalDataPut":
        if not self.model_dump(exclude_none=True):
            raise UnacceptableValueError(
                Text(en="Send at least one measurement.", ru="Передайте хотя бы одно измерение.")
            )
        return self

    @model_validator(mode="after")
    def _in_order(self) -> "PhysicalDataPut":
        pulses = [self.resting_heart_rate_bpm, self.threshold_heart_rate_bpm, self.max_heart_rate_bpm]
        rising = [bpm for bpm in pulses if bpm is not None]
        if any(one >= other for one, other in pairwise(rising)):
            raise UnacceptableValueError(
                Text(
                    en="The heart rate at rest is below the one at threshold, and that below the maximum.",
                    ru="Пульс в покое ниже порогового, а пороговый ниже максимального.",
                )
            )
        return self

    def measured(self, on: date) -> PhysicalData:
        return PhysicalData(measured_on=on, **self.model_dump())


class PhysicalDataResponse(BaseModel):
    current: PhysicalData
    history: list[PhysicalData]

    @classmethod
    def of(cls, history: list[PhysicalData], *, today: date) -> Self:
        return cls(current=current(history, today), history=history)
