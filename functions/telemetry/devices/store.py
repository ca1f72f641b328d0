"""Device telemetry in the table: a slot of a metric and device is an item. Access patterns stand in README.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from pynamodb.attributes import BinaryAttribute

from stadion import writes
from stadion.dynamo import Item
from stadion.records import Place, Records, Stored
from telemetry.devices.domain import DeviceSeries, packed, unpacked
from telemetry.metrics_table import Metric

MAX_ITEMS: Final = 4000
MAX_BYTES: Final = 16 * 1024 * 1024


class TooMuchError(Exception):
    """A range holds more than one answer reads."""


class _SlotItem(Item):
    data = BinaryAttribute(legacy_encoding=False)


SLOTS = Records(
    bytes,
    kind="slot",
    pk="{judged}#{user_id}#{metric}",
    sk="{slot}#{device_id}",
    item_type=_SlotItem,
    dump=lambda _: None,
    load=lambda item: item.data,
    attributes=lambda data: {"data": data},
)
"""An hour of samples (`2026-11-21T05#<device_id>`), or a year of days (`2026#<device_id>`), in the chunk codec: time,
when it was received, values. `TELEMETRY#`, or `FLAGGED#` for what is implausible: `on_batches`, on the revision."""


@dataclass(frozen=True)
class Slot:
    """Whose samples of what, from which device, of which hour or year. The device is a label in the athlete's own."""

    user_id: str
    metric: Metric
    flagged: bool
    name: str
    device_id: str


def find(slot: Slot) -> tuple[DeviceSeries | None, Stored[bytes]]:
    stored = SLOTS.read(_judged(slot.flagged), slot.user_id, slot.metric.name, slot.name, slot.device_id)
    return (unpacked(stored.value, slot.name, slot.metric) if stored.value is not None else None), stored


def keep(slot: Slot, series: DeviceSeries, stored: Stored[bytes], now: datetime) -> None:
    """`WriteConflictError` when the slot is not `stored` any more."""
    writes.replace(stored, packed(series, slot.name, slot.metric), now)


def of_device(user_id: str, metric: Metric, device_id: str, first: str, last: str) -> tuple[list[DeviceSeries], int]:
    """The device's slots from `first` to `last` and the sum of their revisions, which each change of any makes greater.

    Of several who look after their own write, the last one's sum is the greatest, and it has seen all."""
    found = [one for one in _between(user_id, metric, first, f"{last}#{device_id}") if one.device_id == device_id]
    return [unpacked(one.data, one.slot, metric) for one in found], sum(one.revision for one in found)


def between(
    user_id: str, metric: Metric, first: str, last: str, *, flagged: bool
) -> Iterator[tuple[str, DeviceSeries]]:
    """Device and samples of each slot from `first` to `last`, one request a megabyte; `TooMuchError`."""
    size = 0
    found = _between(user_id, metric, first, f"{last}$", flagged=flagged)  # "$" comes after "#"
    for number, one in enumerate(found):
        size += len(one.data)
        if number >= MAX_ITEMS or size > MAX_BYTES:
            raise TooMuchError
        yield one.device_id, unpacked(one.data, one.slot, metric)


def forget(
    user_id: str, metric: Metric, received_until_ms: int, now: datetime, *, flagged: bool
) -> Iterator[tuple[str, list[int]]]:
    """Of all devices what was received until then; device and instants of what came later, and stays.

    `WriteConflictError` when a slot changed meanwhile."""
    whole: list[Place[bytes]] = []
    for stored in SLOTS.each(_judged(flagged), user_id, metric.name):
        slot, device_id = stored.place.sk.split("#", 1)
        series = unpacked(stored.value or b"", slot, metric)
        later = series.received_after(received_until_ms)
        if not len(later):
            whole.append(stored.place)
            continue
        if len(later) < len(series):
            writes.replace(stored, packed(later, slot, metric), now)
        yield device_id, later.ms.tolist()
    writes.delete_all(whole)


class _Found(NamedTuple):
    slot: str
    device_id: str
    data: bytes
    revision: int


def _between(user_id: str, metric: Metric, first: str, last: str, *, flagged: bool = False) -> Iterator[_Found]:
    """By sort key."""
    for stored in SLOTS.each(_judged(flagged), user_id, metric.name, between=(first, last)):
        slot, device_id = stored.place.sk.split("#", 1)
        yield _Found(slot, device_id, stored.value or b"", stored.revision or 0)


def _judged(flagged: bool) -> str:
    return "FLAGGED" if flagged else "TELEMETRY"
