"""Every few minutes: live sessions that nobody hears of any more are finished at their last sample."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from stadion.as_of import refuse_elsewhere
from stadion.settings import load
from stadion.tasks import Round, one_by_one, scheduled
from telemetry.live import service
from telemetry.live.sessions import store as session_store
from telemetry.live.settings import LiveSettings

FINISHES_WITHIN = timedelta(minutes=2)
"""A finish that has not ended by then was interrupted."""


class Forgotten(Round):
    forgotten_after_s: float | None = Field(default=None, ge=0, description="instead of the setting; local stage only")

    @model_validator(mode="after")
    def _closes_nobody_elses(self) -> Self:
        if self.forgotten_after_s is None:
            return self
        refuse_elsewhere()
        if self.only is None:
            raise ValueError("forgotten_after_s goes with only: whose sessions")
        return self


def close(asked: Forgotten) -> dict[str, int]:
    now = asked.now
    after_s = load(LiveSettings).live_forgotten_after_s if asked.forgotten_after_s is None else asked.forgotten_after_s
    unheard_since = now - timedelta(seconds=after_s)
    found = session_store.unheard_since(unheard_since, unfinished_since=now - FINISHES_WITHIN)
    done = one_by_one(
        [session for session in found if asked.concerns(session[0])],
        lambda session: service.close_forgotten(*session, unheard_since, now),
        metric="LiveForgottenClosed",
    )
    return {"closed": done}


handler = scheduled(close, takes=Forgotten)
