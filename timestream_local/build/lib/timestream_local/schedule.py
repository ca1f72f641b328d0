"""When a scheduled query runs: `rate(5 minutes)` and `cron(minute hour day month weekday year)`, in UTC."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from timestream_local.errors import ValidationError

RATE = re.compile(r"rate\(\s*(\d+)\s*(minute|hour|day)s?\s*\)")
CRON = re.compile(r"cron\(\s*(.+?)\s*\)")
MONTH_NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
DAY_NAMES = "SUN MON TUE WED THU FRI SAT"
MONTHS = {name: index for index, name in enumerate(MONTH_NAMES.split(), 1)}
DAYS = {name: index for index, name in enumerate(DAY_NAMES.split(), 1)}
HORIZON_YEARS = 5

After = Callable[[datetime], datetime | None]


def after(expression: str) -> After:
    """The function from a moment to the next run after it, None if there is none within five years."""
    if found := RATE.fullmatch(expression):
        number, unit = int(found[1]), found[2]
        if number < 1:
            raise ValidationError("A rate must be at least one minute.")
        step = timedelta(**{f"{unit}s": number})
        return lambda moment: moment + step
    if found := CRON.fullmatch(expression):
        return _Cron.of(found[1]).after
    raise ValidationError(f"{expression!r} is no schedule: write rate(5 minutes) or cron(0 3 * * ? *).")


@dataclass(frozen=True)
class _Cron:
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None
    years: frozenset[int]

    @classmethod
    def of(cls, text: str) -> "_Cron":
        fields = text.upper().split()
        if len(fields) == 5:
            fields.append("*")
        if len(fields) != 6:
            raise ValidationError(
                "A cron expression has six fields: minutes hours day-of-month month day-of-week year."
            )
        minutes, hours, day, month, weekday, year = fields
        if (day == "?") == (weekday == "?"):
            raise ValidationError("In a cron expression exactly one of day-of-month and day-of-week is '?'.")
        return cls(
            _values(minutes, 0, 59),
            _values(hours, 0, 23),
            None if day == "?" else _values(day, 1, 31),
            _values(month, 1, 12, MONTHS),
            None if weekday == "?" else _values(weekday, 1, 7, DAYS),
            _values(year, 1970, 2199),
        )

    def after(self, moment: datetime) -> datetime | None:
        start = (moment + timedelta(minutes=1)).replace(second=0, microsecond=0)
        day = start.date()
        while day.year <= moment.year + HORIZON_YEARS:
            if self._on(day.year, day.month, day.day, day.isoweekday() % 7 + 1):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        found = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
                        if found >= start:
                            return found
            day += timedelta(days=1)
        return None

    def _on(self, year: int, month: int, day: int, weekday: int) -> bool:
        by_day = self.days is None or day in self.days
        by_weekday = self.weekdays is None or weekday in self.weekdays
        return year in self.years and month in self.months and by_day and by_weekday


def _values(field: str, least: int, most: int, names: dict[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start = least if first == "*" else _value(first, least, most, names or {})
        open_ended = first == "*" or (step and not last)
        end = _value(last, least, most, names or {}) if last else most if open_ended else start
        found.update(range(start, end + 1, _value(step, 1, most + 1, {}) if step else 1))
    return frozenset(found)


def _value(text: str, least: int, most: int, names: dict[str, int]) -> int:
    value = names.get(text) or (int(text) if text.isdigit() else None)
    if value is None or not least <= value <= most:
        raise ValidationError(
            f"{text!r} in a cron expression is not supported: numbers from {least} to {most}, * , - /"
        )
    return value
