"""What other wings know of an athlete: read after the tallies and before they are written, so that whoever writes last
has seen the newest."""

from gamification.achievements.base.counters import OTHERS
from gamification.achievements.base.values import MeasureKind
from gamification.records import store as records
from gamification.streaks import store as streaks
from gamification.streaks.domain import Standing, StreakUnit
from stadion.records import fetch


def others(user_id: str) -> dict[str, int]:
    """Counter of `OTHERS` -> number. One request."""
    standing, records_ = streaks.STANDINGS.at(user_id), records.RECORDS.at(user_id)
    found = fetch(standing, records_)
    best = (found[standing].value or Standing()).best
    bests = {OTHERS[MeasureKind.STREAK, unit]: best.get(unit, 0) for unit in StreakUnit}
    return {**bests, OTHERS[MeasureKind.RECORDS, None]: len(found[records_].value or {})}
