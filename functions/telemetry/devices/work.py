"""What the API leaves for `on_batches`: judged samples, by metric and slot, in messages that a queue takes."""

from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import BaseModel, ConfigDict

from stadion.consents import is_health
from stadion.work import Work
from telemetry.devices.domain import slot_of
from telemetry.devices.verdicts import Taken
from telemetry.metrics_table import METRICS

MAX_SAMPLES: Final = 5000
"""In one message: at most 45 bytes each, below 256 KB."""
MAX_SLOTS: Final = 100
"""In one message: each is a read and a write."""


class Portion(BaseModel):
    """Samples of one metric in one slot."""

    model_config = ConfigDict(frozen=True)

    metric: str
    slot: str
    flagged: bool
    ms: list[int]
    values: list[tuple[float, ...]]


class Batch(Work):
    user_id: str
    device_id: str
    received_ms: int
    portions: list[Portion]

    def known(self) -> list[Portion]:
        """A metric may have left the table while the message waited."""
        return [portion for portion in self.portions if portion.metric in METRICS]

    def without_health(self) -> "Batch":
        return self.model_copy(update={"portions": [one for one in self.known() if not is_health(one.metric)]})

    def touched(self) -> Iterator[tuple[str, list[int]]]:
        """Metrics and instants of what is shown as truth."""
        return ((portion.metric, portion.ms) for portion in self.known() if not portion.flagged)


def portions(taken: Iterable[Taken]) -> list[Portion]:
    """Of two values for one instant, the one that was listed last."""
    found: dict[tuple[str, str, bool], dict[int, tuple[float, ...]]] = {}
    for one in taken:
        key = (one.metric.name, slot_of(one.ms, one.metric.kind), one.flagged)
        found.setdefault(key, {})[one.ms] = one.values
    return [
        Portion(metric=metric, slot=slot, flagged=flagged, ms=list(rows), values=list(rows.values()))
        for (metric, slot, flagged), rows in found.items()
    ]


def loads(found: Iterable[Portion]) -> Iterator[list[Portion]]:
    """As much at a time as one message takes; a portion of one request never exceeds that."""
    load: list[Portion] = []
    samples = 0
    for portion in found:
        if load and (len(load) == MAX_SLOTS or samples + len(portion.ms) > MAX_SAMPLES):
            yield load
            load, samples = [], 0
        load.append(portion)
        samples += len(portion.ms)
    if load:
        yield load
