"""What neighbours ask of a session's samples."""

from telemetry.live.sessions.chunks import Samples, latest
from telemetry.live.values import MAX_DURATION

__all__ = ["Samples", "between", "latest"]


def between(samples: Samples, since_s: float | None, until_s: float | None) -> Samples:
    """Both ends included."""
    since = -1 if since_s is None else round(since_s * 1000)
    until = MAX_DURATION.total_seconds() * 1000 if until_s is None else round(until_s * 1000)
    own = (samples.ms >= since) & (samples.ms <= until)
    return Samples(samples.ms[own], {name: values[own] for name, values in samples.columns.items()})
