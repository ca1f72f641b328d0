"""Keeps what devices sent: the API has judged it and left it in this function's queue."""

from stadion import clock
from stadion.events.consumer import Consumed
from stadion.observability import count
from stadion.work import worker
from telemetry.athletes import store as athlete_store
from telemetry.devices import intake_service
from telemetry.devices.work import Batch
from telemetry.timeseries import device_service


def keep(batch: Batch) -> Consumed:
    """The time series are told afterwards, of a repetition too: what they did not take, the queue brings again."""
    person, now = athlete_store.person(batch.user_id), clock.now()
    if not person.agrees:
        batch = batch.without_health()  # withdrawn while it waited
    done = intake_service.keep(batch, now)
    device_service.tell(batch.user_id, batch.device_id, batch.touched(), time_zone=person.time_zone, now=now)
    count("SamplesKept", sum(len(portion.ms) for portion in batch.portions))
    if done["left_out"]:
        count("SamplesLeftOut", done["left_out"])
    return Consumed("kept" if done["written"] else "unchanged", dict(done))


handler = worker(keep, kind=Batch)
