"""What other wings know of an athlete: read after the tallies and before they are written, so that whoever writes last
has seen the newest."""

from gamification.achievements.base.counters import OTHERS
from gamification.achievements.base.values import MeasureKind
from gamification.records import store as records


def others(user_id: str) -> dict[str, int]:
    """Counter of `OTHERS` -> number."""
    return {OTHERS[MeasureKind.RECORDS, None]: len(records.RECORDS.find(user_id) or {})}
