"""Keeps what devices sent: the API has judged it and left it in this function's queue."""

from stadion.events.consumer import Consumed
from stadion.observability import count
from stadion.work import worker
from telemetry import intake_service
from telemetry.batches import Batch
from telemetry.metrics import athlete_store


def keep(batch: Batch) -> Consumed:
    done = intake_service.keep(batch, time_zone=athlete_store.profile(batch.user_id).time_zone)
    count("SamplesKept", sum(len(portion.ms) for portion in batch.portions))
    if done["left_out"]:
        count("SamplesLeftOut", done["left_out"])
    return Consumed("kept" if done["written"] else "unchanged", dict(done))


handler = worker(keep, kind=Batch)
