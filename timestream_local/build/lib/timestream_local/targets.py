"""A scheduled query's rows as records of its target table, by the mapping of its TargetConfiguration."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from timestream_local.clock import micros
from timestream_local.errors import ValidationError
from timestream_local.results import double

Json = dict[str, Any]
Row = dict[str, Any]


def records_of(
    target: Json, names: list[str], types: list[Json], rows: list[tuple[Any, ...]], *, version: int
) -> list[Json]:
    """One record for each row and measure; a measure whose value is NULL is left out."""
    if len(set(names)) < len(names):
        raise ValidationError("The columns of a scheduled query need names that are all different.")
    _check_columns(target, names, types)
    measures = _measures(target)
    records: list[Json] = []
    for values in rows:
        row = dict(zip(names, values, strict=True))
        common = _common(target, row) | {"Version": version}
        records += [common | measure for measure in measures(row)]
    return records


def _check_columns(target: Json, names: list[str], types: list[Json]) -> None:
    wanted = [target["TimeColumn"], *(one["Name"] for one in target["DimensionMappings"])]
    missing = [name for name in wanted if name not in names]
    if missing:
        raise ValidationError(f"The query has no column {missing[0]}, which the target's mapping names.")
    if types[names.index(target["TimeColumn"])].get("ScalarType") != "TIMESTAMP":
        raise ValidationError(f"The time column {target['TimeColumn']} is no TIMESTAMP.")


def _common(target: Json, row: Row) -> Json:
    time = row[target["TimeColumn"]]
    if time is None:
        raise ValidationError(f"The time column {target['TimeColumn']} is NULL in a row.")
    dimensions = [
        {"Name": one["Name"], "Value": str(row[one["Name"]])}
        for one in target["DimensionMappings"]
        if row[one["Name"]] is not None
    ]
    return {"Dimensions": dimensions, "Time": str(_us(time)), "TimeUnit": "MICROSECONDS"}


def _measures(target: Json) -> Callable[[Row], list[Json]]:
    multi, mixed = target.get("MultiMeasureMappings"), target.get("MixedMeasureMappings")
    if bool(multi) == bool(mixed):
        raise ValidationError("A target needs MultiMeasureMappings or MixedMeasureMappings, one of the two.")
    if multi:
        name = multi.get("TargetMultiMeasureName")
        mapped = multi["MultiMeasureAttributeMappings"]
        return lambda row: _multi(name or str(_cell(row, target.get("MeasureNameColumn"))), mapped, row)
    return lambda row: [record for one in mixed or () for record in _mixed(one, target, row)]


def _mixed(mapping: Json, target: Json, row: Row) -> list[Json]:
    name = mapping.get("MeasureName")
    if name is None or target.get("MeasureNameColumn"):
        found = str(_cell(row, target.get("MeasureNameColumn")))
        if name is not None and found != name:
            return []
        name = found
    shown = mapping.get("TargetMeasureName") or name
    if mapping["MeasureValueType"] == "MULTI":
        return _multi(shown, mapping.get("MultiMeasureAttributeMappings") or [], row)
    value = _cell(row, mapping.get("SourceColumn") or name)
    if value is None:
        return []
    kind = mapping["MeasureValueType"]
    return [{"MeasureName": shown, "MeasureValue": _text(value, kind), "MeasureValueType": kind}]


def _multi(name: str, mappings: list[Json], row: Row) -> list[Json]:
    values = [
        {
            "Name": one.get("TargetMultiMeasureAttributeName") or one["SourceColumn"],
            "Value": _text(value, one["MeasureValueType"]),
            "Type": one["MeasureValueType"],
        }
        for one in mappings
        if (value := _cell(row, one["SourceColumn"])) is not None
    ]
    return [{"MeasureName": name, "MeasureValueType": "MULTI", "MeasureValues": values}] if values else []


def _cell(row: Row, column: str | None) -> Any:
    if column is None or column not in row:
        raise ValidationError(f"The query has no column {column}, which the target's mapping names.")
    return row[column]


def _text(value: Any, kind: str) -> str:
    if kind == "TIMESTAMP":
        return str(_us(value) * 1_000)
    if kind == "DOUBLE":
        return double(float(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _us(value: Any) -> int:
    if not isinstance(value, datetime):
        raise ValidationError(f"{value!r} is no TIMESTAMP.")
    return micros(value.replace(tzinfo=UTC))
