"""When a campaign begins: the hour on its clock as an instant in UTC, daylight saving included. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from promos.campaigns.plan.values import CampaignSchedule
from stadion.fields import LAST_YEAR

MINUTE: Final = timedelta(minutes=1)
A_DAY: Final = timedelta(days=1)
"""More than any clock is off UTC."""
LAST_DAY: Final = date(LAST_YEAR, 1, 1)
"""Nobody waits for a later one, and no clock leads past the end of the calendar."""


def next_instant(schedule: CampaignSchedule, time_zone: str, after: datetime) -> datetime | None:
    """The first beginning after `after`; None when there is none any more.

    An hour that the clocks leave out begins as soon as they have gone on, one that comes twice begins once, at its
    first coming (as Debian's cron has it, https://github.com/cuu508/cronsim); `at` and `cron` alike.
    """
    zone = ZoneInfo(time_zone)
    if schedule.at is not None:
        instant = _instant(schedule.at, zone)
        return instant if instant > after else None
    try:
        found = next(CronSim(schedule.cron or "", after.astimezone(zone)))
    except (StopIteration, CronSimError):
        return None
    if schedule.until is not None and found.date() > schedule.until:
        return None
    return found.astimezone(UTC)


def last_instant(schedule: CampaignSchedule, time_zone: str, first: datetime) -> datetime:
    """The last beginning, if the schedule has one; else `first`, which is a beginning of it."""
    if schedule.until is None:
        return first
    before, after = first, datetime.combine(min(schedule.until, LAST_DAY), time.max, UTC) + A_DAY
    while after - before > MINUTE:
        middle = before + (after - before) / 2
        if next_instant(schedule, time_zone, middle) is None:
            after = middle
        else:
            before = middle
    return next_instant(schedule, time_zone, before) or first


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    moment = local.replace(tzinfo=zone, fold=1, second=0).astimezone(UTC)  # before the clocks go on
    offset = moment.astimezone(zone).utcoffset()
    while moment.astimezone(zone).utcoffset() == offset:
        moment += MINUTE
    return moment


def run_id_of(campaign_id: str, begins_at: datetime) -> str:
    return f"{campaign_id}-{begins_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
