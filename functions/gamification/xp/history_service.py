"""Use case: the athlete asks where their XP come from."""

from gamification.athletes.domain import Athlete
from gamification.athletes.store import ATHLETES
from gamification.xp import store
from gamification.xp.domain import Counted, Score, counted
from stadion import pagination
from stadion.records import fetch


def history(user_id: str, *, limit: int, cursor: str | None) -> tuple[pagination.Page[Counted], bool]:
    """Newest first, and whether what rests on health data may be shown.

    Two requests; a third for a page that begins and ends within one day.
    """
    page = store.scores(user_id, limit=limit, cursor=cursor)
    athlete, before = _look(user_id, page, is_first=cursor is None)
    return pagination.Page(counted(page.items, before), page.next_cursor), athlete.agrees


def _look(user_id: str, page: pagination.Page[Score], *, is_first: bool) -> tuple[Athlete, int]:
    """The athlete, and what the last one's day earned before it: the day less what of it is on the page."""
    place = ATHLETES.at(user_id)
    if page.next_cursor is None or not page.items:
        return place.find() or Athlete(), 0
    last = page.items[-1]
    if not is_first and page.items[0].day == last.day:
        return place.find() or Athlete(), store.earned_before(user_id, last)
    total = store.day_total(user_id, last.day)
    found = fetch(place, total)
    account = found[total].value
    whole = account.totals.get("xp", 0) if account is not None else 0
    return found[place].value or Athlete(), max(0, whole - sum(one.xp for one in page.items if one.day == last.day))
