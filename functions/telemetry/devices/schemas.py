"""Requests and responses of device telemetry."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, Field, WithJsonSchema

from stadion.http import RequestModel
from stadion.units import Reader
from telemetry.devices.domain import DeviceSeries, Readings
from telemetry.devices.verdicts import Reason, Rejected, Taken
from telemetry.downsampling import StreamResolution
from telemetry.instants import at
from telemetry.metrics_table import METRICS, MetricKind

DEVICE_ID: Final = r"^[A-Za-z0-9._:-]{1,64}$"
MAX_RESULTS: Final = 100
_VALUE: Final = {
    "description": "a number; of `position` an object",
    "anyOf": [
        {"type": "number"},
        {
            "type": "object",
            "required": ["lat", "lon"],
            "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
        },
    ],
}
_TIMESTAMP: Final = {
    "type": "string",
    "description": "RFC 3339 with an offset, from 2000 on; of a daily metric also a date",
    "examples": ["2026-11-21T08:40:00+03:00"],
}
_ENTRY: Final = {
    "anyOf": [
        {
            "type": "object",
            "required": ["metric", "value", "timestamp"],
            "additionalProperties": False,
            "properties": {
                "metric": {"type": "string", "enum": list(METRICS)},
                "value": _VALUE,
                "unit": {"type": "string", "description": "the metric's own when left out", "examples": ["bpm"]},
                "timestamp": _TIMESTAMP,
            },
        },
        {
            "type": "object",
            "required": ["timestamp", "values"],
            "additionalProperties": False,
            "properties": {
                "timestamp": _TIMESTAMP,
                "values": {
                    "type": "object",
                    "description": "by metric, in its own unit",
                    "minProperties": 1,
                    "maxProperties": 16,
                    "additionalProperties": _VALUE,
                },
            },
        },
    ]
}
Entry = Annotated[Any, WithJsonSchema(_ENTRY)]
"""Judged one by one (`telemetry.devices.verdicts`), so that a bad one does not spoil the others."""


class TelemetryBatch(RequestModel):
    device_id: str = Field(
        pattern=DEVICE_ID, description="the athlete's own label of the device", examples=["fr935-3958001"]
    )
    samples: list[Entry] = Field(
        min_length=1,
        max_length=500,
        examples=[
            [
                {"metric": "heart_rate", "value": 142, "unit": "bpm", "timestamp": "2026-11-21T08:40:00+03:00"},
                {"timestamp": "2026-11-21T08:40:01+03:00", "values": {"heart_rate": 143, "power": 210}},
                {"metric": "mass", "value": 61.5, "timestamp": "2026-11-21"},
            ]
        ],
    )


class TelemetryVerdict(StrEnum):
    ACCEPTED = "accepted"
    FLAGGED = "flagged"
    REJECTED = "rejected"


class TelemetryResult(BaseModel):
    index: int = Field(description="of the entry in `samples`")
    metric: str | None = None
    status: TelemetryVerdict
    code: str | None = Field(default=None, description="decide by this", examples=["value_is_impossible"])
    detail: str | None = Field(default=None, description="in the caller's language")

    @classmethod
    def of(cls, verdict: Taken | Rejected, reader: Reader) -> Self:
        if isinstance(verdict, Rejected):
            return cls(
                index=verdict.index,
                metric=verdict.metric,
                status=TelemetryVerdict.REJECTED,
                code=verdict.reason.code,
                detail=verdict.reason.value.say(reader.language, **verdict.values),
            )
        if not verdict.flagged:
            return cls(index=verdict.index, metric=verdict.metric.name, status=TelemetryVerdict.ACCEPTED)
        reason = Reason.VALUE_IS_IMPLAUSIBLE
        return cls(
            index=verdict.index,
            metric=verdict.metric.name,
            status=TelemetryVerdict.FLAGGED,
            code=reason.code,
            detail=reason.value.say(reader.language),
        )


class TelemetryReceipt(BaseModel):
    """Counts are of values: an entry with three metrics counts three times."""

    accepted: int
    flagged: int = Field(description="kept aside, never shown as truth")
    rejected: int
    results: list[TelemetryResult] = Field(description="of what was not accepted, the first hundred")

    @classmethod
    def of(cls, verdicts: Sequence[Taken | Rejected], reader: Reader) -> Self:
        results = [TelemetryResult.of(verdict, reader) for verdict in verdicts]
        counts = Counter(result.status for result in results)
        notable = [result for result in results if result.status is not TelemetryVerdict.ACCEPTED]
        return cls(
            accepted=counts[TelemetryVerdict.ACCEPTED],
            flagged=counts[TelemetryVerdict.FLAGGED],
            rejected=counts[TelemetryVerdict.REJECTED],
            results=notable[:MAX_RESULTS],
        )


class TelemetryResponse(BaseModel):
    metric: str
    kind: MetricKind
    unit: str
    resolution: StreamResolution
    devices: list[str] = Field(description="that have values in this range")
    original_size: int = Field(description="values that are kept")
    size: int = Field(description="values in each of the lists")
    times: list[float] | None = Field(default=None, description="of samples: seconds since 1970")
    dates: list[str] | None = Field(default=None, description="of a daily metric: the athlete's days")
    values: list[Any] = Field(description="parallel to them; of `position` [lat, lon]", examples=[[142, 143]])

    @classmethod
    def of(cls, found: Readings) -> Self:
        metric, series = found.metric, found.series
        is_daily = metric.kind is MetricKind.DAILY
        return cls(
            metric=metric.name,
            kind=metric.kind,
            unit=metric.unit,
            resolution=found.resolution,
            devices=found.devices,
            original_size=found.original_size,
            size=len(series),
            times=None if is_daily else (series.ms / 1000).tolist(),
            dates=[at(ms).date().isoformat() for ms in series.ms.tolist()] if is_daily else None,
            values=_listed(series),
        )


def _listed(series: DeviceSeries) -> list[Any]:
    rows: list[list[float]] = series.values.tolist()
    return [row[0] for row in rows] if series.values.shape[1] == 1 else list(rows)
