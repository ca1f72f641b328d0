"""DuckDB's values as Timestream's Datums, and its types as ColumnInfo."""

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from duckdb.sqltypes import DuckDBPyType

from timestream_local.errors import ValidationError

Json = dict[str, Any]
ToDatum = Callable[[Any], Json]
NULL: Json = {"NullValue": True}
SCALARS = {
    **dict.fromkeys(("varchar", "enum"), "VARCHAR"),
    **dict.fromkeys(("tinyint", "smallint", "integer", "utinyint", "usmallint"), "INTEGER"),
    **dict.fromkeys(("bigint", "hugeint", "uinteger", "ubigint", "uhugeint"), "BIGINT"),
    **dict.fromkeys(("float", "double", "decimal"), "DOUBLE"),
    **{"boolean": "BOOLEAN", "timestamp": "TIMESTAMP", "date": "DATE", "time": "TIME"},
    **{"interval": "INTERVAL_DAY_TO_SECOND", "sqlnull": "UNKNOWN", '"null"': "UNKNOWN", "null": "UNKNOWN"},
}
ROWS = ("struct", "tuple")
PLAIN_FROM, PLAIN_BELOW = 1e-3, 1e7


def column_type(type_: DuckDBPyType) -> Json:
    kind = type_.id
    if kind == "list":
        inner = _children(type_)[0][1]
        if _is_point(inner):
            return {"TimeSeriesMeasureValueColumnInfo": {"Type": column_type(_children(inner)[1][1])}}
        return {"ArrayColumnInfo": {"Type": column_type(inner)}}
    if kind in ROWS:
        return {"RowColumnInfo": [{"Name": name, "Type": column_type(one)} for name, one in _children(type_)]}
    if kind not in SCALARS:
        raise ValidationError(f"A column of the type {kind} cannot be answered.")
    return {"ScalarType": SCALARS[kind]}


def datum(type_: DuckDBPyType) -> ToDatum:
    """The function that makes Datums of a type's values."""
    kind = type_.id
    if kind == "list":
        return _list(type_)
    if kind in ROWS:
        return _row(type_)
    text = _TEXTS[SCALARS[kind]]
    return lambda value: NULL if value is None else {"ScalarValue": text(value)}


def double(value: float) -> str:
    """As Java prints it: 1.0E7, 12.5, NaN, Infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or PLAIN_FROM <= abs(value) < PLAIN_BELOW:
        return repr(float(value))
    sign, digits, exponent = Decimal(repr(float(value))).as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    power = len(digits) - 1 + int(exponent)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


def timestamp(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond:06d}000"


def interval(value: timedelta) -> str:
    total = abs(value // timedelta(microseconds=1))
    seconds, micros = divmod(total, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}{days} {hour:02d}:{minute:02d}:{second:02d}.{micros:06d}000"


def _time(value: time) -> str:
    return f"{value:%H:%M:%S}.{value.microsecond:06d}000"


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _date(value: date) -> str:
    return value.isoformat()


_TEXTS: dict[str, Callable[[Any], str]] = {
    "VARCHAR": str,
    "INTEGER": str,
    "BIGINT": str,
    "DOUBLE": lambda value: double(float(value)),
    "BOOLEAN": _boolean,
    "TIMESTAMP": timestamp,
    "DATE": _date,
    "TIME": _time,
    "INTERVAL_DAY_TO_SECOND": interval,
    "UNKNOWN": str,
}


def _list(type_: DuckDBPyType) -> ToDatum:
    inner = _children(type_)[0][1]
    if _is_point(inner):
        return _series(_children(inner)[1][1])
    of_item = datum(inner)
    return lambda value: NULL if value is None else {"ArrayValue": [of_item(one) for one in value]}


def _series(value_type: DuckDBPyType) -> ToDatum:
    of_value = datum(value_type)

    def make(value: Any) -> Json:
        if value is None:
            return NULL
        points = [{"Time": timestamp(one["time"]), "Value": of_value(one["value"])} for one in value]
        return {"TimeSeriesValue": points}

    return make


def _row(type_: DuckDBPyType) -> ToDatum:
    fields = [(name, datum(one)) for name, one in _children(type_)]

    def make(value: Any) -> Json:
        if value is None:
            return NULL
        values = value.values() if isinstance(value, dict) else value
        data = [of_field(one) for (_, of_field), one in zip(fields, values, strict=True)]
        return {"RowValue": {"Data": data}}

    return make


def _is_point(type_: DuckDBPyType) -> bool:
    if type_.id != "struct":
        return False
    fields = _children(type_)
    return [name for name, _ in fields] == ["time", "value"] and fields[0][1].id == "timestamp"


def _children(type_: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    return [(name, one) for name, one in type_.children if isinstance(one, DuckDBPyType)]
