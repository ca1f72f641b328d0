"""What gear there is, in what it wears, and how long it lasts unless the athlete knows better.

Limits are the retail trade's rules of thumb: a sensible start, not a measurement.
"""

from dataclasses import dataclass
from enum import StrEnum

from stadion.sports import WearUnit


class Kind(StrEnum):
    SHOES = "shoes"
    APPAREL = "apparel"
    EQUIPMENT = "equipment"


class Category(StrEnum):
    RUNNING_SHOES = "running_shoes"
    RACING_SHOES = "racing_shoes"
    TRAIL_SHOES = "trail_shoes"
    WALKING_SHOES = "walking_shoes"
    HIKING_BOOTS = "hiking_boots"
    CYCLING_SHOES = "cycling_shoes"
    CLIMBING_SHOES = "climbing_shoes"
    COURT_SHOES = "court_shoes"
    FOOTBALL_BOOTS = "football_boots"
    TOP = "top"
    BOTTOM = "bottom"
    SOCKS = "socks"
    SPORTS_BRA = "sports_bra"
    JACKET = "jacket"
    SWIMWEAR = "swimwear"
    WETSUIT = "wetsuit"
    BIKE = "bike"
    HELMET = "helmet"
    GOGGLES = "goggles"
    SKIS = "skis"
    SNOWBOARD = "snowboard"
    SKATES = "skates"
    RACKET = "racket"
    BALL = "ball"
    ROPE = "rope"
    BOAT = "boat"
    OTHER = "other"


@dataclass(frozen=True)
class CategoryFacts:
    kind: Kind
    unit: WearUnit
    limit: float


KM, HOURS, SESSIONS = WearUnit.KM, WearUnit.HOURS, WearUnit.SESSIONS

CATEGORIES: dict[Category, CategoryFacts] = {
    Category.RUNNING_SHOES: CategoryFacts(Kind.SHOES, KM, 700),
    Category.RACING_SHOES: CategoryFacts(Kind.SHOES, KM, 300),
    Category.TRAIL_SHOES: CategoryFacts(Kind.SHOES, KM, 600),
    Category.WALKING_SHOES: CategoryFacts(Kind.SHOES, KM, 900),
    Category.HIKING_BOOTS: CategoryFacts(Kind.SHOES, KM, 1200),
    Category.CYCLING_SHOES: CategoryFacts(Kind.SHOES, HOURS, 600),
    Category.CLIMBING_SHOES: CategoryFacts(Kind.SHOES, SESSIONS, 100),
    Category.COURT_SHOES: CategoryFacts(Kind.SHOES, HOURS, 60),
    Category.FOOTBALL_BOOTS: CategoryFacts(Kind.SHOES, HOURS, 80),
    Category.TOP: CategoryFacts(Kind.APPAREL, SESSIONS, 150),
    Category.BOTTOM: CategoryFacts(Kind.APPAREL, SESSIONS, 150),
    Category.SOCKS: CategoryFacts(Kind.APPAREL, SESSIONS, 100),
    Category.SPORTS_BRA: CategoryFacts(Kind.APPAREL, SESSIONS, 120),
    Category.JACKET: CategoryFacts(Kind.APPAREL, SESSIONS, 250),
    Category.SWIMWEAR: CategoryFacts(Kind.APPAREL, HOURS, 100),
    Category.WETSUIT: CategoryFacts(Kind.APPAREL, HOURS, 150),
    Category.BIKE: CategoryFacts(Kind.EQUIPMENT, KM, 20_000),
    Category.HELMET: CategoryFacts(Kind.EQUIPMENT, SESSIONS, 500),
    Category.GOGGLES: CategoryFacts(Kind.EQUIPMENT, SESSIONS, 150),
    Category.SKIS: CategoryFacts(Kind.EQUIPMENT, SESSIONS, 150),
    Category.SNOWBOARD: CategoryFacts(Kind.EQUIPMENT, SESSIONS, 150),
    Category.SKATES: CategoryFacts(Kind.EQUIPMENT, HOURS, 200),
    Category.RACKET: CategoryFacts(Kind.EQUIPMENT, HOURS, 100),
    Category.BALL: CategoryFacts(Kind.EQUIPMENT, HOURS, 100),
    Category.ROPE: CategoryFacts(Kind.EQUIPMENT, SESSIONS, 150),
    Category.BOAT: CategoryFacts(Kind.EQUIPMENT, HOURS, 1500),
    Category.OTHER: CategoryFacts(Kind.EQUIPMENT, SESSIONS, 300),
}
