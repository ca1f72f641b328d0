"""The sport vocabulary: Strava's 56 SportTypes, and what each means to us, of which `sports.toml` is the table.

Speeds are in m/s. Sources stand in the table.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path


class SportType(StrEnum):
    ALPINE_SKI = "AlpineSki"
    BACKCOUNTRY_SKI = "BackcountrySki"
    BADMINTON = "Badminton"
    BASKETBALL = "Basketball"
    CANOEING = "Canoeing"
    CRICKET = "Cricket"
    CROSSFIT = "Crossfit"
    DANCE = "Dance"
    E_BIKE_RIDE = "EBikeRide"
    ELLIPTICAL = "Elliptical"
    E_MOUNTAIN_BIKE_RIDE = "EMountainBikeRide"
    GOLF = "Golf"
    GRAVEL_RIDE = "GravelRide"
    HANDCYCLE = "Handcycle"
    HIGH_INTENSITY_INTERVAL_TRAINING = "HighIntensityIntervalTraining"
    HIKE = "Hike"
    ICE_SKATE = "IceSkate"
    INLINE_SKATE = "InlineSkate"
    KAYAKING = "Kayaking"
    KITESURF = "Kitesurf"
    MOUNTAIN_BIKE_RIDE = "MountainBikeRide"
    NORDIC_SKI = "NordicSki"
    PADEL = "Padel"
    PHYSICAL_THERAPY = "PhysicalTherapy"
    PICKLEBALL = "Pickleball"
    PILATES = "Pilates"
    RACQUETBALL = "Racquetball"
    RIDE = "Ride"
    ROCK_CLIMBING = "RockClimbing"
    ROLLER_SKI = "RollerSki"
    ROWING = "Rowing"
    RUN = "Run"
    SAIL = "Sail"
    SKATEBOARD = "Skateboard"
    SNOWBOARD = "Snowboard"
    SNOWSHOE = "Snowshoe"
    SOCCER = "Soccer"
    SQUASH = "Squash"
    STAIR_STEPPER = "StairStepper"
    STAND_UP_PADDLING = "StandUpPaddling"
    SURFING = "Surfing"
    SWIM = "Swim"
    TABLE_TENNIS = "TableTennis"
    TENNIS = "Tennis"
    TRAIL_RUN = "TrailRun"
    VELOMOBILE = "Velomobile"
    VIRTUAL_RIDE = "VirtualRide"
    VIRTUAL_ROW = "VirtualRow"
    VIRTUAL_RUN = "VirtualRun"
    VOLLEYBALL = "Volleyball"
    WALK = "Walk"
    WEIGHT_TRAINING = "WeightTraining"
    WHEELCHAIR = "Wheelchair"
    WINDSURF = "Windsurf"
    WORKOUT = "Workout"
    YOGA = "Yoga"


class Family(StrEnum):
    """Sports that devices confuse with one another are one family; `UNKNOWN` is a recording that does not say."""

    RUN = "run"
    RIDE = "ride"
    WALK = "walk"
    SWIM = "swim"
    SNOW = "snow"
    SKATE = "skate"
    PADDLE = "paddle"
    WIND_AND_WAVE = "wind_and_wave"
    RACKET = "racket"
    BALL = "ball"
    GYM = "gym"
    CLIMB = "climb"
    UNKNOWN = "unknown"


class PacedBy(StrEnum):
    SPEED = "speed"
    PACE = "pace"
    PACE_PER_100_M = "pace_per_100_m"
    NONE = "none"


class WearUnit(StrEnum):
    KM = "km"
    HOURS = "hours"
    SESSIONS = "sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sport:
    sport_type: SportType
    family: Family
    has_distance: bool
    has_gps: bool
    paced_by: PacedBy
    stop_speed_mps: float
    top_speed_mps: float
    bests: tuple[tuple[float, float], ...]
    """Distances in metres and the greatest speed over each, falling."""
    climbs: bool
    met: float
    xp_weight: float
    wear_unit: WearUnit
    fit_sport: str
    fit_sub_sport: str
    gpx_types: tuple[str, ...]
    tcx_sport: str

    def limit_mps(self, distance_m: float) -> float:
        """Faster is implausible over this distance: the world's best speed over the longest one below it, and 5 %."""
        below = [speed for best_m, speed in self.bests if best_m <= distance_m]
        return min(self.top_speed_mps, _MARGIN * below[-1]) if below else self.top_speed_mps


_TCX_SPORTS = {Family.RUN: "Running", Family.RIDE: "Biking"}
_BY_TCX = {"running": SportType.RUN, "biking": SportType.RIDE}
_FIT_SPORTS_OF_ANY_KIND = ("generic", "training", "fitness_equipment", "cycling", "e_biking")
_USUAL_STOP_KMH = 1.0
_MARGIN = 1.05
_TOP_WITHOUT_DISTANCE_MPS = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A line of the table: a word that is none of these is an error, and so is `gpx` without its brackets."""

    family: str
    met: float
    xp: float
    wear: str
    fit: str
    gpx: tuple[str, ...]
    paced_by: str = PacedBy.NONE.value
    top_mps: float = _TOP_WITHOUT_DISTANCE_MPS
    bests: str | None = None
    stop_kmh: float = _USUAL_STOP_KMH
    climbs: bool = False
    gps: bool | None = None

    def __post_init__(self) -> None:
        for name, kind in (("gpx", list), ("climbs", bool), ("gps", bool | None)):
            if not isinstance(getattr(self, name), kind):
                raise TypeError(f"{name} = {getattr(self, name)!r}")

    def sport(self, sport_type: SportType, bests: Mapping[str, list[tuple[float, float]]]) -> Sport:
        family, paced_by = Family(self.family), PacedBy(self.paced_by)
        has_distance = paced_by is not PacedBy.NONE
        fit_sport, _, fit_sub_sport = self.fit.partition("/")
        return Sport(
            sport_type=sport_type,
            family=family,
            has_distance=has_distance,
            has_gps=has_distance if self.gps is None else self.gps,
            paced_by=paced_by,
            stop_speed_mps=self.stop_kmh / 3.6,
            top_speed_mps=self.top_mps,
            bests=tuple((best_m, speed) for best_m, speed in bests[self.bests]) if self.bests else (),
            climbs=self.climbs,
            met=self.met,
            xp_weight=self.xp,
            wear_unit=WearUnit(self.wear),
            fit_sport=fit_sport,
            fit_sub_sport=fit_sub_sport or "generic",
            gpx_types=tuple(self.gpx),
            tcx_sport=_TCX_SPORTS.get(family, "Other"),
        )


class _Tables:
    """Read at the first question: many functions know the names of sports, and ask nothing of them."""

    def __init__(self, text: str) -> None:
        read = tomllib.loads(text)
        named = {SportType(name): row for name, row in read["sports"].items()}
        if missing := [one.value for one in SportType if one not in named]:
            raise ValueError(f"sports.toml says nothing of {', '.join(missing)}")
        if unfolded := [name for name in read["gpx_types"] if name != _folded(name)]:
            raise ValueError(f"sports.toml has GPX types that are not folded: {', '.join(unfolded)}")
        self.sports = {sport_type: _Row(**row).sport(sport_type, read["bests"]) for sport_type, row in named.items()}
        rows = self.sports.values()
        self.by_fit = {(row.fit_sport, row.fit_sub_sport): row.sport_type for row in rows}
        self.by_gpx = {_folded(name): row.sport_type for row in rows for name in (row.sport_type, *row.gpx_types)}
        self.fit_sub_sports, self.fit_sports, self.gpx_types = (
            {name: SportType(sport_type) for name, sport_type in read[table].items()}
            for table in ("fit_sub_sports", "fit_sports", "gpx_types")
        )


@cache
def _tables() -> _Tables:
    return _Tables(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def sports() -> Mapping[SportType, Sport]:
    return _tables().sports


def sport(sport_type: SportType | str) -> Sport:
    """Raises ValueError on a name that is not a SportType."""
    return _tables().sports[SportType(sport_type)]


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def from_fit(fit_sport: str | int | None, fit_sub_sport: str | int | None = None) -> SportType:
    """The nearest SportType of FIT's profile names; `Workout` where there is none."""
    named, detailed = str(fit_sport or "generic"), str(fit_sub_sport or "generic")
    tables = _tables()
    exact = tables.by_fit.get((named, detailed))
    if exact is not None:
        return exact
    if detailed in tables.fit_sub_sports and named in _FIT_SPORTS_OF_ANY_KIND:
        return tables.fit_sub_sports[detailed]
    return tables.fit_sports.get(named) or tables.by_fit.get((named, "generic"), SportType.WORKOUT)


def from_gpx(gpx_type: str | None) -> SportType:
    """Garmin's words, Strava's numbers, and SportType names, in any case; `Workout` for anything else."""
    folded = _folded(gpx_type or "")
    return _tables().by_gpx.get(folded) or _tables().gpx_types.get(folded, SportType.WORKOUT)


def from_tcx(tcx_sport: str | None) -> SportType:
    """TCX itself has Running, Biking and Other; some writers put their own words there."""
    folded = _folded(tcx_sport or "")
    return _BY_TCX.get(folded) or from_gpx(folded)
