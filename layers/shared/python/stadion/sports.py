"""The sport vocabulary: Strava's 56 SportTypes and what each means to us.

Speeds are in m/s. MET values follow the Compendium of Physical Activities (2011/2024), stop speeds FitTrackee.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


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
    climbs: bool
    met: float
    xp_weight: float
    wear_unit: WearUnit
    fit_sport: str
    fit_sub_sport: str
    gpx_types: tuple[str, ...]
    tcx_sport: str


_CRAWL_MPS = 0.1 / 3.6
_STOP_MPS = 1 / 3.6
_TCX_SPORTS = {Family.RUN: "Running", Family.RIDE: "Biking"}
_KM, _HOURS, _SESSIONS = WearUnit.KM, WearUnit.HOURS, WearUnit.SESSIONS
_PACE, _SPEED = PacedBy.PACE, PacedBy.SPEED


def _moving(
    sport_type: SportType,
    family: Family,
    paced_by: PacedBy,
    *,
    fit: str,
    gpx: str,
    top: float,
    met: float,
    xp: float,
    climbs: bool = False,
    has_gps: bool = True,
    stop: float = _STOP_MPS,
    wear: WearUnit = _KM,
) -> Sport:
    fit_sport, _, fit_sub_sport = fit.partition("/")
    return Sport(
        sport_type=sport_type,
        family=family,
        has_distance=True,
        has_gps=has_gps,
        paced_by=paced_by,
        stop_speed_mps=stop,
        top_speed_mps=top,
        climbs=climbs,
        met=met,
        xp_weight=xp,
        wear_unit=wear,
        fit_sport=fit_sport,
        fit_sub_sport=fit_sub_sport or "generic",
        gpx_types=tuple(gpx.split()),
        tcx_sport=_TCX_SPORTS.get(family, "Other"),
    )


def _staying(
    sport_type: SportType,
    family: Family,
    *,
    fit: str,
    gpx: str,
    met: float,
    xp: float,
    has_gps: bool = False,
    wear: WearUnit = _HOURS,
) -> Sport:
    fit_sport, _, fit_sub_sport = fit.partition("/")
    return Sport(
        sport_type=sport_type,
        family=family,
        has_distance=False,
        has_gps=has_gps,
        paced_by=PacedBy.NONE,
        stop_speed_mps=_STOP_MPS,
        top_speed_mps=12.0,
        climbs=False,
        met=met,
        xp_weight=xp,
        wear_unit=wear,
        fit_sport=fit_sport,
        fit_sub_sport=fit_sub_sport or "generic",
        gpx_types=tuple(gpx.split()),
        tcx_sport="Other",
    )


def _table() -> Iterator[Sport]:
    yield from _on_foot()
    yield from _on_wheels()
    yield from _on_snow_and_ice()
    yield from _on_water()
    yield from _with_ball_or_racket()
    yield from _indoors()


def _on_foot() -> Iterator[Sport]:
    t, run, walk = SportType, Family.RUN, Family.WALK
    yield _moving(t.RUN, run, _PACE, fit="running", gpx="running run 9", top=12.5, met=9.8, xp=1.0, climbs=True)
    yield _moving(
        t.TRAIL_RUN,
        run,
        _PACE,
        fit="running/trail",
        gpx="trail_running",
        top=12.5,
        met=10.0,
        xp=1.1,
        climbs=True,
        stop=_CRAWL_MPS,
    )
    yield _moving(
        t.VIRTUAL_RUN,
        run,
        _PACE,
        fit="running/virtual_activity",
        gpx="virtual_run",
        top=12.5,
        met=9.8,
        xp=1.0,
        climbs=True,
    )
    yield _moving(
        t.WALK, walk, _PACE, fit="walking", gpx="walking 10", top=4.6, met=3.8, xp=0.4, climbs=True, stop=_CRAWL_MPS
    )
    yield _moving(
        t.HIKE, walk, _PACE, fit="hiking", gpx="hiking 4", top=6.0, met=6.0, xp=0.6, climbs=True, stop=_CRAWL_MPS
    )
    yield _moving(
        t.SNOWSHOE,
        walk,
        _PACE,
        fit="snowshoeing",
        gpx="snow_shoe snow_shoeing",
        top=6.0,
        met=7.0,
        xp=0.7,
        climbs=True,
        stop=_CRAWL_MPS,
    )
    yield _moving(
        t.WHEELCHAIR,
        walk,
        _PACE,
        fit="wheelchair_push_run",
        gpx="wheelchair_push_run wheelchair_push_walk",
        top=15.0,
        met=6.0,
        xp=1.0,
        climbs=True,
    )


def _on_wheels() -> Iterator[Sport]:
    t, ride, skate = SportType, Family.RIDE, Family.SKATE
    yield _moving(
        t.RIDE, ride, _SPEED, fit="cycling", gpx="cycling biking bike 1", top=33.0, met=7.5, xp=0.8, climbs=True
    )
    yield _moving(
        t.GRAVEL_RIDE,
        ride,
        _SPEED,
        fit="cycling/gravel_cycling",
        gpx="gravel_cycling",
        top=30.0,
        met=8.5,
        xp=0.9,
        climbs=True,
    )
    yield _moving(
        t.MOUNTAIN_BIKE_RIDE,
        ride,
        _SPEED,
        fit="cycling/mountain",
        gpx="mountain_biking",
        top=28.0,
        met=8.5,
        xp=0.9,
        climbs=True,
    )
    yield _moving(
        t.E_BIKE_RIDE, ride, _SPEED, fit="e_biking", gpx="e_bike_fitness", top=33.0, met=5.0, xp=0.4, climbs=True
    )
    yield _moving(
        t.E_MOUNTAIN_BIKE_RIDE,
        ride,
        _SPEED,
        fit="e_biking/e_bike_mountain",
        gpx="e_bike_mountain",
        top=28.0,
        met=6.0,
        xp=0.5,
        climbs=True,
    )
    yield _moving(
        t.VIRTUAL_RIDE,
        ride,
        _SPEED,
        fit="cycling/virtual_activity",
        gpx="virtual_ride indoor_cycling",
        top=33.0,
        met=7.5,
        xp=0.8,
        climbs=True,
    )
    yield _moving(
        t.VELOMOBILE,
        ride,
        _SPEED,
        fit="cycling/recumbent",
        gpx="recumbent_cycling",
        top=40.0,
        met=7.0,
        xp=0.7,
        climbs=True,
    )
    yield _moving(
        t.HANDCYCLE,
        ride,
        _SPEED,
        fit="cycling/hand_cycling",
        gpx="hand_cycling",
        top=30.0,
        met=7.0,
        xp=1.0,
        climbs=True,
    )
    yield _moving(
        t.INLINE_SKATE,
        skate,
        _SPEED,
        fit="inline_skating",
        gpx="inline_skating",
        top=25.0,
        met=7.5,
        xp=0.8,
        climbs=True,
    )
    yield _moving(
        t.ROLLER_SKI,
        skate,
        _SPEED,
        fit="cross_country_skiing/skate_skiing",
        gpx="roller_skiing",
        top=25.0,
        met=9.0,
        xp=1.0,
        climbs=True,
    )
    yield _moving(
        t.SKATEBOARD, skate, _SPEED, fit="generic/skateboarding", gpx="skateboarding", top=30.0, met=5.0, xp=0.5
    )


def _on_snow_and_ice() -> Iterator[Sport]:
    t, snow = SportType, Family.SNOW
    yield _moving(
        t.ALPINE_SKI,
        snow,
        _SPEED,
        fit="alpine_skiing",
        gpx="resort_skiing resort_skiing_snowboarding_ws",
        top=55.0,
        met=6.0,
        xp=0.5,
        wear=_HOURS,
    )
    yield _moving(
        t.BACKCOUNTRY_SKI,
        snow,
        _SPEED,
        fit="alpine_skiing/backcountry",
        gpx="backcountry_skiing backcountry_skiing_snowboarding_ws",
        top=40.0,
        met=9.0,
        xp=1.0,
        climbs=True,
    )
    yield _moving(
        t.NORDIC_SKI,
        snow,
        _SPEED,
        fit="cross_country_skiing",
        gpx="cross_country_skiing cross_country_skiing_ws skate_skiing_ws",
        top=25.0,
        met=9.0,
        xp=1.0,
        climbs=True,
    )
    yield _moving(
        t.SNOWBOARD, snow, _SPEED, fit="snowboarding", gpx="resort_snowboarding", top=50.0, met=5.3, xp=0.5, wear=_HOURS
    )
    yield _moving(t.ICE_SKATE, Family.SKATE, _SPEED, fit="ice_skating", gpx="skating_ws", top=18.0, met=7.0, xp=0.7)


def _on_water() -> Iterator[Sport]:
    t, paddle, sea = SportType, Family.PADDLE, Family.WIND_AND_WAVE
    yield _moving(
        t.SWIM,
        Family.SWIM,
        PacedBy.PACE_PER_100_M,
        fit="swimming",
        gpx="swimming lap_swimming open_water_swimming",
        top=3.0,
        met=7.0,
        xp=1.2,
        wear=_HOURS,
    )
    yield _moving(t.ROWING, paddle, _PACE, fit="rowing", gpx="rowing", top=8.0, met=7.0, xp=1.0)
    yield _moving(
        t.VIRTUAL_ROW,
        paddle,
        _PACE,
        fit="rowing/virtual_activity",
        gpx="virtual_row indoor_rowing",
        top=8.0,
        met=7.0,
        xp=1.0,
        has_gps=False,
    )
    yield _moving(t.KAYAKING, paddle, _SPEED, fit="kayaking", gpx="kayaking", top=10.0, met=5.0, xp=0.7)
    yield _moving(t.CANOEING, paddle, _SPEED, fit="paddling", gpx="paddling canoeing", top=10.0, met=5.8, xp=0.7)
    yield _moving(
        t.STAND_UP_PADDLING,
        paddle,
        _SPEED,
        fit="stand_up_paddleboarding",
        gpx="stand_up_paddleboarding",
        top=8.0,
        met=6.0,
        xp=0.7,
    )
    yield _moving(t.SURFING, sea, _SPEED, fit="surfing", gpx="surfing", top=22.0, met=3.0, xp=0.5, wear=_HOURS)
    yield _moving(
        t.KITESURF, sea, _SPEED, fit="kitesurfing", gpx="kiteboarding", top=32.0, met=11.0, xp=0.7, wear=_HOURS
    )
    yield _moving(t.WINDSURF, sea, _SPEED, fit="windsurfing", gpx="windsurfing", top=30.0, met=5.0, xp=0.6, wear=_HOURS)
    yield _moving(t.SAIL, sea, _SPEED, fit="sailing", gpx="sailing", top=30.0, met=3.3, xp=0.2, wear=_HOURS)


def _with_ball_or_racket() -> Iterator[Sport]:
    t, racket, ball = SportType, Family.RACKET, Family.BALL
    yield _staying(t.BADMINTON, racket, fit="racket/badminton", gpx="badminton", met=5.5, xp=0.7)
    yield _staying(t.PADEL, racket, fit="racket/padel", gpx="padel paddelball", met=6.0, xp=0.7)
    yield _staying(t.PICKLEBALL, racket, fit="racket/pickleball", gpx="pickleball", met=4.1, xp=0.6)
    yield _staying(t.RACQUETBALL, racket, fit="racket/racquetball", gpx="racquetball", met=7.0, xp=0.8)
    yield _staying(t.SQUASH, racket, fit="racket/squash", gpx="squash", met=7.3, xp=0.9)
    yield _staying(t.TABLE_TENNIS, racket, fit="racket/table_tennis", gpx="table_tennis", met=4.0, xp=0.4)
    yield _staying(t.TENNIS, racket, fit="tennis", gpx="tennis tennis_v2", met=7.3, xp=0.8, has_gps=True)
    yield _staying(t.BASKETBALL, ball, fit="basketball", gpx="basketball", met=6.5, xp=0.8)
    yield _staying(t.CRICKET, ball, fit="cricket", gpx="cricket", met=4.8, xp=0.4, has_gps=True)
    yield _staying(t.VOLLEYBALL, ball, fit="volleyball", gpx="volleyball", met=4.0, xp=0.5)
    yield _moving(t.SOCCER, ball, _PACE, fit="soccer", gpx="soccer football", top=11.0, met=7.0, xp=0.9, wear=_HOURS)
    yield _moving(t.GOLF, ball, _PACE, fit="golf", gpx="golf", top=10.0, met=4.8, xp=0.3, climbs=True, wear=_SESSIONS)


def _indoors() -> Iterator[Sport]:
    t, gym = SportType, Family.GYM
    yield _staying(t.CROSSFIT, gym, fit="training/amrap", gpx="crossfit", met=8.0, xp=0.9, wear=_SESSIONS)
    yield _staying(t.DANCE, gym, fit="dance", gpx="dance", met=5.0, xp=0.5)
    yield _staying(t.ELLIPTICAL, gym, fit="fitness_equipment/elliptical", gpx="elliptical", met=5.0, xp=0.6)
    yield _staying(t.STAIR_STEPPER, gym, fit="fitness_equipment/stair_climbing", gpx="stair_climbing", met=9.0, xp=0.8)
    yield _staying(t.HIGH_INTENSITY_INTERVAL_TRAINING, gym, fit="hiit", gpx="hiit", met=8.0, xp=0.9, wear=_SESSIONS)
    yield _staying(
        t.WEIGHT_TRAINING,
        gym,
        fit="training/strength_training",
        gpx="strength_training",
        met=5.0,
        xp=0.7,
        wear=_SESSIONS,
    )
    yield _staying(t.PILATES, gym, fit="training/pilates", gpx="pilates", met=3.0, xp=0.4, wear=_SESSIONS)
    yield _staying(t.YOGA, gym, fit="training/yoga", gpx="yoga", met=2.5, xp=0.3, wear=_SESSIONS)
    yield _staying(
        t.PHYSICAL_THERAPY,
        gym,
        fit="training/flexibility_training",
        gpx="physical_therapy mobility",
        met=2.5,
        xp=0.3,
        wear=_SESSIONS,
    )
    yield _staying(
        t.ROCK_CLIMBING,
        Family.CLIMB,
        fit="rock_climbing",
        gpx="rock_climbing indoor_climbing bouldering",
        met=7.0,
        xp=0.8,
        has_gps=True,
    )
    # Whoever does not say what it was may have covered ground at any speed an athlete can reach.
    yield _moving(
        t.WORKOUT,
        Family.UNKNOWN,
        _SPEED,
        fit="generic",
        gpx="other workout 11",
        top=55.0,
        met=5.0,
        xp=0.5,
        wear=_SESSIONS,
    )


SPORTS: dict[SportType, Sport] = {row.sport_type: row for row in _table()}


def sport(sport_type: SportType | str) -> Sport:
    """Raises ValueError on a name that is not a SportType."""
    return SPORTS[SportType(sport_type)]


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


_BY_FIT = {(row.fit_sport, row.fit_sub_sport): row.sport_type for row in SPORTS.values()}
_FIT_SUB_SPORTS = {
    "e_bike_fitness": SportType.E_BIKE_RIDE,
    "e_bike_mountain": SportType.E_MOUNTAIN_BIKE_RIDE,
    "downhill": SportType.MOUNTAIN_BIKE_RIDE,
    "elliptical": SportType.ELLIPTICAL,
    "stair_climbing": SportType.STAIR_STEPPER,
    "indoor_rowing": SportType.ROWING,
    "strength_training": SportType.WEIGHT_TRAINING,
    "yoga": SportType.YOGA,
    "pilates": SportType.PILATES,
    "hiit": SportType.HIGH_INTENSITY_INTERVAL_TRAINING,
    "emom": SportType.HIGH_INTENSITY_INTERVAL_TRAINING,
    "tabata": SportType.HIGH_INTENSITY_INTERVAL_TRAINING,
    "indoor_climbing": SportType.ROCK_CLIMBING,
    "bouldering": SportType.ROCK_CLIMBING,
    "lap_swimming": SportType.SWIM,
    "open_water": SportType.SWIM,
    "indoor_walking": SportType.WALK,
    "casual_walking": SportType.WALK,
    "speed_walking": SportType.WALK,
}
_FIT_SPORTS = {
    "cycling": SportType.RIDE,
    "walking": SportType.WALK,
    "alpine_skiing": SportType.ALPINE_SKI,
    "cross_country_skiing": SportType.NORDIC_SKI,
    "mountaineering": SportType.HIKE,
    "rafting": SportType.CANOEING,
    "boating": SportType.SAIL,
    "wakesurfing": SportType.SURFING,
    "floor_climbing": SportType.STAIR_STEPPER,
    "wheelchair_push_walk": SportType.WHEELCHAIR,
    "wheelchair_push_run": SportType.WHEELCHAIR,
    "racket": SportType.TENNIS,
    "disc_golf": SportType.GOLF,
}
_BY_GPX = {_folded(name): row.sport_type for row in SPORTS.values() for name in (row.sport_type, *row.gpx_types)}
_GPX_ALIASES = {
    "treadmillrunning": SportType.RUN,
    "trackrunning": SportType.RUN,
    "streetrunning": SportType.RUN,
    "indoorrunning": SportType.RUN,
    "jogging": SportType.RUN,
    "roadbiking": SportType.RIDE,
    "roadcycling": SportType.RIDE,
    "cyclocross": SportType.RIDE,
    "trackcycling": SportType.RIDE,
    "gravelbiking": SportType.GRAVEL_RIDE,
    "mountainbike": SportType.MOUNTAIN_BIKE_RIDE,
    "casualwalking": SportType.WALK,
    "speedwalking": SportType.WALK,
}
_BY_TCX = {"running": SportType.RUN, "biking": SportType.RIDE}


def from_fit(fit_sport: str | int | None, fit_sub_sport: str | int | None = None) -> SportType:
    """The nearest SportType of FIT's profile names; `Workout` where there is none."""
    named, detailed = str(fit_sport or "generic"), str(fit_sub_sport or "generic")
    exact = _BY_FIT.get((named, detailed))
    if exact is not None:
        return exact
    if detailed in _FIT_SUB_SPORTS and named in ("generic", "training", "fitness_equipment", "cycling", "e_biking"):
        return _FIT_SUB_SPORTS[detailed]
    return _FIT_SPORTS.get(named) or _BY_FIT.get((named, "generic"), SportType.WORKOUT)


def from_gpx(gpx_type: str | None) -> SportType:
    """Garmin's words, Strava's numbers, and SportType names, in any case; `Workout` for anything else."""
    folded = _folded(gpx_type or "")
    return _BY_GPX.get(folded) or _GPX_ALIASES.get(folded, SportType.WORKOUT)


def from_tcx(tcx_sport: str | None) -> SportType:
    """TCX itself has Running, Biking and Other; some writers put their own words there."""
    folded = _folded(tcx_sport or "")
    return _BY_TCX.get(folded) or from_gpx(folded)
