"""What a device sent, value by value: taken as truth, kept aside, or refused with a reason. Pure rules."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Final

from stadion.consents import is_health
from stadion.i18n import Text
from telemetry.instants import epoch_ms
from telemetry.metrics_table import METRICS, Metric, MetricKind

FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Later than every clock that has lost its time begins again (1970, 1980, FIT's 1989, GPS's 1999)."""
AHEAD: Final = timedelta(minutes=15)
FARTHEST_EAST: Final = timedelta(hours=14)
MAX_VALUES: Final = 16
"""In one entry."""
MAX_NAME: Final = 40

_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_LOCAL_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9:.]+)?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SINGLE: Final = {"metric", "value", "unit", "timestamp"}
_MANY: Final = {"timestamp", "values"}


class Reason(Enum):
    """The names are the codes, in small letters."""

    ENTRY_IS_INVALID = Text(
        en="Send metric, value, timestamp and maybe unit; or timestamp and values with 1 to 16 metrics.",
        ru="Нужны metric, value, timestamp и, возможно, unit; или timestamp и values, где от 1 до 16 показателей.",
    )
    METRIC_IS_UNKNOWN = Text(en="There is no such metric.", ru="Такого показателя нет.")
    UNIT_IS_UNKNOWN = Text(en="The unit is one of: {units}.", ru="Единица измерения — одна из: {units}.")
    VALUE_IS_NO_NUMBER = Text(en="Send a JSON number.", ru="Нужно число JSON.")
    VALUE_IS_NO_POSITION = Text(
        en='Send the position as {{"lat": 55.75, "lon": 37.61}}.',
        ru='Положение передаётся как {{"lat": 55.75, "lon": 37.61}}.',
    )
    VALUE_IS_NOT_FINITE = Text(en="Send a finite number.", ru="Нужно конечное число.")
    VALUE_IS_IMPOSSIBLE = Text(en="Nobody can measure this.", ru="Такого значения быть не может.")
    VALUE_IS_IMPLAUSIBLE = Text(
        en="Kept aside: it looks like a fault of the sensor.", ru="Отложено: похоже на ошибку датчика."
    )
    CONSENT_REQUIRED = Text(
        en="These are health data: grant the consent health_data first.",
        ru="Это данные о здоровье: сначала дайте согласие health_data.",
    )
    TIMESTAMP_IS_INVALID = Text(
        en="Send an RFC 3339 time such as 2026-11-21T08:40:00+03:00.",
        ru="Нужно время по RFC 3339, например 2026-11-21T08:40:00+03:00.",
    )
    TIMESTAMP_HAS_NO_ZONE = Text(en="Send the time with its offset.", ru="Укажите время со смещением.")
    TIMESTAMP_IS_TOO_OLD = Text(
        en="It lies before 2000; the device may have lost its time.",
        ru="Это раньше 2000 года; возможно, на устройстве сбились часы.",
    )
    TIMESTAMP_IS_IN_THE_FUTURE = Text(
        en="It lies more than 15 minutes ahead; the device's clock may be wrong.",
        ru="Это более чем на 15 минут впереди; возможно, на устройстве неверное время.",
    )

    @property
    def code(self) -> str:
        return self.name.lower()


class RejectedError(Exception):
    def __init__(self, reason: Reason, **values: str) -> None:
        self.reason = reason
        self.values = values
        super().__init__(reason.code)


@dataclass(frozen=True)
class Taken:
    """In canonical units; `ms` since 1970, of a day its midnight in UTC."""

    index: int
    metric: Metric
    ms: int
    values: tuple[float, ...]
    flagged: bool


@dataclass(frozen=True)
class Rejected:
    index: int
    metric: str | None
    reason: Reason
    values: dict[str, str]


def unagreed(verdicts: Iterable[Taken | Rejected]) -> list[Taken | Rejected]:
    """What would be taken of health data is refused, one by one; the rest stays as it is."""
    return [
        Rejected(one.index, one.metric.name, Reason.CONSENT_REQUIRED, {})
        if isinstance(one, Taken) and is_health(one.metric.name)
        else one
        for one in verdicts
    ]


def judged(index: int, entry: Any, now: datetime) -> Iterator[Taken | Rejected]:
    """One verdict for each value; for an entry that cannot be read, one."""
    if not isinstance(entry, dict):
        yield Rejected(index, None, Reason.ENTRY_IS_INVALID, {})
    elif entry.keys() <= _SINGLE and entry.keys() >= _SINGLE - {"unit"}:
        yield _judged(index, entry["metric"], entry["value"], entry.get("unit"), entry["timestamp"], now)
    elif entry.keys() == _MANY and isinstance(entry["values"], dict) and 1 <= len(entry["values"]) <= MAX_VALUES:
        for name, value in entry["values"].items():
            yield _judged(index, name, value, None, entry["timestamp"], now)
    else:
        yield Rejected(index, None, Reason.ENTRY_IS_INVALID, {})


def _judged(index: int, name: Any, value: Any, unit: Any, timestamp: Any, now: datetime) -> Taken | Rejected:
    try:
        metric = _metric(name)
        ms = _day_ms(timestamp, now) if metric.kind is MetricKind.DAILY else _instant_ms(timestamp, now)
        values = _canonical(metric, value, unit)
    except RejectedError as error:
        return Rejected(index, shown(name), error.reason, error.values)
    return Taken(index, metric, ms, values, flagged=not _is_plausible(metric, values))


def shown(name: Any) -> str | None:
    """A client's own word, cut to what an answer should repeat; a lone surrogate is no text."""
    return name[:MAX_NAME].encode("utf-8", "replace").decode() if isinstance(name, str) else None


def _metric(name: Any) -> Metric:
    metric = METRICS.get(name) if isinstance(name, str) else None
    if metric is None:
        raise RejectedError(Reason.METRIC_IS_UNKNOWN)
    return metric


# --- values ---------------------------------------------------------------------------------------------------------


def _canonical(metric: Metric, value: Any, unit_name: Any) -> tuple[float, ...]:
    unit = metric.unit_named(unit_name) if unit_name is None or isinstance(unit_name, str) else None
    if unit is None:
        raise RejectedError(Reason.UNIT_IS_UNKNOWN, units=", ".join(metric.unit_names))
    try:
        found = tuple(unit.canonical(_number(part)) for part in _parts(metric, value))
    except ZeroDivisionError:
        raise RejectedError(Reason.VALUE_IS_IMPOSSIBLE) from None
    if any(number not in allowed for number, allowed in zip(found, metric.possible, strict=True)):
        raise RejectedError(Reason.VALUE_IS_IMPOSSIBLE)
    return tuple(round(number, metric.decimals) + 0.0 for number in found)  # no negative zero


def _parts(metric: Metric, value: Any) -> list[Any]:
    if len(metric.columns) == 1:
        return [value]
    if not isinstance(value, dict) or value.keys() != set(metric.columns):
        raise RejectedError(Reason.VALUE_IS_NO_POSITION)
    return [value[name] for name in metric.columns]


def _number(value: Any) -> float:
    """To Python, JSON's true is 1, NaN is JSON, and a whole number may be too large for a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RejectedError(Reason.VALUE_IS_NO_NUMBER)
    try:
        number = float(value)
    except OverflowError:
        raise RejectedError(Reason.VALUE_IS_IMPOSSIBLE) from None
    if not math.isfinite(number):
        raise RejectedError(Reason.VALUE_IS_NOT_FINITE)
    return number


def _is_plausible(metric: Metric, values: tuple[float, ...]) -> bool:
    """A position of exactly nothing is what a receiver says that has none."""
    if metric.name == "position" and values == (0.0, 0.0):
        return False
    return all(number in expected for number, expected in zip(values, metric.plausible, strict=True))


# --- times ----------------------------------------------------------------------------------------------------------


def _instant_ms(timestamp: Any, now: datetime) -> int:
    return epoch_ms(_in_time(_moment(timestamp), now))


def _day_ms(timestamp: Any, now: datetime) -> int:
    """The day as the athlete's clock showed it: a date, or the date of a time with its offset."""
    if isinstance(timestamp, str) and _DATE.fullmatch(timestamp):
        day = _date(timestamp)
        _in_time(_midnight(day), now + FARTHEST_EAST)
        return epoch_ms(_midnight(day))
    moment = _moment(timestamp)
    _in_time(moment, now)
    return max(epoch_ms(FIRST), epoch_ms(_midnight(moment.date())))


def _moment(timestamp: Any) -> datetime:
    if not isinstance(timestamp, str):
        raise RejectedError(Reason.TIMESTAMP_IS_INVALID)
    if not _TIME.fullmatch(timestamp):
        has_no_zone = _LOCAL_TIME.fullmatch(timestamp)
        raise RejectedError(Reason.TIMESTAMP_HAS_NO_ZONE if has_no_zone else Reason.TIMESTAMP_IS_INVALID)
    try:
        return datetime.fromisoformat(timestamp.upper())
    except ValueError:
        raise RejectedError(Reason.TIMESTAMP_IS_INVALID) from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RejectedError(Reason.TIMESTAMP_IS_INVALID) from None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _in_time(moment: datetime, now: datetime) -> datetime:
    if moment < FIRST:
        raise RejectedError(Reason.TIMESTAMP_IS_TOO_OLD)
    if moment > now + AHEAD:
        raise RejectedError(Reason.TIMESTAMP_IS_IN_THE_FUTURE)
    return moment
