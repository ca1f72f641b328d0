"""Use cases: take a device's batch, keep it."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from stadion.dynamo import look_again
from stadion.i18n import Language
from stadion.settings import load
from stadion.work import NotQueuedError, leave
from telemetry import device_days, series_store
from telemetry.batches import Batch, Portion, loads, portions
from telemetry.errors import TelemetryNotQueuedError
from telemetry.intake import Reason, Refused, Taken, judged
from telemetry.metrics_table import METRICS
from telemetry.schemas import TelemetryBatch, TelemetryReceipt, TelemetryResult, Verdict
from telemetry.series import MOST_IN_SLOT, epoch_ms, merged, series_of
from telemetry.series_store import Place
from telemetry.settings import IntakeSettings

MOST_RESULTS = 100


def take(
    user_id: str, batch: TelemetryBatch, now: datetime, *, correlation_id: str, language: Language
) -> TelemetryReceipt:
    """Judges every value and leaves what is taken for `on_batches`; `TelemetryNotQueuedError`."""
    verdicts = [verdict for index, entry in enumerate(batch.samples) for verdict in judged(index, entry, now)]
    work = [
        Batch(
            correlation_id=correlation_id,
            asked_at=now,
            user_id=user_id,
            device_id=batch.device_id,
            received_ms=epoch_ms(now),
            portions=load_,
        )
        for load_ in loads(portions(verdict for verdict in verdicts if isinstance(verdict, Taken)))
    ]
    try:
        leave(load(IntakeSettings).batches_queue, work)
    except NotQueuedError as error:
        raise TelemetryNotQueuedError from error
    return _receipt(verdicts, language)


def _receipt(verdicts: list[Taken | Refused], language: Language) -> TelemetryReceipt:
    results = [_result(verdict, language) for verdict in verdicts]
    counts = Counter(result.status for result in results)
    notable = [result for result in results if result.status is not Verdict.ACCEPTED]
    return TelemetryReceipt(
        accepted=counts[Verdict.ACCEPTED],
        flagged=counts[Verdict.FLAGGED],
        rejected=counts[Verdict.REJECTED],
        results=notable[:MOST_RESULTS],
    )


def _result(verdict: Taken | Refused, language: Language) -> TelemetryResult:
    if isinstance(verdict, Refused):
        words = verdict.reason.value.say(language, **verdict.values)
        return TelemetryResult(
            index=verdict.index,
            metric=verdict.metric,
            status=Verdict.REJECTED,
            code=verdict.reason.code,
            detail=words,
        )
    if not verdict.flagged:
        return TelemetryResult(index=verdict.index, metric=verdict.metric.name, status=Verdict.ACCEPTED)
    reason = Reason.VALUE_IS_IMPLAUSIBLE
    return TelemetryResult(
        index=verdict.index,
        metric=verdict.metric.name,
        status=Verdict.FLAGGED,
        code=reason.code,
        detail=reason.value.say(language),
    )


def keep(batch: Batch, *, time_zone: str) -> Counter[str]:
    """How many slots were written and left as they were, and how many instants found no place.

    The time series are told afterwards, of a repetition too: what they did not take, the queue brings again."""
    done: Counter[str] = Counter()
    portions_ = _known(batch.portions)
    for portion in portions_:
        place = Place(batch.user_id, METRICS[portion.metric], portion.flagged, portion.slot, batch.device_id)
        done += look_again(lambda place=place, portion=portion: _merge(place, portion, batch.received_ms))  # type: ignore[misc]
    device_days.tell(batch.user_id, batch.device_id, portions_, time_zone=time_zone)
    return done


def _known(found: Iterable[Portion]) -> list[Portion]:
    """A metric may have left the table while the message waited."""
    return [portion for portion in found if portion.metric in METRICS]


def _merge(place: Place, portion: Portion, received_ms: int) -> Counter[str]:
    sent = series_of(portion.ms, portion.values, received_ms=received_ms, columns=len(place.metric.columns))
    known, stored = series_store.find(place)
    whole = merged([sent] if known is None else [known, sent])
    kept = whole if len(whole) <= MOST_IN_SLOT else merged([whole], most=MOST_IN_SLOT)
    left_out = Counter({"left_out": len(whole) - len(kept)})
    if kept == known:
        return Counter({"unchanged": 1}) + left_out
    series_store.keep(place, kept, stored)
    return Counter({"written": 1}) + left_out
