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
    ends = min(end for end in _ends(now, zone, quiet) if end > now)
    offsets = {moment.astimezone(zone).utcoffset() for moment in (now, ends)}
    if len(offsets) == 1 and _local(ends, zone) not in quiet:
        return ends
    # The clocks change before that: they may skip the end, or go back to before the beginning. Twice a year we count.
    moment = now.replace(second=0, microsecond=0)
    while _local(moment, zone) in quiet:
        moment += MINUTE
    return moment


def _local(moment: datetime, zone: ZoneInfo) -> time:
    return moment.astimezone(zone).time()


def _ends(now: datetime, zone: ZoneInfo, quiet: QuietHours) -> list[datetime]:
    """The candidates: today and the next days, and twice where the clock shows the same minute twice, or never."""
    today = now.astimezone(zone).date()
    walls = [datetime.combine(today + timedelta(days=day), quiet.end, zone) for day in range(3)]
    return [wall.replace(fold=fold).astimezone(UTC) for wall in walls for fold in (0, 1)]
