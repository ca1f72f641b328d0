"""Use case: health data that this service kept go, when their athlete does not agree to them any more and asks."""

from datetime import datetime

from stadion.consents import health_among
from stadion.events.accounts import HealthDataDeletionAsked
from telemetry.athletes import store as people
from telemetry.devices import intake_service
from telemetry.live import service as live
from telemetry.metrics_table import METRICS
from telemetry.streams import store as stream_store
from telemetry.timeseries import device_service


class WithdrawalNotHeardError(Exception):
    """The news of the withdrawal have not come yet: the request comes again."""


def forget(user_id: str, asked: HealthDataDeletionAsked, now: datetime) -> dict[str, int]:
    """What devices sent, its rollups, heart rate in the minutes of live sessions; physical data go by their own news,
    streams and metrics by the diary's corrections. Safe to repeat."""
    person = people.person(user_id)
    if person.consent_revision < asked.consent_revision:
        raise WithdrawalNotHeardError
    left = intake_service.forget_health(user_id, asked.asked_at, now)
    for metric in health_among(METRICS):
        device_service.forget(user_id, metric)
    for metric, device_id, instants in left:
        device_service.tell(user_id, device_id, [(metric, instants)], time_zone=person.time_zone, now=now)
    kept_live = {kept.workout_id: kept.started_at for kept in stream_store.all_kept(user_id) if kept.is_live}
    minutes = live.forget_health(user_id, kept_live, asked.asked_at, now)
    return {"values_left": sum(len(ms) for _, _, ms in left), "minutes": minutes}
