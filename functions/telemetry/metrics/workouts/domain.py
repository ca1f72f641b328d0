"""What a workout means for its athlete: every number with its method, its inputs and whether it is estimated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from stadion.consents import LOAD_BY_WORD, health_among, is_health
from stadion.sports import Family, SportType, sport
from stadion.streams.codec import Columns, Floats
from stadion.training.holding import carried
from stadion.training.power import each_second, normalized_power_w
from telemetry.athletes.domain import CONSENT_MISSING
from telemetry.metrics.hints import FtpHint, ftp_hint
from telemetry.metrics.values import Body, MetricInput, MetricMeasure, number, told, untold
from telemetry.metrics.workouts import load
from telemetry.metrics.workouts.decoupling import decoupling
from telemetry.metrics.workouts.gap import flat_speed
from telemetry.metrics.workouts.mean_max import mean_max
from telemetry.metrics.workouts.timeline import Timeline, timeline
from telemetry.metrics.workouts.values import Assessment, ZoneTimes
from telemetry.metrics.zones import LACKING, ZONES, seconds_in
from telemetry.streams.domain import grade_percent, measured, moving, velocity_mps
from telemetry.streams.values import Facts

COLUMNS: Final = {"heart_rate": "heart_rate_bpm", "power": "power_w", "speed": "speed_mps"}
"""Metric -> the column that it was recorded in."""
COVERED: Final = 0.5
"""A sensor that was silent for more than half of the time does not decide about a workout's load."""
COMPLETE: Final = 0.95
"""A sensor that held for less of the time leaves a sum over its readings estimated."""
SPARSE_S: Final = 10.0
"""Between readings of power that are further apart, normalized power is estimated."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """A workout's columns with their clocks; only columns that hold anything."""

    columns: Mapping[str, Floats]
    line: Timeline
    sport_type: SportType

    def of(self, metric: str) -> Floats | None:
        return self.columns.get(COLUMNS[metric])

    @property
    def family(self) -> Family:
        return sport(self.sport_type).family

    def covers(self, metric: str, share: float = COVERED) -> bool:
        values = self.of(metric)
        return values is not None and self.line.coverage(values) >= share


def assess(facts: Facts, sport_type: SportType, columns: Columns, body: Body) -> Assessment:
    recorded = _recorded(columns, sport_type)
    trimp = _trimp(recorded, body)
    hr_tss = _hr_tss(trimp, body)
    normalized = _normalized(recorded)
    tss = _tss(recorded, normalized, body)
    flat = _flat_speed(recorded)
    r_tss = _r_tss(recorded, flat, body)
    return Assessment(
        load=_load(sport(sport_type).family, recorded, tss, hr_tss, r_tss, _by_totals(facts, sport_type, body)),
        trimp=trimp,
        zonal_trimp=_zonal_trimp(recorded, body),
        hr_tss=hr_tss,
        normalized_power=normalized,
        intensity_factor=_intensity(normalized, body),
        tss=tss,
        grade_adjusted_speed=flat,
        r_tss=r_tss,
        decoupling=_decoupling(recorded),
        zones={metric: _zone_times(recorded, metric, body) for metric in ZONES},
        mean_max=_curves(recorded),
    )


def hint_of(found: Assessment) -> FtpHint | None:
    return ftp_hint(found.mean_max.get("power", {}), found.ftp)


def without_health(found: Assessment) -> Assessment:
    """What needs no consent; of the rest, that it is what is missing."""
    told: dict[str, Any] = {}
    for name in health_among(Assessment.model_fields):
        value = getattr(found, name)
        if isinstance(value, MetricMeasure):
            by_word = value.value is not None and value.method == LOAD_BY_WORD
            told[name] = value if by_word else untold(value.unit, value.method, CONSENT_MISSING)
        else:
            told[name] = {metric: ZoneTimes(missing=[CONSENT_MISSING]) for metric in value}
    curves = {metric: curve for metric, curve in found.mean_max.items() if not is_health(metric)}
    return found.model_copy(update={**told, "mean_max": curves})


def _recorded(columns: Columns, sport_type: SportType) -> Recorded | None:
    kept = measured(columns)
    line = timeline(kept)
    return Recorded(kept, line, sport_type) if line is not None else None


# --- heart rate -----------------------------------------------------------------------------------------------------


def _pulse(body: Body) -> dict[str, MetricInput] | None:
    if body.max is None:
        return None
    return {"resting": body.resting, "max": body.max, "weighting": body.weighting}


def _trimp(recorded: Recorded | None, body: Body) -> MetricMeasure:
    bpm = recorded.of("heart_rate") if recorded is not None else None
    pulse = _pulse(body)
    if recorded is None or bpm is None or pulse is None:
        return untold("trimp", "banister", *_lacking(heart_rate=bpm, max_heart_rate_bpm=pulse))
    value = load.trimp(bpm, recorded.line.held_s(bpm), **_numbers(pulse))
    return told(value, "trimp", "banister", pulse, estimated=not recorded.covers("heart_rate", COMPLETE))


def _numbers(pulse: Mapping[str, MetricInput]) -> dict[str, Any]:
    return {
        "resting": number(pulse["resting"]),
        "most": number(pulse["max"]),
        "weighting": str(pulse["weighting"].value),
    }


def _hr_tss(trimp: MetricMeasure, body: Body) -> MetricMeasure:
    pulse = _pulse(body)
    if trimp.value is None or pulse is None or body.threshold is None:
        return untold("tss", "hr_tss", *trimp.missing)
    value = load.hr_tss(trimp.value, threshold=number(body.threshold), **_numbers(pulse))
    return told(value, "tss", "hr_tss", {**pulse, "threshold": body.threshold}, estimated=trimp.estimated)


def _average_tss(facts: Facts, body: Body) -> MetricMeasure:
    """For what was written down by hand: the whole time at the average heart rate, which is less than it really was."""
    pulse = _pulse(body)
    bpm = facts.average_heart_rate_bpm
    if bpm is None or pulse is None or body.threshold is None:
        return untold("tss", "average_heart_rate", *_lacking(heart_rate=bpm, max_heart_rate_bpm=pulse))
    trimp = load.trimp_steady(bpm, facts.active_s, **_numbers(pulse))
    value = load.hr_tss(trimp, threshold=number(body.threshold), **_numbers(pulse))
    inputs = {**pulse, "threshold": body.threshold, "average": MetricInput(value=bpm)}
    return told(value, "tss", "average_heart_rate", inputs, estimated=True)


def _by_totals(facts: Facts, sport_type: SportType, body: Body) -> MetricMeasure:
    """What was written down by hand, or told to a watch without a strap: power, heart rate, pace, exertion."""
    family = sport(sport_type).family
    heart = _average_tss(facts, body)
    known = (
        _average_power_tss(facts, body) if family is Family.RIDE else None,
        heart if heart.value is not None else None,
        _average_pace_tss(facts, body) if family is Family.RUN else None,
        _session_rpe(facts),
    )
    return next((one for one in known if one is not None), heart)


def _average_power_tss(facts: Facts, body: Body) -> MetricMeasure | None:
    """An even effort costs least: it was at least this much."""
    if facts.average_power_w is None or body.ftp is None:
        return None
    value = load.tss(facts.active_s, facts.average_power_w, number(body.ftp))
    inputs = {"ftp": body.ftp, "average": MetricInput(value=facts.average_power_w)}
    return told(value, "tss", "average_power", inputs, estimated=True)


def _average_pace_tss(facts: Facts, body: Body) -> MetricMeasure | None:
    """As if it had been flat."""
    if not facts.distance_m or not facts.active_s or body.pace is None:
        return None
    average_mps = facts.distance_m / facts.active_s
    value = load.r_tss(facts.active_s, average_mps, 1000 / number(body.pace))
    inputs = {"threshold_pace": body.pace, "average": MetricInput(value=round(average_mps, 3))}
    return told(value, "tss", "average_pace", inputs, estimated=True)


def _session_rpe(facts: Facts) -> MetricMeasure | None:
    if facts.rpe is None:
        return None
    value = load.session_rpe(facts.rpe, facts.timer_time_s or facts.elapsed_time_s)
    return told(value, "tss", "session_rpe", {"rpe": MetricInput(value=facts.rpe)}, estimated=True)


def _zonal_trimp(recorded: Recorded | None, body: Body) -> MetricMeasure:
    bpm = recorded.of("heart_rate") if recorded is not None else None
    if recorded is None or bpm is None or body.max is None:
        return untold("trimp", "edwards", *_lacking(heart_rate=bpm, max_heart_rate_bpm=body.max))
    seconds = seconds_in(bpm, recorded.line.held_s(bpm), [share * number(body.max) for share in load.EDWARDS])
    estimated = not recorded.covers("heart_rate", COMPLETE)
    return told(load.zonal_trimp(seconds), "trimp", "edwards", {"max": body.max}, estimated=estimated)


# --- power ----------------------------------------------------------------------------------------------------------


def _normalized(recorded: Recorded | None) -> MetricMeasure:
    watts = recorded.of("power") if recorded is not None else None
    if recorded is None or watts is None:
        return untold("W", "coggan", "power")
    value = normalized_power_w(recorded.line.active_s, watts)
    if value is None:
        return untold("W", "coggan", "30_s_of_power")
    return told(value, "W", "coggan", estimated=_is_sparse(recorded.line, watts))


def _is_sparse(line: Timeline, watts: Floats) -> bool:
    """Readings no further apart than `SPARSE_S` make up too little of the time."""
    held_s = line.held_s(watts)
    return float(held_s[held_s <= SPARSE_S].sum()) < COMPLETE * line.duration_s


def _intensity(normalized: MetricMeasure, body: Body) -> MetricMeasure:
    if normalized.value is None or body.ftp is None:
        return untold("1", "coggan", *normalized.missing, *_lacking(ftp_w=body.ftp))
    value = load.intensity(normalized.value, number(body.ftp))
    return told(value, "1", "coggan", {"ftp": body.ftp}, estimated=normalized.estimated)


def _tss(recorded: Recorded | None, normalized: MetricMeasure, body: Body) -> MetricMeasure:
    if recorded is None or normalized.value is None or body.ftp is None:
        return untold("tss", "coggan", *normalized.missing, *_lacking(ftp_w=body.ftp))
    value = load.tss(recorded.line.duration_s, normalized.value, number(body.ftp))
    return told(value, "tss", "coggan", {"ftp": body.ftp}, estimated=normalized.estimated)


# --- pace -----------------------------------------------------------------------------------------------------------


def _flat_speed(recorded: Recorded | None) -> MetricMeasure:
    """Of runs, over the time in motion; a run without heights is taken as flat."""
    if recorded is None:
        return untold("m/s", "minetti", "speed")
    if recorded.family is not Family.RUN:
        return untold("m/s", "minetti", "run")
    values, moved = _flat_speeds(recorded)
    average = recorded.line.average(values, only=moved) if values is not None else None
    if average is None:
        return untold("m/s", "minetti", "speed")
    return told(average, "m/s", "minetti", estimated="altitude_m" not in recorded.columns)


def _flat_speeds(recorded: Recorded) -> tuple[Floats | None, Floats | None]:
    """The flat speed at each sample, and where the athlete moved."""
    speed = velocity_mps(recorded.columns, recorded.sport_type)
    if speed is None:
        return None, None
    grade = grade_percent(recorded.columns, recorded.sport_type)
    flat = flat_speed(speed, grade / 100 if grade is not None else np.zeros_like(speed))
    return flat, moving(recorded.columns, recorded.sport_type)


def _r_tss(recorded: Recorded | None, flat: MetricMeasure, body: Body) -> MetricMeasure:
    if recorded is None or flat.value is None or body.pace is None:
        return untold("tss", "r_tss", *flat.missing, *_lacking(threshold_pace_s_per_km=body.pace))
    speed, moved = _flat_speeds(recorded)
    moving_s = float(recorded.line.held_s(speed) @ moved) if speed is not None and moved is not None else 0.0
    value = load.r_tss(moving_s, flat.value, 1000 / number(body.pace))
    return told(value, "tss", "r_tss", {"threshold_pace": body.pace}, estimated=flat.estimated)


# --- both -----------------------------------------------------------------------------------------------------------


def _decoupling(recorded: Recorded | None) -> MetricMeasure:
    """Of power if there was any, else of the flat speed of a run, else of speed."""
    if recorded is None or recorded.of("heart_rate") is None:
        return untold("%", "friel", "heart_rate")
    output, what = _output(recorded)
    if output is None:
        return untold("%", "friel", "power", "speed")
    active_s = recorded.line.active_s
    output, bpm = carried(active_s, output), carried(active_s, recorded.columns[COLUMNS["heart_rate"]])
    value = decoupling(output, bpm, recorded.line.held_s(output + bpm))
    if value is None:
        return untold("%", "friel", "20_minutes")
    return told(value, "%", "friel", {"output": MetricInput(value=what)})


def _output(recorded: Recorded) -> tuple[Floats | None, str]:
    if recorded.of("power") is not None:
        return recorded.of("power"), "power"
    if recorded.family is Family.RUN:
        return _flat_speeds(recorded)[0], "grade_adjusted_speed"
    return velocity_mps(recorded.columns, recorded.sport_type), "speed"


def _load(
    family: Family,
    recorded: Recorded | None,
    tss: MetricMeasure,
    hr_tss: MetricMeasure,
    r_tss: MetricMeasure,
    by_totals: MetricMeasure,
) -> MetricMeasure:
    """The best that there is: power of a ride, heart rate, pace of a run; else by what is known of the whole."""
    if recorded is not None:
        if tss.value is not None and family is Family.RIDE and recorded.covers("power"):
            return tss.model_copy(update={"method": "power_tss"})
        if hr_tss.value is not None and recorded.covers("heart_rate"):
            return hr_tss
        if r_tss.value is not None:
            return r_tss
    if by_totals.value is not None:
        return by_totals
    by_sport = {Family.RIDE: tss.missing, Family.RUN: r_tss.missing}.get(family, [])
    return untold("tss", "none", *dict.fromkeys([*by_sport, *hr_tss.missing]))


def _zone_times(recorded: Recorded | None, metric: str, body: Body) -> ZoneTimes:
    zones = ZONES[metric](body)
    values = recorded.of(metric) if recorded is not None else None
    if zones is None or values is None or recorded is None:
        missing = [*([metric] if values is None else []), *(LACKING[metric] if zones is None else [])]
        return ZoneTimes(missing=missing)
    seconds = seconds_in(values, recorded.line.held_s(values), zones.bounds)
    return ZoneTimes(zones=zones, seconds=[round(part, 3) for part in seconds])


def _curves(recorded: Recorded | None) -> dict[str, dict[int, float]]:
    """On the clock that does not stop. Power that was not measured was none; other values are unknown."""
    curves = {}
    for metric in COLUMNS:
        values = recorded.of(metric) if recorded is not None else None
        if recorded is None or values is None:
            continue
        beyond = 0.0 if metric == "power" else np.nan
        values = carried(recorded.line.active_s, values)
        seconds = each_second(recorded.line.time_s, values, recorded.line.held_s(values), beyond=beyond)
        if seconds is not None:
            curves[metric] = {duration: round(best, 3) for duration, best in mean_max(seconds).items()}
    return curves


def _lacking(**needed: object) -> list[str]:
    return [name for name, value in needed.items() if value is None]
