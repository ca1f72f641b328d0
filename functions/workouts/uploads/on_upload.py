"""S3 says that a recording arrived (through a queue): process it."""

from stadion import clock
from stadion.events.arrivals import arrival_consumer
from stadion.observability import correlate, count, log, logger
from workouts.uploads import intake_service, store
from workouts.uploads.errors import UploadNotFoundError
from workouts.uploads.incoming_store import Incoming

GIVE_UP_AFTER_TRIES = 4  # one before the queue itself gives up, so that the athlete hears of it


def process_upload(key: str, tries: int) -> None:
    incoming = Incoming.of_key(key)
    try:
        upload = store.get(incoming.user_id, incoming.upload_id)
    except UploadNotFoundError:
        log("upload unknown", upload_id=incoming.upload_id, outcome="ignored")
        return
    correlate(upload.correlation_id)
    try:
        intake = intake_service.process(upload, incoming, clock.now())
    except Exception:
        count("UploadFailed")
        logger.exception("upload not processed", extra={"upload_id": incoming.upload_id, "tries": tries})
        if tries < GIVE_UP_AFTER_TRIES:
            intake_service.failed(incoming.upload_id, incoming.user_id, clock.now())
            raise
        intake = intake_service.give_up(upload, clock.now())
    ended = intake.upload
    count(f"Upload{ended.status.value.capitalize()}")
    log(
        "processed",
        upload_id=incoming.upload_id,
        workout_ids=ended.workout_ids,
        outcome=ended.status.value,
        reason=intake.outcome.value,
        problem=ended.problem_code,
    )


handler = arrival_consumer(process_upload)
