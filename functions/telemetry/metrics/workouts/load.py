"""Training load: what a workout cost. 100 is an hour as hard as one hour can be."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from stadion.streams.codec import Floats

WEIGHTINGS: Final = {"male": (0.64, 1.92), "female": (0.86, 1.67)}
"""Factor and exponent of TRIMP (Banister 1991; Morton 1990)."""
EDWARDS: Final = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Of the maximal heart rate: where zones 1 to 5 begin (Edwards 1993)."""
RPE_AN_HOUR: Final = (0, 20, 30, 40, 50, 60, 70, 80, 100, 120, 140)
"""Training stress of an hour by perceived exertion, 0 to 10 (Friel, "Estimating Training Stress Score")."""
_HOUR_S: Final = 3600.0
_MINUTE_S: Final = 60.0


def trimp(bpm: Floats, weight_s: Floats, *, resting: float, most: float, weighting: str) -> float:
    """Banister's training impulse: minutes, weighted by the share of the heart rate reserve; missing beats are none."""
    known = ~np.isnan(bpm)
    factor, exponent = WEIGHTINGS[weighting]
    share = np.maximum(0.0, (bpm[known] - resting) / (most - resting))
    return float((weight_s[known] / _MINUTE_S * share * factor * np.exp(exponent * share)).sum())


def trimp_steady(bpm: float, duration_s: float, *, resting: float, most: float, weighting: str) -> float:
    return trimp(np.array([bpm]), np.array([duration_s]), resting=resting, most=most, weighting=weighting)


def hr_tss(trimp_: float, *, threshold: float, resting: float, most: float, weighting: str) -> float:
    """As a share of an hour at threshold (GoldenCheetah, elevate)."""
    return 100 * trimp_ / trimp_steady(threshold, _HOUR_S, resting=resting, most=most, weighting=weighting)


def zonal_trimp(seconds: Sequence[float]) -> float:
    """Edwards 1993: minutes in zones 1 to 5, times the zone's number. `seconds` begins with those below zone 1."""
    return sum(number * part / _MINUTE_S for number, part in enumerate(seconds))


def intensity(normalized_w: float, ftp_w: float) -> float:
    return normalized_w / ftp_w


def tss(duration_s: float, normalized_w: float, ftp_w: float) -> float:
    """Coggan's training stress score."""
    return duration_s * normalized_w * intensity(normalized_w, ftp_w) / (ftp_w * _HOUR_S) * 100


def r_tss(duration_s: float, flat_mps: float, threshold_mps: float) -> float:
    """McGregor's score of a run, by the pace that it would have had on the flat."""
    return duration_s * flat_mps * (flat_mps / threshold_mps) / (threshold_mps * _HOUR_S) * 100


def session_rpe(rpe: float, duration_s: float) -> float:
    """Foster 2001, J Strength Cond Res 15:109: exertion times duration; by Friel's table on the scale of TSS."""
    return float(np.interp(rpe, range(len(RPE_AN_HOUR)), RPE_AN_HOUR)) * duration_s / _HOUR_S
