"""What each consent covers: every channel, metric, number and measurement by its name (ADR 31).

    needs("heart_rate_bpm")  # ConsentKind.HEALTH_DATA
    is_health("power_w")     # False

Whoever takes, measures or shows something asks here. A name without a line raises `UncoveredError`: what is new is
decided before it is taken.
"""

from collections.abc import Container, Iterable, Mapping
from typing import Final, TypeVar

from stadion.events.accounts import ConsentKind

T = TypeVar("T")
HEALTH: Final = ConsentKind.HEALTH_DATA
PLACE: Final = ConsentKind.LOCATION
"""Guards what others see; to record a track is the service that the athlete asked for."""


class UncoveredError(LookupError):
    """Nobody decided yet which consent this needs."""


def _all(kind: ConsentKind | None, names: str) -> dict[str, ConsentKind | None]:
    return dict.fromkeys(names.split(), kind)


COVERED: Final[Mapping[str, ConsentKind | None]] = {
    # --- channels of recordings and live sessions, as columns and as streams ---
    **_all(HEALTH, "heart_rate_bpm heartrate"),
    **_all(PLACE, "lat lon latlng position"),
    **_all(None, "time_s time distance_m distance altitude_m altitude speed_mps velocity_smooth grade_smooth"),
    **_all(None, "cadence_rpm cadence power_w watts temperature_c temp moving active_s doubts"),
    # --- what devices send besides ---
    **_all(HEALTH, "heart_rate spo2 resting_heart_rate hrv_rmssd mass sleep_duration active_energy"),
    **_all(None, "power speed temperature steps"),
    # --- what is measured of a body ---
    **_all(HEALTH, "height_cm mass_kg resting_heart_rate_bpm max_heart_rate_bpm threshold_heart_rate_bpm"),
    **_all(HEALTH, "ftp_w threshold_pace_s_per_km"),
    # --- numbers of a workout ---
    **_all(HEALTH, "average_heart_rate_bpm calories_kcal calories_method"),
    **_all(PLACE, "start_latlng end_latlng polyline polyline_detailed"),
    **_all(None, "workout_id revision sport_type sport_guessed guessed_by started_at time_zone origin device indoor"),
    **_all(None, "country"),
    **_all(None, "recorded_span_s elapsed_time_s timer_time_s moving_time_s ascent_m descent_m"),
    **_all(None, "average_speed_mps max_speed_mps average_power_w max_power_w normalized_power_w"),
    **_all(None, "elevation_high_m elevation_low_m kilojoules_kj average_temperature_c"),
    **_all(None, "average_cadence_rpm max_cadence_rpm pool_length_m strokes rpe feel best_efforts flags dropped"),
    **_all(None, "suggested_crop measured_by disputed gear_ids gear_chosen by_hand streams day counts count of_laps"),
    # --- what a workout means ---
    **_all(HEALTH, "load trimp zonal_trimp hr_tss intensity_factor tss r_tss decoupling zones"),
    **_all(None, "normalized_power grade_adjusted_speed mean_max"),
}
"""Name -> the consent that it needs; None: what was done is no health data, and no place."""
LOAD_BY_WORD: Final = "session_rpe"
"""The one way to a load that rests on nothing but what the athlete said of the workout."""
ASSUMED_CALORIES: Final = "met_assumed_mass"
"""The one way to calories that rests on nothing of the athlete's."""


def needs(name: str) -> ConsentKind | None:
    try:
        return COVERED[name]
    except KeyError:
        raise UncoveredError(f"{name}: say in stadion.consents.COVERED which consent it needs") from None


def is_health(name: str) -> bool:
    return needs(name) is HEALTH


def health_among(names: Iterable[str]) -> list[str]:
    """In their order."""
    return [name for name in names if is_health(name)]


def but_health(columns: Mapping[str, T]) -> dict[str, T]:
    """Of what was stored: a column that nobody decided on is left out as well."""
    return {name: values for name, values in columns.items() if COVERED.get(name, HEALTH) is not HEALTH}


def may_use_health(granted: Container[ConsentKind]) -> bool:
    return HEALTH in granted


def may_show_places(granted: Container[ConsentKind]) -> bool:
    """To others."""
    return PLACE in granted


def may_count(granted: Container[ConsentKind]) -> bool:
    """For statistics."""
    return ConsentKind.ANALYTICS in granted
