"""What samples change of what others see. Apart from `sight`: functions that only open connections have no NumPy."""

from collections.abc import Sequence
from datetime import datetime

from stadion.privacy import Point, Privacy
from telemetry.live.audience.sight import Shown
from telemetry.live.sessions.domain import Session
from telemetry.live.sessions.port import Samples, between, latest


def advanced(shown: Shown, session: Session, samples: Samples, privacy: Privacy, now: datetime) -> Shown:
    """After samples of an open session. Those that are not newer than what was looked at change nothing."""
    *_, sight = [shown.sight, *privacy.follow(shown.sight, _points(samples, shown.sight.until_s))]
    if sight == shown.sight:
        return shown
    update: dict[str, object] = {"sight": sight}
    if sight.last_s != shown.sight.last_s:
        there = latest(between(samples, sight.since_s, sight.last_s))
        update |= {"seen_at": now}
        update |= {"position": there.position, "speed_mps": there.speed_mps} if there is not None else {}
    if not sight.is_hidden:
        update["state"] = session.state
    if not sight.is_hidden or not shown.sight.is_hidden or sight.last_s != shown.sight.last_s:
        update["steps"] = shown.steps + 1
    return shown.model_copy(update=update)


def _points(samples: Samples, after_s: float | None) -> Sequence[Point]:
    found = between(samples, after_s, None)
    lat, lon, counter = (found.columns[name].tolist() for name in ("lat", "lon", "distance_m"))
    return [
        Point(ms / 1000, (a, o) if a == a and o == o else None, m if m == m else None)  # noqa: PLR0124 - NaN is not
        for ms, a, o, m in zip(found.ms.tolist(), lat, lon, counter, strict=True)
    ]
