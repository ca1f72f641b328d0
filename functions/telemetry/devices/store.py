"""Device telemetry in the table: a slot of a metric and device is an item. Access patterns stand in README.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pynamodb.attributes import BinaryAttribute
from pynamodb.exceptions import PutError

from stadion.dynamo import Item, absent, error_code, next_revision
from stadion.retry import WriteConflictError
from telemetry.devices.domain import Series, packed, unpacked
from telemetry.metrics_table import Metric

MOST_ITEMS: Final = 4000
MOST_BYTES: Final = 16 * 1024 * 1024


class TooMuchError(Exception):
    """A range holds more than one answer reads."""


class _SlotItem(Item):
    data = BinaryAttribute(legacy_encoding=False)


@dataclass(frozen=True)
class Place:
    """Whose samples of what, from which device, in which slot. The device is a label within the athlete's own."""

    user_id: str
    metric: Metric
    flagged: bool
    slot: str
    device_id: str

    @property
    def pk(self) -> str:
        return partition(self.user_id, self.metric, flagged=self.flagged)

    @property
    def sk(self) -> str:
        return f"{self.slot}#{self.device_id}"


def partition(user_id: str, metric: Metric, *, flagged: bool) -> str:
    return f"{'FLAGGED' if flagged else 'TELEMETRY'}#{user_id}#{metric.name}"


def find(place: Place) -> tuple[Series | None, Item | None]:
    item = _SlotItem.find(place.pk, place.sk)
    return (unpacked(item.data, place.slot, place.metric) if item is not None else None), item


def keep(place: Place, series: Series, stored: Item | None) -> None:
    """`WriteConflictError` when the item is not `stored` any more."""
    revision = next_revision(stored)
    data = packed(series, place.slot, place.metric)
    item = _SlotItem(pk=place.pk, sk=place.sk, kind="slot", revision=revision, data=data)
    try:
        item.save(condition=absent() if stored is None else Item.revision == stored.revision)
    except PutError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            raise WriteConflictError from error
        raise


def of_device(user_id: str, metric: Metric, device_id: str, first: str, last: str) -> tuple[list[Series], int]:
    """The device's slots from `first` to `last` and the sum of their revisions, which each change of any makes greater.

    Of several who look after their own write, the last one's sum is the greatest, and it has seen all."""
    slots = Item.sk.between(first, f"{last}#{device_id}")
    found = _SlotItem.query(partition(user_id, metric, flagged=False), slots, consistent_read=True)
    of_it = [item for item in found if item.sk.split("#", 1)[1] == device_id]
    series = [unpacked(item.data, item.sk.split("#", 1)[0], metric) for item in of_it]
    return series, sum(int(item.revision) for item in of_it)


def between(user_id: str, metric: Metric, first: str, last: str, *, flagged: bool) -> Iterator[tuple[str, Series]]:
    """Device and samples of each slot from `first` to `last`, one request a megabyte; `TooMuchError`."""
    pk = partition(user_id, metric, flagged=flagged)
    size = 0
    slots = Item.sk.between(first, f"{last}$")  # "$" comes after "#"
    for number, item in enumerate(_SlotItem.query(pk, slots, consistent_read=True)):
        size += len(item.data)
        if number >= MOST_ITEMS or size > MOST_BYTES:
            raise TooMuchError
        slot, device_id = item.sk.split("#", 1)
        yield device_id, unpacked(item.data, slot, metric)
