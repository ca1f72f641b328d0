"""Use cases: take a device's batch, keep it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from stadion.consents import health_among, is_health
from stadion.retry import retry_on_conflict
from stadion.settings import load
from stadion.work import NotQueuedError, enqueue
from telemetry.athletes import service as athletes
from telemetry.devices import store
from telemetry.devices.domain import MAX_IN_SLOT, DeviceSeries, merged, series_of
from telemetry.devices.errors import TelemetryNotQueuedError
from telemetry.devices.settings import IntakeSettings
from telemetry.devices.store import Slot
from telemetry.devices.verdicts import Rejected, Taken, judged, unagreed
from telemetry.devices.work import Batch, loads, portions
from telemetry.instants import epoch_ms
from telemetry.metrics_table import METRICS, Metric


def take(
    user_id: str, device_id: str, entries: Sequence[Any], now: datetime, *, correlation_id: str
) -> list[Taken | Rejected]:
    """Judges every value and leaves what is taken for `on_batches`; `TelemetryNotQueuedError`.

    The consent is asked for only where a value needs it."""
    verdicts = [verdict for index, entry in enumerate(entries) for verdict in judged(index, entry, now)]
    if any(isinstance(one, Taken) and is_health(one.metric.name) for one in verdicts) and not athletes.agrees(user_id):
        verdicts = unagreed(verdicts)
    work = [
        Batch(
            correlation_id=correlation_id,
            asked_at=now,
            user_id=user_id,
            device_id=device_id,
            received_ms=epoch_ms(now),
            portions=load_,
        )
        for load_ in loads(portions(verdict for verdict in verdicts if isinstance(verdict, Taken)))
    ]
    try:
        enqueue(load(IntakeSettings).batches_queue, work)
    except NotQueuedError as error:
        raise TelemetryNotQueuedError from error
    return verdicts


def keep(batch: Batch, now: datetime) -> Counter[str]:
    """How many slots were written and left as they were, and how many instants found no place."""
    done: Counter[str] = Counter()
    for portion in batch.known():
        slot = Slot(batch.user_id, METRICS[portion.metric], portion.flagged, portion.slot, batch.device_id)
        sent = series_of(portion.ms, portion.values, received_ms=batch.received_ms, columns=len(slot.metric.columns))
        done += retry_on_conflict(partial(_merge, slot, sent, now))
    return done


def forget_health(user_id: str, received_until: datetime, now: datetime) -> list[tuple[str, str, list[int]]]:
    """What devices had sent until then; metric, device and instants of what came later, and stays."""
    until_ms = epoch_ms(received_until)

    def left(metric: Metric, *, flagged: bool) -> list[tuple[str, list[int]]]:
        return retry_on_conflict(lambda: list(store.forget(user_id, metric, until_ms, now, flagged=flagged)))

    kept: list[tuple[str, str, list[int]]] = []
    for name in health_among(METRICS):
        left(METRICS[name], flagged=True)
        kept += [(name, device_id, ms) for device_id, ms in left(METRICS[name], flagged=False)]
    return kept


def _merge(slot: Slot, sent: DeviceSeries, now: datetime) -> Counter[str]:
    known, stored = store.find(slot)
    whole = merged([sent] if known is None else [known, sent])
    kept = whole if len(whole) <= MAX_IN_SLOT else merged([whole], most=MAX_IN_SLOT)
    left_out = Counter({"left_out": len(whole) - len(kept)})
    if kept == known:
        return Counter({"unchanged": 1}) + left_out
    store.keep(slot, kept, stored, now)
    return Counter({"written": 1}) + left_out
