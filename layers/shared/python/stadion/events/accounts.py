"""What the accounts service tells."""

from datetime import date
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, Field

from stadion.events.envelope import Event, Part
from stadion.i18n import Language
from stadion.units import UnitSystem
from stadion.weeks import WeekStart


class UserRegistered(Event):
    source = "stadion.accounts"
    language: Language = Field(examples=["en"])
    time_zone: str = Field(examples=["Europe/Moscow"])


class SessionsEnded(Event):
    """Access tokens that were issued until then are over: all of the athlete's, or those of one session."""

    source = "stadion.accounts"
    ended_at: AwareDatetime = Field(examples=["2026-11-21T06:30:00Z"])
    session_id: str | None = Field(
        default=None, examples=["4e9c7a51-2f0e-4f43-8e38-0b9c0c7b6d1a"], description="`origin_jti` of its tokens"
    )


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class ProfileUpdated(Event):
    """The profile fields that other services may keep a copy of."""

    source = "stadion.accounts"
    revision: int = Field(ge=1, examples=[3])
    language: Language = Field(examples=["ru"])
    time_zone: str = Field(examples=["Europe/Moscow"])
    units: UnitSystem = Field(default=UnitSystem.METRIC, examples=["metric"], description="of texts")
    week_start: WeekStart = Field(default=WeekStart.MONDAY, examples=["monday"])
    country: str | None = Field(default=None, examples=["RU"])
    region: str | None = Field(default=None, examples=["RU-MOW"])
    city: str | None = Field(default=None, examples=["Moscow"])
    birth_date: date | None = Field(default=None, examples=["1991-04-12"], description="estimates depend on age")
    gender: Gender | None = Field(default=None, examples=["female"])
    changed: list[str] = Field(default_factory=list, examples=[["language"]])


class ContactChanged(Event):
    """Where messages reach an athlete. Only `notifications` listens; confirmed addresses only."""

    source = "stadion.accounts"
    revision: int = Field(ge=1, examples=[1], description="of the profile")
    email: str | None = Field(default=None, examples=["anna@example.org"])
    phone: str | None = Field(default=None, examples=["+79161234567"])
    phone_verified: bool = Field(
        default=False, examples=[True], description="the athlete showed a code from it; nothing goes to others"
    )


class PhysicalDataChanged(Event):
    """What an athlete measured on a day. It holds from that day on; null says nothing; all null: taken back."""

    source = "stadion.accounts"
    measured_on: date = Field(examples=["2026-11-01"])
    revision: int = Field(ge=1, examples=[1], description="grows by one with every change of this day")
    height_cm: float | None = Field(default=None, examples=[178.0])
    mass_kg: float | None = Field(default=None, examples=[68.5])
    resting_heart_rate_bpm: int | None = Field(default=None, examples=[48])
    max_heart_rate_bpm: int | None = Field(default=None, examples=[191])
    threshold_heart_rate_bpm: int | None = Field(default=None, examples=[172])
    ftp_w: int | None = Field(default=None, examples=[250])
    threshold_pace_s_per_km: float | None = Field(default=None, examples=[245.0])


class PrivacyZone(Part):
    zone_id: str = Field(examples=["0193a1c0-aaaa-7e11-8a54-6b0c7d5e3a22"])
    lat: float = Field(ge=-90, le=90, examples=[55.7512])
    lon: float = Field(ge=-180, le=180, examples=[37.6184])
    radius_m: float = Field(examples=[400.0])


class PrivacyZonesChanged(Event):
    """All circles in which nobody but the athlete sees a position, as they hold from now on."""

    source = "stadion.accounts"
    revision: int = Field(ge=1, examples=[2], description="grows by one with every change of the list")
    zones: list[PrivacyZone] = Field(description="their centres are jittered: none is the athlete's door")


class ConsentKind(StrEnum):
    HEALTH_DATA = "health_data"
    LOCATION = "location"
    ANALYTICS = "analytics"
    MARKETING_PUSH = "marketing_push"
    MARKETING_EMAIL = "marketing_email"
    MARKETING_SMS = "marketing_sms"
    PURCHASES = "purchases"
    """What is bought of a partner may be put among one's gear. Of each partner by itself."""


OF_A_PARTNER: Final = frozenset({ConsentKind.PURCHASES})
"""Kinds that are granted to one partner, and to no other."""


class ConsentChanged(Event):
    source = "stadion.accounts"
    kind: ConsentKind = Field(examples=["marketing_email"])
    partner_id: str | None = Field(
        default=None,
        examples=["store"],
        description="of `purchases`: whose; one without it, as it was told until 2026-12, counts for nobody",
    )
    granted: bool = Field(examples=[True])
    revision: int = Field(
        ge=1, examples=[1], description="grows by one with every change of this consent, for this partner"
    )
    text_version: str = Field(examples=["2026-10"])
    changed_at: AwareDatetime = Field(examples=["2026-11-21T06:30:00Z"])


class HealthDataDeletionAsked(Event):
    """The athlete withdrew `health_data` and wants what was kept of it deleted. Original recordings stay theirs.

    Who has not heard of that withdrawal yet lets this wait."""

    source = "stadion.accounts"
    asked_at: AwareDatetime = Field(examples=["2026-11-21T06:31:00Z"], description="what came later is not meant")
    consent_revision: int = Field(ge=0, examples=[2], description="of `health_data`; 0: it was never granted")
