"""Every few minutes: live sessions that nobody hears of any more are finished at their last sample."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field

from stadion import clock, ids
from stadion.observability import correlate, count, log, logger, metrics
from stadion.settings import load
from telemetry.live import service, session_store
from telemetry.settings import LiveSettings

FINISHES_WITHIN = timedelta(minutes=2)
"""A finish that has not ended by then was interrupted."""


class Round(BaseModel):
    """EventBridge's scheduled event says nothing of this."""

    model_config = ConfigDict(extra="ignore")

    forgotten_after_s: float | None = Field(default=None, ge=0)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    """One session that cannot be closed keeps none of the others open; it is heard of by the function's alarm."""
    correlate(ids.new_id())
    now = clock.now()
    after_s = Round.model_validate(event).forgotten_after_s
    unheard_since = now - timedelta(seconds=load(LiveSettings).live_forgotten_after_s if after_s is None else after_s)
    done, failures = 0, []
    for user_id, session_id in session_store.unheard_since(unheard_since, dirty_since=now - FINISHES_WITHIN):
        try:
            done += service.close_forgotten(user_id, session_id, unheard_since, now)
        except Exception as error:  # noqa: BLE001 - raised again when the others are done
            logger.exception("not closed", extra={"session_id": session_id})
            failures.append(error)
    count("LiveForgottenClosed", done)
    log("looked for forgotten sessions", closed=done, failed=len(failures))
    if failures:
        raise ExceptionGroup("sessions that could not be closed", failures)
    return {"closed": done}
