"""Every event of Stadion, declared once. `events/` holds the JSON Schemas and samples generated from here."""

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stadion.events.envelope import Event
from stadion.i18n import Language
from stadion.sports import SportType, WearUnit

USER = "8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"
WORKOUT = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"
GEAR = "0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a22"


class Part(BaseModel):
    """A value inside an event; unknown fields are ignored, so that a producer may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


# --- workouts -------------------------------------------------------------------------------------------------------


class BestEffort(Part):
    distance_m: float = Field(examples=[5000.0])
    name: str = Field(examples=["5k"])
    elapsed_time_s: float = Field(examples=[1391.0])
    start_offset_s: float = Field(examples=[64.0])


class StreamsClaim(Part):
    """Every recorded second of a workout, as a bundle of chunks (`stadion.streams`) in the platform's claims bucket."""

    key: str = Field(examples=[f"streams/{WORKOUT}/5f2b7c1d9e3a4f60"])
    samples: int = Field(ge=0, examples=[1834])


class WorkoutFacts(Part):
    """The summary of a workout as other services may know it: no track, no notes."""

    workout_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=1, examples=[1], description="grows by one with every change; a deletion counts too")
    sport_type: SportType = Field(examples=["Run"])
    started_at: AwareDatetime = Field(examples=["2026-11-21T05:40:00Z"])
    time_zone: str = Field(examples=["Europe/Moscow"])
    elapsed_time_s: float = Field(ge=0, examples=[1834.0])
    moving_time_s: float = Field(ge=0, examples=[1790.0])
    distance_m: float | None = Field(default=None, ge=0, examples=[6400.0])
    ascent_m: float | None = Field(default=None, ge=0, examples=[42.0])
    calories_kcal: float | None = Field(default=None, ge=0, examples=[455.0])
    average_heart_rate_bpm: float | None = Field(default=None, examples=[152.0])
    max_heart_rate_bpm: float | None = Field(default=None, examples=[171.0])
    average_power_w: float | None = Field(default=None, examples=[None])
    normalized_power_w: float | None = Field(default=None, examples=[None])
    gear_ids: list[str] = Field(default_factory=list, examples=[[GEAR]])
    gear_chosen: bool = Field(
        default=False,
        examples=[True],
        description="false: nobody named the gear, so the default gear of the sport is meant",
    )
    best_efforts: list[BestEffort] = Field(default_factory=list)
    flags: list[str] = Field(default_factory=list, examples=[[]], description="implausible values; not for records")
    origin: str = Field(default="manual", examples=["manual"])
    streams: StreamsClaim | None = Field(default=None, description="null: nothing was recorded")


class WorkoutRecorded(Event):
    source = "stadion.workouts"
    workout: WorkoutFacts


class WorkoutCorrected(Event):
    source = "stadion.workouts"
    workout: WorkoutFacts


class WorkoutDeleted(Event):
    source = "stadion.workouts"
    workout_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=2, examples=[2])
    started_at: AwareDatetime = Field(examples=["2026-11-21T05:40:00Z"])


class LiveSessionSaved(Event):
    """A finished live session is in the diary: as a workout of its own, or joined to one that was there."""

    source = "stadion.workouts"
    session_id: str = Field(examples=[WORKOUT])
    session_revision: int = Field(ge=1, examples=[1])
    workout_id: str = Field(examples=[WORKOUT])


# --- accounts -------------------------------------------------------------------------------------------------------


class UserRegistered(Event):
    source = "stadion.accounts"
    language: Language = Field(examples=["en"])
    time_zone: str = Field(examples=["Europe/Moscow"])


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
    """What is bought in the store may be put among one's gear."""


class ConsentChanged(Event):
    source = "stadion.accounts"
    kind: ConsentKind = Field(examples=["marketing_email"])
    granted: bool = Field(examples=[True])
    revision: int = Field(ge=1, examples=[1], description="grows by one with every change of this consent")
    text_version: str = Field(examples=["2026-10"])
    changed_at: AwareDatetime = Field(examples=["2026-11-21T06:30:00Z"])


# --- telemetry ------------------------------------------------------------------------------------------------------


class LiveOutcome(StrEnum):
    STOPPED = "stopped"
    FORGOTTEN = "forgotten"
    DISCARDED = "discarded"


class LivePause(Part):
    start_s: float = Field(ge=0, examples=[600.0])
    end_s: float = Field(ge=0, examples=[660.0])


class LiveSessionStarted(Event):
    source = "stadion.telemetry"
    session_id: str = Field(examples=[WORKOUT], description="also the id of the workout that it becomes")
    sport_type: SportType = Field(examples=["Run"])
    started_at: AwareDatetime = Field(examples=["2026-11-21T05:40:00Z"])


class LiveSessionFinished(Event):
    """It becomes a workout unless it was discarded. Late samples finish it once more, with the next revision."""

    source = "stadion.telemetry"
    session_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=1, examples=[1])
    outcome: LiveOutcome = Field(examples=["stopped"])
    sport_type: SportType = Field(examples=["Run"])
    started_at: AwareDatetime = Field(examples=["2026-11-21T05:40:00Z"])
    ended_at: AwareDatetime = Field(examples=["2026-11-21T06:10:34Z"])
    time_zone: str = Field(examples=["Europe/Moscow"])
    name: str | None = Field(default=None, examples=["Morning run"])
    gear_ids: list[str] | None = Field(
        default=None, examples=[[GEAR]], description="null: nobody named the gear, so the default gear is meant"
    )
    pauses: list[LivePause] = Field(default_factory=list)
    streams: StreamsClaim | None = Field(default=None, description="null: not one sample came")


class UserMetricsUpdated(Event):
    """What a workout means for its athlete was computed, anew after a change; all null when it was deleted."""

    source = "stadion.telemetry"
    workout_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=1, examples=[1], description="of the metrics; grows whenever they change")
    day: date = Field(examples=["2026-11-21"], description="the athlete's day on which the workout began")
    sport_type: SportType = Field(examples=["Run"])
    load: float | None = Field(default=None, ge=0, examples=[61.4], description="100 is an hour all out")
    load_method: str | None = Field(default=None, examples=["hr_tss"])
    estimated: bool = Field(default=False, examples=[True], description="the load rests on assumed inputs")


# --- promos ---------------------------------------------------------------------------------------------------------

NOBODY = "system"
"""The `user_id` of events that are about no athlete."""


class Offer(Part):
    """A promo in the hands of one athlete."""

    offer_id: str = Field(examples=["0193a1c2-2222-7c3a-9f57-2f6c8e0d4b33"])
    promo_id: str = Field(examples=["winter-shoes"])
    campaign_id: str | None = Field(default=None, examples=["winter-2026"])
    variant: str | None = Field(default=None, examples=["a"])


class PromoIssued(Event):
    source = "stadion.promos"
    offer: Offer
    code: str = Field(examples=["RUN-7F3K-9QXD"])
    expires_at: AwareDatetime = Field(examples=["2026-12-05T20:59:59Z"])


class PromoViewed(Event):
    source = "stadion.promos"
    offer: Offer


class PromoClicked(Event):
    source = "stadion.promos"
    offer: Offer


class PromoDismissed(Event):
    source = "stadion.promos"
    offer: Offer


class PromoRedeemed(Event):
    """The order that used the code is paid."""

    source = "stadion.promos"
    offer: Offer
    code: str = Field(examples=["RUN-7F3K-9QXD"])
    order_id: str = Field(examples=["o-48151"])
    discount_minor: int = Field(ge=0, examples=[180000], description="in the currency's smallest unit")
    order_total_minor: int = Field(ge=0, examples=[720000])
    currency: str = Field(examples=["RUB"])


class PromoReversed(Event):
    """The order was returned or cancelled, and what its code had used up is free again."""

    source = "stadion.promos"
    offer: Offer
    code: str = Field(examples=["RUN-7F3K-9QXD"])
    order_id: str = Field(examples=["o-48151"])
    discount_minor: int = Field(ge=0, examples=[180000])
    currency: str = Field(examples=["RUB"])


class CampaignStarted(Event):
    source = "stadion.promos"
    campaign_id: str = Field(examples=["winter-2026"])
    run_id: str = Field(examples=["winter-2026-20261201T070000Z"])


class CampaignEnded(Event):
    source = "stadion.promos"
    campaign_id: str = Field(examples=["winter-2026"])
    run_id: str = Field(examples=["winter-2026-20261201T070000Z"])
    outcome: str = Field(examples=["completed"], description="completed, stopped or failed")


# --- partners -------------------------------------------------------------------------------------------------------


class ProductChanged(Event):
    """A product of the store's catalogue, as it is from now on."""

    source = "stadion.partners"
    sku: str = Field(examples=["8736421"])
    partner_id: str = Field(default="store", examples=["store"])
    revision: int = Field(ge=1, examples=[3])
    name: str = Field(examples=["Kiprun KD900.2"])
    brand: str | None = Field(default=None, examples=["Kiprun"])
    deeplink: str = Field(examples=["https://store.example/p/8736421"])
    wear_category: str | None = Field(default=None, examples=["running_shoes"], description="of the gear it replaces")
    price_minor: int = Field(ge=0, examples=[899000])
    currency: str = Field(examples=["RUB"])
    is_sold: bool = Field(examples=[True], description="false: not any more")


class OrderLine(Part):
    sku: str = Field(examples=["8736421"])
    name: str = Field(examples=["Kiprun KD900.2"])
    brand: str | None = Field(default=None, examples=["Kiprun"])
    quantity: int = Field(ge=1, examples=[1])
    price_minor: int = Field(ge=0, examples=[899000], description="of one, before the discount")
    wear_category: str | None = Field(default=None, examples=["running_shoes"])


class OrderCompleted(Event):
    """An athlete's order is paid."""

    source = "stadion.partners"
    order_id: str = Field(examples=["o-48151"])
    partner_id: str = Field(examples=["store"])
    lines: list[OrderLine]
    total_minor: int = Field(ge=0, examples=[719000], description="paid, after the discount")
    discount_minor: int = Field(default=0, ge=0, examples=[180000])
    currency: str = Field(examples=["RUB"])
    code: str | None = Field(default=None, examples=["RUN-7F3K-9QXD"])
    completed_at: AwareDatetime = Field(examples=["2026-11-21T09:30:00Z"])


class OrderReturned(Event):
    """All of an order, or some lines of it, came back."""

    source = "stadion.partners"
    order_id: str = Field(examples=["o-48151"])
    partner_id: str = Field(examples=["store"])
    order_version: int = Field(
        default=1, ge=1, examples=[2], description="of the order; no two of its events share one"
    )
    lines: list[OrderLine] = Field(description="what came back with this, and was not told before")
    is_whole: bool = Field(examples=[True])
    code: str | None = Field(default=None, examples=["RUN-7F3K-9QXD"])
    returned_at: AwareDatetime = Field(examples=["2026-11-28T12:00:00Z"])


# --- inventory ------------------------------------------------------------------------------------------------------


class GearAdded(Event):
    source = "stadion.inventory"
    gear_id: str = Field(examples=[GEAR])
    category: str = Field(examples=["running_shoes"])
    brand: str | None = Field(default=None, examples=["Kiprun"])
    model: str | None = Field(default=None, examples=["KD900"])


class GearAssigned(Event):
    """Nobody had named the gear of a workout, so the default gear of its sport wore."""

    source = "stadion.inventory"
    workout_id: str = Field(examples=[WORKOUT])
    revision: int = Field(ge=1, examples=[1], description="of the workout that was looked at")
    gear_ids: list[str] = Field(examples=[[GEAR]])


class GearWearReached(Event):
    """A threshold was crossed upward. It comes again only after the use had fallen below it."""

    source = "stadion.inventory"
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
    gear_id: str = Field(examples=[GEAR])
    category: str = Field(examples=["running_shoes"])


# --- gamification ---------------------------------------------------------------------------------------------------


class XpGranted(Event):
    """The athlete's XP moved because of a workout; negative when one was deleted or corrected downward."""

    source = "stadion.gamification"
    workout_id: str = Field(examples=[WORKOUT])
    amount: int = Field(examples=[64])
    total: int = Field(ge=0, examples=[1264])


class LevelReached(Event):
    source = "stadion.gamification"
    level: int = Field(ge=1, examples=[5])
    reward: str | None = Field(default=None, examples=["free_delivery"])


class PersonalRecordSet(Event):
    """A best effort beat what stood before; `previous_time_s` is null for the first time over this distance."""

    source = "stadion.gamification"
    workout_id: str = Field(examples=[WORKOUT])
    record: str = Field(examples=["run.5k"])
    name: str = Field(examples=["5k"])
    distance_m: float = Field(examples=[5000.0])
    elapsed_time_s: float = Field(examples=[1391.0])
    previous_time_s: float | None = Field(default=None, examples=[1422.0])


# --- notifications --------------------------------------------------------------------------------------------------


class NotificationRequested(Event):
    """Some service wants the athlete to know. `notifications` decides whether, when, where and in which words.

    Published by any service under its own source.
    """

    source = None
    request_id: str = Field(
        examples=["gear-wear:0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a22:80:1"],
        description="the same request twice is one message",
    )
    template: str = Field(examples=["gear_wear"])
    values: dict[str, Any] = Field(
        default_factory=dict, examples=[{"name": "Kiprun KD900", "percent": 80}], description="for the template"
    )
    about: dict[str, str] = Field(
        default_factory=dict, examples=[{"gear_id": GEAR}], description="what a tap on the message opens"
    )
    channels: list[str] | None = Field(
        default=None, examples=[None], description="of those that the template's kind has; null: the usual ones"
    )
    not_before: AwareDatetime | None = Field(default=None, examples=[None], description="keep it until then")
    expires_at: AwareDatetime | None = Field(default=None, examples=[None], description="useless afterwards")
    campaign_id: str | None = Field(default=None, examples=[None])


class NotificationDelivered(Event):
    """It is in the inbox, or a channel's provider has taken it."""

    source = "stadion.notifications"
    notification_id: str = Field(examples=["0193a1c1-1111-7c3a-9f57-2f6c8e0d4b33"])
    request_id: str = Field(examples=["gear-wear:0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a22:80:1"])
    channel: str = Field(examples=["inbox"])
    template: str = Field(examples=["gear_wear"])
    campaign_id: str | None = Field(default=None, examples=[None])


class NotificationFailed(Event):
    """It will not arrive by this channel: suppressed by the gate, refused by the provider, or bounced."""

    source = "stadion.notifications"
    notification_id: str = Field(examples=["0193a1c1-1111-7c3a-9f57-2f6c8e0d4b33"])
    request_id: str = Field(examples=["gear-wear:0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a22:80:1"])
    channel: str = Field(examples=["push"])
    template: str = Field(examples=["gear_wear"])
    reason: str = Field(examples=["no_consent"])
    campaign_id: str | None = Field(default=None, examples=[None])


CATALOGUE: dict[str, type[Event]] = {
    event.detail_type(): event
    for event in (
        WorkoutRecorded,
        WorkoutCorrected,
        WorkoutDeleted,
        LiveSessionSaved,
        UserRegistered,
        ProfileUpdated,
        ContactChanged,
        PhysicalDataChanged,
        PrivacyZonesChanged,
        ConsentChanged,
        LiveSessionStarted,
        LiveSessionFinished,
        UserMetricsUpdated,
        GearAdded,
        GearAssigned,
        GearWearReached,
        GearRetired,
        XpGranted,
        LevelReached,
        PersonalRecordSet,
        PromoIssued,
        PromoViewed,
        PromoClicked,
        PromoDismissed,
        PromoRedeemed,
        PromoReversed,
        CampaignStarted,
        CampaignEnded,
        ProductChanged,
        OrderCompleted,
        OrderReturned,
        NotificationRequested,
        NotificationDelivered,
        NotificationFailed,
    )
}
