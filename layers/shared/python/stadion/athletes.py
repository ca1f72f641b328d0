"""A service's own copy of an athlete: what `accounts` tells, and of that only what the service declares.

    class Recipient(WithLanguage, WithZone, WithConsents): ...

`stadion.copies` keeps it. Each part counts its own revisions, so that the copy is the same in whatever order, and
however often, the news come. A service may add fields of its own: no news touches them.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field

from stadion.events.accounts import (
    OF_A_PARTNER,
    ConsentChanged,
    ConsentKind,
    ContactChanged,
    Gender,
    PhysicalDataChanged,
    PrivacyZone,
    PrivacyZonesChanged,
    ProfileUpdated,
    UserRegistered,
)
from stadion.events.envelope import Event
from stadion.i18n import Language
from stadion.units import KnownReader, UnitSystem
from stadion.values import Value
from stadion.weeks import WeekStart

News = UserRegistered | ProfileUpdated | ConsentChanged | ContactChanged | PrivacyZonesChanged


class Copy(Value):
    """Of whom nobody told yet. The parts below are put together by inheritance."""

    told_by: ClassVar[frozenset[type[Event]]] = frozenset()
    """The events that a part comes by."""


A = TypeVar("A", bound=Copy)


class _OfProfile(Copy):
    told_by: ClassVar = frozenset({ProfileUpdated})
    profile_fields: ClassVar[frozenset[str]] = frozenset()

    revision: int = Field(default=0, description="of the profile, 1 at the registration")


class WithLanguage(_OfProfile):
    told_by: ClassVar = frozenset({UserRegistered})
    profile_fields: ClassVar = frozenset({"language"})

    language: Language | None = None


class WithZone(_OfProfile):
    told_by: ClassVar = frozenset({UserRegistered})
    profile_fields: ClassVar = frozenset({"time_zone"})

    time_zone: str = "UTC"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class WithUnits(_OfProfile):
    profile_fields: ClassVar = frozenset({"units"})

    units: UnitSystem = UnitSystem.METRIC


class WithReader(WithLanguage, WithUnits):
    """Whom texts are for."""

    @property
    def reader(self) -> KnownReader:
        return KnownReader(self.language or Language.EN, self.units)


class WithWeek(_OfProfile):
    profile_fields: ClassVar = frozenset({"week_start"})

    week_start: WeekStart = WeekStart.MONDAY


class WithPlace(_OfProfile):
    profile_fields: ClassVar = frozenset({"country", "region", "city"})

    country: str | None = None
    region: str | None = None
    city: str | None = None


class WithBody(_OfProfile):
    """What estimates rest on. Measurements of a day are a `BodyDay` each."""

    profile_fields: ClassVar = frozenset({"birth_date", "gender"})

    birth_date: date | None = None
    gender: Gender | None = None


class WithRegistration(Copy):
    told_by: ClassVar = frozenset({UserRegistered})

    registered_on: date | None = Field(default=None, description="UTC")


class Consent(Value):
    granted: bool
    revision: int


Consents = dict[ConsentKind, Consent]
"""As it is stored: kind -> {granted, revision}. A kind that nobody told of was never granted."""


class WithConsents(Copy):
    told_by: ClassVar = frozenset({ConsentChanged})
    kinds: ClassVar[frozenset[ConsentKind]] = frozenset(ConsentKind)
    """Which consents the service asks for: it keeps no others."""

    consents: Consents = Field(default_factory=dict)

    @property
    def granted(self) -> frozenset[ConsentKind]:
        return frozenset(kind for kind, consent in self.consents.items() if consent.granted)


class WithPurchases(Copy):
    told_by: ClassVar = frozenset({ConsentChanged})

    purchases: dict[str, Consent] = Field(default_factory=dict, description="partner id -> the consent `purchases`")

    def may_add_purchases(self, partner_id: str) -> bool:
        """What is bought of this partner may be put among the athlete's gear."""
        consent = self.purchases.get(partner_id)
        return consent is not None and consent.granted

    @property
    def adds_purchases(self) -> bool:
        """Of some partner."""
        return any(consent.granted for consent in self.purchases.values())


class WithContact(Copy):
    told_by: ClassVar = frozenset({ContactChanged})

    email: str | None = None
    phone: str | None = Field(default=None, description="E.164")
    phone_verified: bool = Field(default=False, description="False also for numbers that were kept before codes")
    contact_revision: int = 0

    @property
    def proved_phone(self) -> str | None:
        """Where an SMS may go."""
        return self.phone if self.phone_verified else None


class WithPrivacy(Copy):
    told_by: ClassVar = frozenset({PrivacyZonesChanged})

    privacy_zones: tuple[PrivacyZone, ...] = ()
    privacy_revision: int = 0


# --- the reducer ----------------------------------------------------------------------------------------------------


def told_by(copy: type[Copy]) -> frozenset[type[Event]]:
    """The events that a service with this copy listens to."""
    return frozenset(event for part in copy.__mro__ for event in part.__dict__.get("told_by", ()))


def merge(known: A, event: News, at: datetime) -> A:
    """The copy after an event of the moment `at`; itself when it is older than the copy, or of no part that is kept."""
    news: dict[str, Any] = {}
    if isinstance(event, ConsentChanged):
        news = _consents(known, event)
    elif isinstance(event, ContactChanged):
        if isinstance(known, WithContact) and event.revision > known.contact_revision:
            news = {
                "email": event.email,
                "phone": event.phone,
                "phone_verified": event.phone_verified,
                "contact_revision": event.revision,
            }
    elif isinstance(event, PrivacyZonesChanged):
        if isinstance(known, WithPrivacy) and event.revision > known.privacy_revision:
            news = {"privacy_zones": tuple(event.zones), "privacy_revision": event.revision}
    else:
        news = _profile(known, event) | _registration(known, event, at)
    return known.model_copy(update=news) if news else known


def merge_consent(known: Consent | None, news: ConsentChanged) -> Consent:
    """The newer revision wins."""
    if known is not None and known.revision >= news.revision:
        return known
    return Consent(granted=news.granted, revision=news.revision)


FIRST_REVISION: Final = 1
"""Of a profile, which the registration tells."""


def _profile(known: Copy, event: UserRegistered | ProfileUpdated) -> dict[str, Any]:
    revision = event.revision if isinstance(event, ProfileUpdated) else FIRST_REVISION
    if not isinstance(known, _OfProfile) or revision <= known.revision:
        return {}
    kept = {name for part in type(known).__mro__ for name in part.__dict__.get("profile_fields", ())}
    named = {name: getattr(event, name) for name in kept if name in type(event).model_fields}
    return {**named, "revision": revision}


def _registration(known: Copy, event: UserRegistered | ProfileUpdated, at: datetime) -> dict[str, Any]:
    if not isinstance(known, WithRegistration) or not isinstance(event, UserRegistered):
        return {}
    day = at.astimezone(UTC).date()
    return {"registered_on": min(day, known.registered_on or day)}


def _consents(known: Copy, event: ConsentChanged) -> dict[str, Any]:
    if event.kind in OF_A_PARTNER:
        return _purchases(known, event)
    if not isinstance(known, WithConsents) or event.kind not in known.kinds:
        return {}
    before = known.consents.get(event.kind)
    after = merge_consent(before, event)
    return {"consents": {**known.consents, event.kind: after}} if after != before else {}


def _purchases(known: Copy, event: ConsentChanged) -> dict[str, Any]:
    """What was granted to nobody by name, until 2026-12, is granted to nobody."""
    if not isinstance(known, WithPurchases) or event.partner_id is None:
        return {}
    before = known.purchases.get(event.partner_id)
    after = merge_consent(before, event)
    return {"purchases": {**known.purchases, event.partner_id: after}} if after != before else {}


# --- the body, day by day -------------------------------------------------------------------------------------------


class Measurement(StrEnum):
    HEIGHT = "height_cm"
    MASS = "mass_kg"
    RESTING = "resting_heart_rate_bpm"
    MAX = "max_heart_rate_bpm"
    THRESHOLD = "threshold_heart_rate_bpm"
    FTP = "ftp_w"
    PACE = "threshold_pace_s_per_km"


class BodyDay(Value):
    """What was measured on a day. Taken back, it stays with no `values`, so that older news do not bring it back."""

    day: date
    revision: int
    values: dict[Measurement, float] = Field(default_factory=dict)
    ever: list[Measurement] = Field(default_factory=list, description="what any revision that was kept named")


def merge_day(known: BodyDay | None, event: PhysicalDataChanged, kept: Collection[Measurement]) -> BodyDay:
    """The day after an event: the newer revision wins. Of its measurements, only those that are `kept`."""
    if known is not None and known.revision >= event.revision:
        return known
    named = {what: getattr(event, what.value) for what in Measurement if what in kept}
    values = {what: float(value) for what, value in named.items() if value is not None}
    ever = sorted({*(known.ever if known is not None else ()), *values})
    return BodyDay(day=event.measured_on, revision=event.revision, values=values, ever=ever)
