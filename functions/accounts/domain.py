"""Values and rules of accounts: profile, settings, privacy, physical data."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from stadion.events.accounts import (
    ContactChanged,
    Gender,
    PhysicalDataChanged,
    ProfileUpdated,
)
from stadion.i18n import Language
from stadion.units import UnitSystem
from stadion.values import Value
from stadion.weeks import WeekStart


class UserRole(StrEnum):
    USER = "user"
    ADMIN = "admin"
    PARTNER = "partner"


class FieldVisibility(StrEnum):
    PUBLIC = "public"
    FOLLOWERS = "followers"
    PRIVATE = "private"


class Relation(StrEnum):
    """Of a viewer to an athlete."""

    SELF = "self"
    FOLLOWER = "follower"
    STRANGER = "stranger"


SHAREABLE = (
    "display_name",
    "given_name",
    "family_name",
    "avatar",
    "gender",
    "birth_date",
    "country",
    "region",
    "city",
    "language",
    "phone",
    "email",
)
"""The profile fields that have a privacy setting."""

DEFAULT_PRIVACY = dict.fromkeys(SHAREABLE, FieldVisibility.PRIVATE) | {
    "display_name": FieldVisibility.PUBLIC,
    "avatar": FieldVisibility.PUBLIC,
    "country": FieldVisibility.PUBLIC,
    "given_name": FieldVisibility.FOLLOWERS,
    "city": FieldVisibility.FOLLOWERS,
}


class ProfileSettings(Value):
    units: UnitSystem = UnitSystem.METRIC
    time_zone: str = "UTC"
    week_start: WeekStart = WeekStart.MONDAY


class Profile(Value):
    user_id: str
    revision: int = 1
    email: str
    display_name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    language: Language = Language.EN
    phone: str | None = None
    phone_verified: bool = Field(default=False, description="a code from it was shown; numbers of before have none")
    avatar: str | None = Field(default=None, description="key of the picture in the avatars bucket")
    avatar_problem: str | None = None
    settings: ProfileSettings = Field(default_factory=ProfileSettings)
    privacy: dict[str, FieldVisibility] = Field(default_factory=lambda: dict(DEFAULT_PRIVACY))
    created_at: AwareDatetime
    updated_at: AwareDatetime

    def revised(self, now: datetime, **fields: Any) -> "Profile":
        changes = {**fields, "revision": self.revision + 1, "updated_at": now}
        return Profile.model_validate({**self.model_dump(), **changes})

    def facts(self, changed: list[str]) -> ProfileUpdated:
        """What other services may keep a copy of."""
        return ProfileUpdated(
            revision=self.revision,
            language=self.language,
            time_zone=self.settings.time_zone,
            units=self.settings.units,
            week_start=self.settings.week_start,
            country=self.country,
            region=self.region,
            city=self.city,
            birth_date=self.birth_date,
            gender=self.gender,
            changed=changed,
        )

    def contact(self) -> ContactChanged:
        phone = self.phone if self.phone_verified else None
        return ContactChanged(revision=self.revision, email=self.email, phone=phone, phone_verified=phone is not None)


def visible_to(relation: Relation, profile: Profile) -> dict[str, Any]:
    """The fields that a viewer may see: the one function that every read of another's profile goes through."""
    allowed = {
        Relation.SELF: {FieldVisibility.PUBLIC, FieldVisibility.FOLLOWERS, FieldVisibility.PRIVATE},
        Relation.FOLLOWER: {FieldVisibility.PUBLIC, FieldVisibility.FOLLOWERS},
        Relation.STRANGER: {FieldVisibility.PUBLIC},
    }[relation]
    privacy = DEFAULT_PRIVACY | profile.privacy
    return {name: getattr(profile, name) for name in SHAREABLE if privacy[name] in allowed}


# --- physical data --------------------------------------------------------------------------------------------------


class PhysicalData(Value):
    """Measurements as of a day. A missing one keeps its last known value."""

    measured_on: date
    height_cm: float | None = None
    mass_kg: float | None = None
    resting_heart_rate_bpm: int | None = None
    max_heart_rate_bpm: int | None = None
    threshold_heart_rate_bpm: int | None = None
    ftp_w: int | None = None
    threshold_pace_s_per_km: float | None = None

    def facts(self, revision: int) -> PhysicalDataChanged:
        return PhysicalDataChanged(**self.model_dump(), revision=revision)


def current(history: list[PhysicalData], today: date) -> PhysicalData:
    """The last known value of each measurement up to `today`."""
    known: dict[str, Any] = {}
    for entry in sorted(history, key=lambda entry: entry.measured_on):
        if entry.measured_on <= today:
            known |= entry.model_dump(exclude_none=True)
    return PhysicalData.model_validate({"measured_on": today, **known})
