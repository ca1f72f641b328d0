"""What gear there is, in what it wears, and how long it lasts unless the athlete knows better.

Limits are the retail trade's rules of thumb: a sensible start, not a measurement.
"""

from dataclasses import dataclass
from enum import StrEnum

from stadion.categories import GearCategory
from stadion.sports import WearUnit


class GearKind(StrEnum):
    SHOES = "shoes"
    APPAREL = "apparel"
    EQUIPMENT = "equipment"


@dataclass(frozen=True)
class CategoryFacts:
    kind: GearKind
    unit: WearUnit
    limit: float


KM, HOURS, SESSIONS = WearUnit.KM, WearUnit.HOURS, WearUnit.SESSIONS

CATEGORIES: dict[GearCategory, CategoryFacts] = {
    GearCategory.RUNNING_SHOES: CategoryFacts(GearKind.SHOES, KM, 700),
    GearCategory.RACING_SHOES: CategoryFacts(GearKind.SHOES, KM, 300),
    GearCategory.TRAIL_SHOES: CategoryFacts(GearKind.SHOES, KM, 600),
    GearCategory.WALKING_SHOES: CategoryFacts(GearKind.SHOES, KM, 900),
    GearCategory.HIKING_BOOTS: CategoryFacts(GearKind.SHOES, KM, 1200),
    GearCategory.CYCLING_SHOES: CategoryFacts(GearKind.SHOES, HOURS, 600),
    GearCategory.CLIMBING_SHOES: CategoryFacts(GearKind.SHOES, SESSIONS, 100),
    GearCategory.COURT_SHOES: CategoryFacts(GearKind.SHOES, HOURS, 60),
    GearCategory.FOOTBALL_BOOTS: CategoryFacts(GearKind.SHOES, HOURS, 80),
    GearCategory.TOP: CategoryFacts(GearKind.APPAREL, SESSIONS, 150),
    GearCategory.BOTTOM: CategoryFacts(GearKind.APPAREL, SESSIONS, 150),
    GearCategory.SOCKS: CategoryFacts(GearKind.APPAREL, SESSIONS, 100),
    GearCategory.SPORTS_BRA: CategoryFacts(GearKind.APPAREL, SESSIONS, 120),
    GearCategory.JACKET: CategoryFacts(GearKind.APPAREL, SESSIONS, 250),
    GearCategory.SWIMWEAR: CategoryFacts(GearKind.APPAREL, HOURS, 100),
    GearCategory.WETSUIT: CategoryFacts(GearKind.APPAREL, HOURS, 150),
    GearCategory.BIKE: CategoryFacts(GearKind.EQUIPMENT, KM, 20_000),
    GearCategory.HELMET: CategoryFacts(GearKind.EQUIPMENT, SESSIONS, 500),
    GearCategory.GOGGLES: CategoryFacts(GearKind.EQUIPMENT, SESSIONS, 150),
    GearCategory.SKIS: CategoryFacts(GearKind.EQUIPMENT, SESSIONS, 150),
    GearCategory.SNOWBOARD: CategoryFacts(GearKind.EQUIPMENT, SESSIONS, 150),
    GearCategory.SKATES: CategoryFacts(GearKind.EQUIPMENT, HOURS, 200),
    GearCategory.RACKET: CategoryFacts(GearKind.EQUIPMENT, HOURS, 100),
    GearCategory.BALL: CategoryFacts(GearKind.EQUIPMENT, HOURS, 100),
    GearCategory.ROPE: CategoryFacts(GearKind.EQUIPMENT, SESSIONS, 150),
    GearCategory.BOAT: CategoryFacts(GearKind.EQUIPMENT, HOURS, 1500),
    GearCategory.OTHER: CategoryFacts(GearKind.EQUIPMENT, SESSIONS, 300),
}
