"""Zone sets, and the seconds in them. Both models of heart rate have five zones, so that dated sets can be summed."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from stadion.streams.codec import Floats
from telemetry.metrics.values import Body, MetricInput, number

FRIEL: Final = (0.85, 0.90, 0.95, 1.00)
"""Of the heart rate at threshold (Friel; his zones 5a to 5c are one)."""
KARVONEN: Final = (0.60, 0.70, 0.80, 0.90)
"""Of the heart rate reserve (Karvonen 1957)."""
COGGAN: Final = (0.55, 0.75, 0.90, 1.05, 1.20, 1.50)
"""Of FTP (Allen and Coggan)."""


class ZoneSet(BaseModel):
    """`n` bounds make `n + 1` zones: below the first, between each two, from the last one on."""

    model_config = ConfigDict(frozen=True)

    method: str = Field(examples=["friel_threshold"])
    bounds: list[float] = Field(examples=[[146, 155, 163, 172]])
    inputs: dict[str, MetricInput]
    estimated: bool = Field(description="the zones rest on something assumed")


def heart_rate_zones(body: Body) -> ZoneSet | None:
    """By the measured threshold; without one by the reserve."""
    if body.threshold is not None and body.threshold.since is not None:
        threshold = number(body.threshold)
        return _zones("friel_threshold", [share * threshold for share in FRIEL], {"threshold": body.threshold})
    if body.max is None:
        return None
    resting, reserve = number(body.resting), number(body.max) - number(body.resting)
    inputs = {"max": body.max, "resting": body.resting}
    return _zones("karvonen_reserve", [resting + share * reserve for share in KARVONEN], inputs)


def power_zones(body: Body) -> ZoneSet | None:
    if body.ftp is None:
        return None
    return _zones("coggan_ftp", [share * number(body.ftp) for share in COGGAN], {"ftp": body.ftp})


ZONES: Final = {"heart_rate": heart_rate_zones, "power": power_zones}
LACKING: Final = {"heart_rate": ["threshold_heart_rate_bpm", "max_heart_rate_bpm", "birth_date"], "power": ["ftp_w"]}
"""What any zones would take: one of these."""


def _zones(method: str, bounds: list[float], inputs: dict[str, MetricInput]) -> ZoneSet:
    """Whole beats and watts, which is what devices count in."""
    estimated = any(given.assumed is not None for given in inputs.values())
    return ZoneSet(method=method, bounds=[float(round(bound)) for bound in bounds], inputs=inputs, estimated=estimated)


def seconds_in(values: Floats, weight_s: Floats, bounds: Sequence[float]) -> list[float]:
    """They sum to the seconds with a value."""
    known = ~np.isnan(values)
    zone = np.searchsorted(np.asarray(bounds), values[known], side="right")
    seconds: list[float] = np.bincount(zone, weights=weight_s[known], minlength=len(bounds) + 1).tolist()
    return seconds
