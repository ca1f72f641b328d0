"""One record of a WriteRecords call: merged with its common attributes, checked and typed."""

import math
from dataclasses import dataclass
from typing import Any

from timestream_local.errors import ValidationError

Json = dict[str, Any]
Value = float | int | str | bool
Dimensions = tuple[tuple[str, str], ...]

MAX_RECORDS, MAX_DIMENSIONS, MAX_MEASURES, MAX_BYTES = 100, 128, 256, 2_048
RESERVED = {"time", "measure_name", "measure_value"}
NANOSECONDS = {"NANOSECONDS": 1, "MICROSECONDS": 1_000, "MILLISECONDS": 1_000_000, "SECONDS": 1_000_000_000}
BIGINT_LIMIT = 2**63


class RejectedError(Exception):
    """This record is refused; the others of its call are not."""

    def __init__(self, reason: str, existing_version: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.existing_version = existing_version


@dataclass(frozen=True, slots=True)
class Measure:
    type: str
    value: Value


@dataclass(frozen=True, slots=True)
class Record:
    """`measures` are keyed by the name of their column; a single measure's column is `measure_value::<type>`."""

    dimensions: Dimensions
    measure_name: str
    time_us: int
    version: int
    measures: dict[str, Measure]


def merged(record: Json, common: Json) -> Json:
    """The record over its common attributes; the dimensions of both, none of them twice."""
    if not common:
        return record
    dimensions = [*(common.get("Dimensions") or ()), *(record.get("Dimensions") or ())]
    return {**common, **record, "Dimensions": dimensions}


def checked(record: Json) -> Record:
    dimensions = _dimensions(record)
    name = record.get("MeasureName")
    if not isinstance(name, str) or not name:
        raise ValidationError("A record needs a MeasureName, in itself or in CommonAttributes.")
    measures = _measures(record, name)
    _check_size(dimensions, name, measures)
    return Record(dimensions, name, _time_us(record), _version(record), measures)


def _dimensions(record: Json) -> Dimensions:
    found: dict[str, str] = {}
    for one in record.get("Dimensions") or ():
        name, value = one.get("Name"), one.get("Value")
        if not isinstance(name, str) or not name or not isinstance(value, str) or not value:
            raise ValidationError("A dimension needs a Name and a Value, both strings that are not empty.")
        if name in found:
            raise ValidationError(f"The dimension {name} is given twice, in the record or in it and CommonAttributes.")
        _check_name(name, "dimension")
        found[name] = value
    if not found:
        raise ValidationError("A record needs at least one dimension.")
    if len(found) > MAX_DIMENSIONS:
        raise RejectedError(f"A record can have at most {MAX_DIMENSIONS} dimensions.")
    return tuple(sorted(found.items()))


def _measures(record: Json, measure_name: str) -> dict[str, Measure]:
    kind = record.get("MeasureValueType") or "DOUBLE"
    if kind == "MULTI":
        return _multi(record)
    value = record.get("MeasureValue")
    if value is None or record.get("MeasureValues"):
        raise ValidationError(f"The record {measure_name} of type {kind} needs a MeasureValue and no MeasureValues.")
    return {f"measure_value::{kind.lower()}": Measure(kind, typed(value, kind))}


def _multi(record: Json) -> dict[str, Measure]:
    values = record.get("MeasureValues")
    if not values or record.get("MeasureValue") is not None:
        raise ValidationError("A record of type MULTI needs MeasureValues and no MeasureValue.")
    if len(values) > MAX_MEASURES:
        raise RejectedError(f"A record can have at most {MAX_MEASURES} measures.")
    found: dict[str, Measure] = {}
    for one in values:
        name, kind = one.get("Name"), one.get("Type")
        if not isinstance(name, str) or not name or name in found:
            raise ValidationError("The measures of a record need names that are not empty and all different.")
        _check_name(name, "measure")
        found[name] = Measure(kind, typed(one.get("Value"), kind))
    return found


def _check_name(name: str, what: str) -> None:
    lowered = name.lower()
    if lowered in RESERVED or lowered.startswith("ts_") or "::" in lowered:
        raise ValidationError(f"The {what} name {name} is reserved.")


def typed(text: Any, kind: str) -> Value:
    """The value of a measure from its text, which is how the protocol brings all of them."""
    if not isinstance(text, str):
        raise ValidationError("A measure's value must be a string.")
    try:
        value: Value = _PARSERS[kind](text)
    except KeyError:
        raise ValidationError(f"{kind} is no type of a measure.") from None
    except ValueError:
        raise RejectedError(f"The measure value {text[:64]!r} is no {kind}.") from None
    return value


def _double(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _bigint(text: str) -> int:
    value = int(text)
    if not -BIGINT_LIMIT <= value < BIGINT_LIMIT:
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    lowered = text.lower()
    if lowered not in {"true", "false"}:
        raise ValueError(text)
    return lowered == "true"


def _timestamp(text: str) -> int:
    """Nanoseconds in the protocol, microseconds here."""
    return _whole_us(int(text))


_PARSERS: dict[str, Any] = {
    "DOUBLE": _double,
    "BIGINT": _bigint,
    "VARCHAR": str,
    "BOOLEAN": _boolean,
    "TIMESTAMP": _timestamp,
}


def _time_us(record: Json) -> int:
    text, unit = record.get("Time"), record.get("TimeUnit") or "MILLISECONDS"
    if unit not in NANOSECONDS:
        raise ValidationError(f"{unit} is no time unit.")
    if not isinstance(text, str):
        raise ValidationError("A record needs a Time, a string, in itself or in CommonAttributes.")
    try:
        return _whole_us(int(text) * NANOSECONDS[unit])
    except ValueError:
        raise ValidationError(f"The time {text[:64]!r} is no whole number.") from None


def _whole_us(nanoseconds: int) -> int:
    if nanoseconds % 1_000:
        raise RejectedError("This local endpoint keeps microseconds: a finer time would be cut silently.")
    return nanoseconds // 1_000


def _version(record: Json) -> int:
    version = record.get("Version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < BIGINT_LIMIT:
        raise ValidationError("A record's Version must be a whole number from 1.")
    return version


def _check_size(dimensions: Dimensions, measure_name: str, measures: dict[str, Measure]) -> None:
    size = len(measure_name) + 8
    for name, value in dimensions:
        size += len(name) + len(value)
    for name, measure in measures.items():
        size += len(name) + (len(measure.value) if isinstance(measure.value, str) else 8)
    if size > MAX_BYTES:
        raise RejectedError(f"A record can have at most {MAX_BYTES} bytes.")
