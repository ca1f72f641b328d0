"""WriteRecords: what is valid is kept, the rest is named in RejectedRecordsException."""

from dataclasses import dataclass
from typing import Any

from timestream_local.catalogue import Catalogue, Table
from timestream_local.clock import Clock, micros, text
from timestream_local.errors import RejectedRecordsError, ValidationError
from timestream_local.records import MAX_RECORDS, Record, RejectedError, checked, merged
from timestream_local.store import Store

Json = dict[str, Any]
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
FUTURE_US = 15 * 60_000_000


@dataclass(frozen=True)
class Window:
    """Which times a table takes at this moment: from `memory_from` on in memory, older ones in the magnetic store."""

    memory_from_us: int
    magnetic_from_us: int
    until_us: int
    late: bool

    @classmethod
    def of(cls, table: Table, now_us: int) -> "Window":
        magnetic = now_us - table.magnetic_days * DAY_US
        memory = max(now_us - table.memory_hours * HOUR_US, magnetic)
        return cls(memory, magnetic, now_us + FUTURE_US, table.takes_late_records)

    @property
    def from_us(self) -> int:
        return self.magnetic_from_us if self.late else self.memory_from_us

    def check(self, time_us: int) -> None:
        if not self.from_us <= time_us <= self.until_us:
            raise RejectedError(
                "The record timestamp is outside the time range"
                f" [{text(max(self.from_us, 0))}, {text(self.until_us)}] of the data ingestion window."
            )


class Writing:
    def __init__(self, catalogue: Catalogue, store: Store, clock: Clock, late_delay_s: float) -> None:
        self.catalogue = catalogue
        self.store = store
        self.clock = clock
        self.late_delay_us = int(late_delay_s * 1e6)

    def write_records(self, request: Json) -> Json:
        table = self.catalogue.table(request.get("DatabaseName", ""), request.get("TableName", ""))
        records = request.get("Records")
        if not isinstance(records, list) or not 1 <= len(records) <= MAX_RECORDS:
            raise ValidationError(f"A call takes 1 to {MAX_RECORDS} records.")
        common = request.get("CommonAttributes") or {}
        if not all(isinstance(one, dict) for one in (common, *records)):
            raise ValidationError("A record is a JSON object.")
        return self.write(table, [merged(record, common) for record in records])

    def write(self, table: Table, raw: list[Json]) -> Json:
        now_us = micros(self.clock())
        window = Window.of(table, now_us)
        rejected: list[Json] = []
        valid = self._valid(table, raw, window, rejected)
        with self.catalogue.lock, self.store.lock:
            kept = self._keep(table, valid, window, now_us, rejected)
        late = sum(time_us < window.memory_from_us for time_us in kept)
        if rejected:
            raise RejectedRecordsError(sorted(rejected, key=lambda one: int(one["RecordIndex"])))
        return {"RecordsIngested": {"Total": len(kept), "MemoryStore": len(kept) - late, "MagneticStore": late}}

    def _valid(self, table: Table, raw: list[Json], window: Window, rejected: list[Json]) -> list[tuple[int, Record]]:
        valid: list[tuple[int, Record]] = []
        for index, one in enumerate(raw):
            try:
                record = checked(one)
                window.check(record.time_us)
                _check_partition_key(table, record)
            except RejectedError as refusal:
                rejected.append(_rejection(index, refusal))
            else:
                valid.append((index, record))
        return valid

    def _keep(
        self, table: Table, valid: list[tuple[int, Record]], window: Window, now_us: int, rejected: list[Json]
    ) -> list[int]:
        """Buffer the records; their times."""
        self.catalogue.table(table.database, table.name)
        known = self.store.known(table, [record for _, record in valid])
        kept: list[int] = []
        made = False
        for index, record in valid:
            delay = self.late_delay_us if record.time_us < window.memory_from_us else 0
            try:
                made = self.store.columns(table, record) or made
                self.store.put(table, record, known, now_us + delay if delay else None)
            except RejectedError as refusal:
                rejected.append(_rejection(index, refusal))
            else:
                kept.append(record.time_us)
        if made:
            self.catalogue.save()
        self.store.flush_if_full(table)
        return kept


def _check_partition_key(table: Table, record: Record) -> None:
    required = table.required_dimension
    if required is not None and required not in dict(record.dimensions):
        raise RejectedError(f"The record has no dimension {required}, which this table's partition key requires.")


def _rejection(index: int, refusal: RejectedError) -> Json:
    rejection: Json = {"RecordIndex": index, "Reason": refusal.reason}
    if refusal.existing_version is not None:
        rejection["ExistingVersion"] = refusal.existing_version
    return rejection
