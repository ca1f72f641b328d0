"""Values and rules of accounts: profile, settings, privacy, physical data, consents."""

from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stadion.events.catalogue import ConsentKind, ProfileUpdated
from stadion.i18n import Language


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Units(StrEnum):
    METRIC = "metric"
    IMPERIAL = "imperial"


class WeekStart(StrEnum):
    MONDAY = "monday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Role(StrEnum):
    USER = "user"
    ADMIN = "admin"
    PARTNER = "partner"


class Visibility(StrEnum):
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

DEFAULT_PRIVACY = dict.fromkeys(SHAREABLE, Visibility.PRIVATE) | {
    "display_name": Visibility.PUBLIC,
    "avatar": Visibility.PUBLIC,
    "country": Visibility.PUBLIC,
    "given_name": Visibility.FOLLOWERS,
    "city": Visibility.FOLLOWERS,
}


class Settings(Value):
    units: Units = Units.METRIC
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
    avatar: str | None = Field(default=None, description="key of the picture in the avatars bucket")
    avatar_problem: str | None = None
    settings: Settings = Field(default_factory=Settings)
    privacy: dict[str, Visibility] = Field(default_factory=lambda: dict(DEFAULT_PRIVACY))
    created_at: AwareDatetime
    updated_at: AwareDatetime

    def facts(self, changed: list[str]) -> ProfileUpdated:
        """What other services may keep a copy of."""
        return ProfileUpdated(
            revision=self.revision,
            language=self.language,
            time_zone=self.settings.time_zone,
            country=self.country,
            region=self.region,
            city=self.city,
            changed=changed,
        )


def visible_to(relation: Relation, profile: Profile) -> dict[str, Any]:
    """The fields that a viewer may see: the one function that every read of another's profile goes through."""
    allowed = {
        Relation.SELF: {Visibility.PUBLIC, Visibility.FOLLOWERS, Visibility.PRIVATE},
        Relation.FOLLOWER: {Visibility.PUBLIC, Visibility.FOLLOWERS},
        Relation.STRANGER: {Visibility.PUBLIC},
    }[relation]
    privacy = DEFAULT_PRIVACY | profile.privacy
    return {name: getattr(profile, name) for name in SHAREABLE if privacy[name] in allowed}


# --- physical data --------------------------------------------------------------------------------------------------


class Physical(Value):
    """Measurements as of a day. A missing one keeps its last known value."""

    measured_on: date
    height_cm: float | None = None
    mass_kg: float | None = None
    resting_heart_rate_bpm: int | None = None
    max_heart_rate_bpm: int | None = None
    ftp_w: int | None = None
    threshold_pace_s_per_km: float | None = None


def current(history: list[Physical], today: date) -> Physical:
    """The last known value of each measurement up to `today`."""
    known: dict[str, Any] = {}
    for entry in sorted(history, key=lambda entry: entry.measured_on):
        if entry.measured_on <= today:
            known |= entry.model_dump(exclude_none=True)
    return Physical.model_validate({"measured_on": today, **known})


# --- consents -------------------------------------------------------------------------------------------------------


class Consent(Value):
    kind: ConsentKind
    granted: bool = False
    revision: int = 0
    text_version: str | None = None
    changed_at: AwareDatetime | None = None


class JournalEntry(Value):
    """One change of a consent: what was agreed to or withdrawn, when, from which address. Never edited."""

    kind: ConsentKind
    granted: bool
    revision: int
    text_version: str
    changed_at: AwareDatetime
    address: str


# --- passwords ------------------------------------------------------------------------------------------------------

SHORTEST_PASSWORD = 10
COMMON = frozenset(
    {
        "password", "passw0rd", "qwerty", "qwertyuiop", "letmein", "iloveyou", "admin", "welcome", "football",
        "monkey", "dragon", "sunshine", "princess", "baseball", "superman", "asdfghjkl", "zxcvbnm", "changeme",
        "stadion", "йцукен", "пароль", "привет",
    }
)  # fmt: skip


def is_weak(password: str, email: str) -> bool:
    """NIST SP 800-63B section 5.1.1.2: length, and no password that is guessed first."""
    lowered = password.lower()
    letters = lowered.strip("0123456789!?.@#$%*_- ")
    return (
        len(password) < SHORTEST_PASSWORD
        or len(set(lowered)) < 4
        or letters in COMMON
        or email.split("@", maxsplit=1)[0].lower() in {lowered, letters}
        or lowered == email.lower()
        or _is_sequence(lowered)
    )


def _is_sequence(text: str) -> bool:
    steps = {(ord(b) - ord(a)) for a, b in pairwise(text)}
    return steps in ({1}, {-1}) or text in "01234567890123456789"
