"""Fitness, fatigue and form from the loads of days."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

CHRONIC_DAYS: Final = 42
ACUTE_DAYS: Final = 7
RATIO_DAYS: Final = (7, 28)
SPIKE: Final = 1.5
"""The ratio above which a week counts as a spike. It says that load rose fast, not that an injury is likely
(Impellizzeri 2020)."""
_NOTHING: Final = 1e-6


@dataclass(frozen=True)
class Fitness:
    """Of a day, in its evening; `tsb` is the form in its morning."""

    load: float
    ctl: float
    atl: float
    tsb: float
    ramp: float
    monotony: float | None
    strain: float | None
    ratio: float | None
    spike: bool | None


def fitness(loads: Sequence[float], *, known_since: int | None) -> list[Fitness]:
    """One for each day; `known_since` is the index of the first day with a load.

    Exponential averages after Banister 1975 and Coggan: CTL over 42 days, ATL over 7, TSB yesterday's difference, ramp
    CTL's rise in 7 days.
    """
    ctl = averages(loads, 1 - math.exp(-1 / CHRONIC_DAYS))
    atl = averages(loads, 1 - math.exp(-1 / ACUTE_DAYS))
    acute, chronic = (averages(loads, 2 / (days + 1)) for days in RATIO_DAYS)
    found = []
    for day, load in enumerate(loads):
        monotony = _monotony(loads[day - 6 : day + 1]) if day >= 6 else None
        settled = known_since is not None and day - known_since >= RATIO_DAYS[1]
        ratio = acute[day] / chronic[day] if settled and chronic[day] > _NOTHING else None
        found.append(
            Fitness(
                load=load,
                ctl=ctl[day],
                atl=atl[day],
                tsb=ctl[day - 1] - atl[day - 1] if day else 0.0,
                ramp=ctl[day] - (ctl[day - 7] if day >= 7 else 0.0),
                monotony=monotony,
                strain=monotony * sum(loads[day - 6 : day + 1]) if monotony is not None else None,
                ratio=ratio,
                spike=ratio > SPIKE if ratio is not None else None,
            )
        )
    return found


def averages(loads: Sequence[float], share: float) -> list[float]:
    """Each day the average moves by `share` of what it is off; it begins at nothing."""
    average, found = 0.0, []
    for load in loads:
        average += (load - average) * share
        found.append(average)
    return found


def _monotony(week: Sequence[float]) -> float | None:
    """Foster 1998: mean over standard deviation of seven days; None when all are alike."""
    mean = sum(week) / len(week)
    deviation = math.sqrt(sum((load - mean) ** 2 for load in week) / len(week))
    return mean / deviation if deviation > _NOTHING else None
