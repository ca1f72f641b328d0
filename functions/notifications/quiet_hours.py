"""Hours in which nothing rings, on the athlete's own clock: across midnight, and across changes of the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class QuietHours:
    """From `start` on, before `end`; over midnight when `end` is earlier, never when both are the same."""

    start: time
    end: time

    def __contains__(self, local: time) -> bool:
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


def next_open(now: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """`now` when it is not quiet, else the first minute (UTC) at which it is not any more."""
    if _local(now, zone) not in quiet:
        return now
    ends = min(end for end in _ends(now, zone, quiet) if end > now and _local(end, zone) not in quiet)
    # In the hour that the clocks skip there is no such minute: it is over as soon as they have skipped it.
    while ends - MINUTE > now and _local(ends - MINUTE, zone) not in quiet:
        ends -= MINUTE
    return ends


def _local(moment: datetime, zone: ZoneInfo) -> time:
    return moment.astimezone(zone).time()


def _ends(now: datetime, zone: ZoneInfo, quiet: QuietHours) -> list[datetime]:
    """The candidates: today and the next days, and twice where the clock shows the same minute twice, or never.

    Of a minute that is skipped, one of the two lies before the hour that is skipped, where it may be quiet still.
    """
    today = now.astimezone(zone).date()
    walls = [datetime.combine(today + timedelta(days=day), quiet.end, zone) for day in range(3)]
    return [wall.replace(fold=fold).astimezone(UTC) for wall in walls for fold in (0, 1)]
