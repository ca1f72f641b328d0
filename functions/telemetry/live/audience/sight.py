"""What others see of a live workout, and what they were told so far. Pure; the rule itself is `stadion.privacy`."""

from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from pydantic import AwareDatetime, Field

from stadion.privacy import Privacy, Shows, Sight
from stadion.sports import SportType
from stadion.values import Value
from telemetry.live.sessions.domain import Session
from telemetry.live.values import Latest, LiveState, LiveView

OVER_AFTER: Final = timedelta(minutes=14)
"""Out of sight for so long, a workout is over for others, whether it goes on or not: when it really ended would tell
how far from the last visible point the door is."""
_STANDING_MPS: Final = 0.3


class Shown(Value):
    """A session as others know it, of the athlete's one that is open and those that just were."""

    session_id: str
    shown_as: str = Field(default_factory=lambda: str(uuid4()))
    """What others call it: ids of version 7 tell when they were made, so the start behind the door."""
    sport_type: SportType
    started_at: AwareDatetime
    sight: Sight = Sight()
    state: LiveState = LiveState.RUNNING
    """As it was in sight."""
    position: tuple[float, float] | None = None
    speed_mps: float | None = None
    steps: int = 0
    """Changes that others could see. What is hidden counts none, else the count would tell how long it took."""
    seen_at: AwareDatetime | None = None
    """When something was last in sight, by the server's clock."""

    def is_there(self, privacy: Privacy) -> bool:
        """A session that was never in sight does not exist for others."""
        return self.sight.began_s is not None or not privacy.zones

    @property
    def is_final(self) -> bool:
        """The end was in sight."""
        return self.state in {LiveState.FINISHED, LiveState.DISCARDED}

    def is_over(self, now: datetime) -> bool:
        return self.is_final or self._vanished(now)

    def _vanished(self, now: datetime) -> bool:
        return self.sight.is_hidden and self.seen_at is not None and now - self.seen_at >= OVER_AFTER

    # --- what happens ---

    def told(self, session: Session, at_s: float, privacy: Privacy) -> "Shown":
        """After a pause, a resume or an end at `at_s` of the session's clock, if others may know of it now.

        What happens out of sight is told when it comes into sight again, or by `OVER_AFTER`."""
        is_untouched = not privacy.zones and self.sight.until_s is None
        if is_untouched or privacy.is_seen_at(self.sight, at_s):
            return self.model_copy(update={"state": session.state, "steps": self.steps + 1})
        if self.sight.is_hidden or session.is_open:
            return self
        hidden = self.sight.model_copy(update={"is_hidden": True})
        return self.model_copy(update={"sight": hidden, "steps": self.steps + 1})

    # --- what is seen ---

    def view(self, shows: Shows, privacy: Privacy, heart_rate_bpm: float | None, now: datetime) -> LiveView | None:
        """None: there is nothing to be seen. Of a session that is over, others learn that it is, and not where."""
        if not self.is_there(privacy):
            return None
        sight = self.sight
        is_over = self.is_over(now)
        about = LiveView(
            session_id=self.shown_as,
            sequence=self.steps + is_over,
            state=LiveState.DISCARDED if self.state is LiveState.DISCARDED else LiveState.FINISHED,
            sport_type=self.sport_type,
            started_at=self.started_at + timedelta(seconds=sight.began_s or 0.0),
        )
        if is_over:
            return about
        is_in_zone = privacy.hides(self.position)
        is_hidden = is_in_zone or (sight.is_hidden and sight.began_s is not None)
        moving = {} if is_hidden else {**_pace(self.speed_mps), "heart_rate_bpm": heart_rate_bpm}
        if not shows.heart_rate:
            moving.pop("heart_rate_bpm", None)
        return about.model_copy(
            update={
                "state": self.state,
                "hidden": is_hidden,
                "time_s": None if sight.last_s is None else round(sight.time_s, 3),
                "distance_m": None if sight.distance_m is None else round(sight.distance_m, 3),
                "position": self.position if shows.position and not is_in_zone else None,
                **moving,
            }
        )


def shown_first(session: Session) -> Shown:
    return Shown(session_id=session.session_id, sport_type=session.sport_type, started_at=session.started_at)


def own_view(session: Session, newest: Latest | None, shows: Shows, sequence: int) -> LiveView:
    """The athlete's own: the heart rate as long as they agree that it is shown."""
    about = LiveView(
        session_id=session.session_id,
        sequence=sequence,
        state=session.state,
        sport_type=session.sport_type,
        started_at=session.started_at,
    )
    if newest is None:
        return about
    return about.model_copy(
        update={
            "time_s": newest.time_s,
            "position": newest.position,
            "heart_rate_bpm": newest.heart_rate_bpm if shows.heart_rate else None,
            "distance_m": newest.distance_m,
            **_pace(newest.speed_mps),
        }
    )


def _pace(speed_mps: float | None) -> dict[str, float | None]:
    is_moving = speed_mps is not None and speed_mps > _STANDING_MPS
    return {"speed_mps": speed_mps, "pace_s_per_km": round(1000 / speed_mps, 1) if speed_mps and is_moving else None}
