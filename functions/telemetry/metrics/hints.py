"""What a workout says against the athlete's own numbers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from telemetry.metrics.values import MetricInput, number

FTP_OF: Final = {1200: 0.95, 3600: 1.0}
"""Of the best average over so many seconds, the share that can be held for an hour (Allen and Coggan, Training and
Racing with a Power Meter): whoever held it, has that FTP at least."""
MARGIN: Final = 1.05
"""What power meters differ by, and legs from day to day, contradicts nothing."""


@dataclass(frozen=True)
class FtpHint:
    ftp_w: float
    suggested_w: int
    duration_s: int
    best_w: int
    """Over `duration_s`."""


def ftp_hint(power_w: Mapping[int, float], ftp: MetricInput | None) -> FtpHint | None:
    """`power_w`: the best average by duration in seconds. None: nothing contradicts what was measured before."""
    if ftp is None or ftp.assumed is not None:
        return None
    shown = {duration_s: share * power_w[duration_s] for duration_s, share in FTP_OF.items() if duration_s in power_w}
    if not shown:
        return None
    duration_s = max(shown, key=lambda one: shown[one])
    if shown[duration_s] <= MARGIN * number(ftp):
        return None
    return FtpHint(number(ftp), round(shown[duration_s]), duration_s, round(power_w[duration_s]))
