"""Every event there is, for the contracts and for tests. A function imports its own services' events alone."""

from stadion.events.accounts import (
    ConsentChanged,
    ContactChanged,
    PhysicalDataChanged,
    PrivacyZonesChanged,
    ProfileUpdated,
    UserRegistered,
)
from stadion.events.envelope import Event
from stadion.events.gamification import LevelReached, PersonalRecordSet, XpGranted
from stadion.events.inventory import GearAdded, GearAssigned, GearRetired, GearWearReached
from stadion.events.notifications import NotificationDelivered, NotificationFailed, NotificationRequested
from stadion.events.partners import OrderCompleted, OrderReturned, ProductChanged
from stadion.events.promos import (
    CampaignEnded,
    CampaignStarted,
    PromoClicked,
    PromoDismissed,
    PromoIssued,
    PromoRedeemed,
    PromoReversed,
    PromoViewed,
)
from stadion.events.telemetry import LiveSessionFinished, LiveSessionStarted, UserMetricsUpdated
from stadion.events.workouts import LiveSessionSaved, WorkoutCorrected, WorkoutDeleted, WorkoutRecorded

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
