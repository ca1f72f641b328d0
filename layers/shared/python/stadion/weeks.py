"""The athlete's own week."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class WeekStart(StrEnum):
    MONDAY = "monday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    def first_day(self, day: date) -> date:
        """Of the week that `day` is in."""
        return day - timedelta(days=(day.isoweekday() - _ISO[self]) % 7)


_ISO: Final = {WeekStart.MONDAY: 1, WeekStart.SATURDAY: 6, WeekStart.SUNDAY: 7}
